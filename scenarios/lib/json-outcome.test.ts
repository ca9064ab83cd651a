import { describe, expect, test } from "vitest";
import { apiReads } from "./api-calls.ts";
import type { ApiCall, ApiRead } from "./api-calls.ts";
import { graphqlOutcome, rpcOutcome } from "./json-outcome.ts";
import type { Answer } from "./measure.ts";
import { subgraphCalls } from "./subgraph-calls.ts";
import type { SubgraphOperation } from "./subgraph-calls.ts";
import type { SubgraphCall } from "./subgraph-call.ts";

/** k6's `json()` as far as the tables use its selectors. */
const answer = (body: unknown): Pick<Answer, "json"> => ({
  json: (selector = "") => selector.split(".").reduce(step, body) as ReturnType<Answer["json"]>,
});

function step(value: unknown, key: string): unknown {
  if (Array.isArray(value) && key === "#") return value.length;
  return typeof value === "object" && value !== null
    ? new Map(Object.entries(value)).get(key)
    : undefined;
}

const asked = "0xAbC";

function readOf(name: ApiRead, json: unknown): string {
  const call: ApiCall = apiReads[name];
  return rpcOutcome(answer({ json }), call, { tokenAddress: asked });
}

function queryOf(name: SubgraphOperation, body: unknown): string {
  const call: SubgraphCall = subgraphCalls[name];
  return graphqlOutcome(answer(body), call, { id: asked, systemAddress: asked });
}

const fault = { code: "INTERNAL_SERVER_ERROR", message: "Internal server error" };

describe("an error at status 200", () => {
  test.each(Object.keys(apiReads) as ApiRead[])("%s", (name) => {
    expect(readOf(name, { ...fault, defined: false, status: 500 })).toBe("error_output");
    for (const field of [{ message: "" }, { status: 500 }, { defined: true }])
      expect(readOf(name, { code: "NOT_FOUND", ...field })).toBe("error_output");
  });

  test.each([
    { reason: "a code of its own", json: { code: "EUR" } },
    { reason: "a code that is a number", json: { code: 7, status: "PENDING" } },
    { reason: "a status of its own", json: { status: "PENDING", message: "wait" } },
    { reason: "a text", json: "0x5" },
    { reason: "nothing set", json: null },
  ])("is not: $reason", ({ json }) => {
    expect(readOf("settings.read", json)).toBe("ok");
  });

  test("of GraphQL", () => {
    expect(queryOf("GetIndexingStatus", { errors: [fault] })).toBe("graphql_errors");
  });
});

describe("a list of what was found before", () => {
  test("holds something", () => {
    expect(readOf("token.list", { tokens: [{ id: "0x1" }], totalCount: 1 })).toBe("ok");
    expect(readOf("token.list", { tokens: [], totalCount: 0 })).toBe("wrong_shape");
  });

  test("holds something: ListTokenQuery", () => {
    expect(queryOf("ListTokenQuery", { data: { tokens: [{ id: "0x1" }] } })).toBe("ok");
    expect(queryOf("ListTokenQuery", { data: { tokens: [] } })).toBe("wrong_shape");
  });

  test("others may be empty", () => {
    expect(readOf("token.search", [])).toBe("ok");
    // A search finds something or not; the platform does not add an id that is there.
    expect(queryOf("SearchTokenQuery", { data: { tokens: [] } })).toBe("ok");
    expect(queryOf("UserAssetsQuery", { data: { tokenBalances: [] } })).toBe("ok");
  });
});

describe("what was asked for by its id", () => {
  test.each([
    ["0xabc", "ok"],
    ["0xABC", "ok"],
    ["0xabd", "wrong_entity"],
    [7, "wrong_entity"],
  ])("comes, in whatever case: %j is %s", (id, outcome) => {
    expect(readOf("token.read", { id, name: "Bond" })).toBe(outcome);
    const token = { id, accessControl: { id: "0x1" }, balances: [] };
    expect(queryOf("ReadTokenQuery", { data: { token } })).toBe(outcome);
    expect(queryOf("TokenHoldersQuery", { data: { token } })).toBe(outcome);
    const system = { id, tokenFactoryRegistry: { tokenFactories: [] } };
    expect(queryOf("GetSystem", { data: { system } })).toBe(outcome);
  });

  test("nothing of it comes", () => {
    expect(readOf("token.read", { name: "Bond" })).toBe("wrong_shape");
    expect(queryOf("ReadTokenQuery", { data: { token: null } })).toBe("wrong_shape");
  });
});

test("what is compared is what the query asks for", () => {
  const calls: readonly SubgraphCall[] = Object.values(subgraphCalls);
  const asking = calls.filter(({ sameId }) => sameId !== undefined);
  expect(asking).not.toHaveLength(0);
  for (const { sameId, document } of asking)
    expect(document).toContain(`(id: $${sameId?.asked ?? ""})`);
});
