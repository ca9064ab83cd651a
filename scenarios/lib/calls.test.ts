import { describe, expect, test } from "vitest";
import { scenarios } from "../../profiles/scenarios.ts";
import { apiReads, apiWrites } from "./api-calls.ts";
import { idsFromApi, idsFromSubgraph, movableTokens } from "./found-ids.ts";
import type { PlatformIds } from "./ids.ts";
import { journeys, requestsOf } from "./journey-steps.ts";
import { pageCalls } from "./page-calls.ts";
import { subgraphCalls } from "./subgraph-calls.ts";
import { IterationPicker } from "./weighted.ts";

const ids: PlatformIds = {
  system: "0x5",
  tokens: [
    { id: "0xa", factory: "0xf" },
    { id: "0xb", factory: "0xf" },
    { id: "0xc", factory: "0xe" },
  ],
  factories: ["0xf", "0xe"],
  accounts: ["0x1", "0x2", "0x3"],
};
const pickerOf = (index: number): IterationPicker => new IterationPicker(1).restart(index);

describe("API calls", () => {
  test("there are at least 20 reads, each of some weight, named by their path", () => {
    const reads = Object.entries(apiReads);
    expect(reads.length).toBeGreaterThanOrEqual(20);
    for (const [name, { path, weight, shape }] of [...reads, ...writesOf()]) {
      expect(name).toBe(path.replaceAll("/", "."));
      expect(weight).toBeGreaterThan(0);
      expect(shape.length).toBeGreaterThan(0);
    }
  });

  test("the summary of the scenario tells how many there are", () => {
    expect(scenarios.api.summary).toContain(`${Object.keys(apiReads).length} reads`);
  });

  test("inputs vary over what the platform holds", () => {
    const inputs = Array.from({ length: 50 }, (_, index) =>
      JSON.stringify(apiReads["token.read"].input(ids, pickerOf(index))),
    );
    expect(new Set(inputs).size).toBe(ids.tokens.length);
  });

  test("a write says what moves, to whom, and confirms it", () => {
    expect(apiWrites["token.mint"].input({ token: "0xa", recipient: "0x1", pincode: "1" })).toEqual(
      {
        contract: "0xa",
        recipients: ["0x1"],
        amounts: ["1000000"],
        walletVerification: { secretVerificationCode: "1", verificationType: "PINCODE" },
      },
    );
  });
});

const writesOf = () =>
  Object.entries(apiWrites).map(([name, call]) => [name, { ...call, weight: 1 }] as const);

describe("subgraph calls", () => {
  test("there are at least 50, no two alike, each named in its document", () => {
    const calls = Object.entries(subgraphCalls);
    expect(calls.length).toBeGreaterThanOrEqual(50);
    expect(new Set(calls.map(([, { document }]) => document)).size).toBe(calls.length);
    for (const [name, { document, shape }] of calls) {
      expect(document.startsWith(`query ${name}`)).toBe(true);
      expect(shape.length).toBeGreaterThan(0);
    }
  });
});

describe("pages and journeys", () => {
  test("pages have paths of the platform", () => {
    expect(pageCalls.token.path(ids, pickerOf(0))).toMatch(/^\/token\/0x[ef]\/0x[abc]$/);
    expect(pageCalls["sign-in"].path()).toBe("/auth/sign-in");
  });

  test.each(scenarios.mixed.flows)(
    "$name sends what it declares",
    ({ name, requestsPerIteration }) => {
      expect(requestsOf(journeys[name])).toEqual(requestsPerIteration);
    },
  );
});

describe("found ids", () => {
  test("come from the subgraph in lower case; entries without an id or factory are left out", () => {
    const found = idsFromSubgraph({
      systems: [{ id: "0xAB", identityFactory: { id: "0x1" }, topicSchemeRegistry: { id: "0xD" } }],
      tokenFixedYieldSchedules: [{ id: "0xE" }],
      tokens: [{ id: "0xT", tokenFactory: { id: "0xF" } }, { id: "0xU" }, null],
      accounts: [{ id: "0xC" }, {}],
    });
    expect(found).toEqual({
      system: "0xab",
      identityFactory: "0x1",
      topicSchemeRegistry: "0xd",
      yieldSchedules: ["0xe"],
      tokens: [{ id: "0xt", factory: "0xf" }],
      factories: ["0xf"],
      accounts: ["0xc"],
    });
  });

  test("come from the API, at most 100 tokens taken evenly over the list", () => {
    const tokens = Array.from({ length: 300 }, (_, index) => ({
      id: `0x${index}`,
      tokenFactory: { id: `0xf${Math.floor(index / 60)}` },
      pausable: { paused: index % 2 === 0 },
    }));
    const found = idsFromApi({
      systems: [{ id: "0x5" }],
      tokens: { tokens },
      holders: { token: { balances: [{ account: { id: "0x9" } }] } },
    });
    expect(found.tokens).toHaveLength(100);
    expect(found.factories).toHaveLength(5);
    expect(found.accounts).toEqual(["0x9"]);
    expect(movableTokens({ tokens })).toContain("0x1");
    expect(movableTokens({ tokens })).not.toContain("0x0");
  });

  test.each([undefined, null, 7, "text", [], {}])("nothing is found in %j", (data) => {
    expect(idsFromSubgraph(data).tokens).toEqual([]);
    expect(idsFromApi({ systems: data, tokens: data, holders: data }).accounts).toEqual([]);
  });
});
