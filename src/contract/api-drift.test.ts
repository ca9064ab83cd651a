import { describe, expect, test } from "vitest";
import {
  apiContract,
  type ApiProcedure,
  type InputSchema,
} from "../../profiles/platform/contract/index.ts";
import type { ApiUse } from "./api-check.ts";
import { apiDrift } from "./api-drift.ts";
import { contractOfOpenApi } from "./openapi.ts";
import { openApiOf } from "./testdata/openapi.ts";

const address = `0x${"1".repeat(40)}`;
const uses: readonly ApiUse[] = [
  {
    name: "token.read",
    path: "token/read",
    inputs: [{ tokenAddress: address }],
    shape: ["id", "name", "pausable.paused"],
    sameId: { found: "id", asked: "tokenAddress" },
  },
  { name: "token.list", path: "token/list", inputs: [{}], shape: ["tokens.0.id", "totalCount"] },
  {
    name: "actions.list",
    path: "actions/list",
    inputs: [{}, { status: "PENDING" }],
    shape: ["0.status"],
  },
  {
    name: "user.me",
    path: "user/me",
    inputs: [{}],
    shape: ["id", "wallet?", "verificationTypes.#"],
  },
  {
    name: "token.transfer",
    path: "token/transfer",
    inputs: [
      {
        contract: address,
        recipients: [address],
        amounts: ["1"],
        walletVerification: { secretVerificationCode: "1", verificationType: "PINCODE" },
      },
    ],
    shape: ["id"],
  },
];

type Procedures = Record<string, ApiProcedure>;

/** The platform's document after a change, read back. */
function liveAfter(change: (procedures: Procedures) => void): { procedures: Readonly<Procedures> } {
  const procedures: Procedures = structuredClone({ ...apiContract.procedures });
  change(procedures);
  const contract = contractOfOpenApi(openApiOf({ procedures }));
  if (contract === undefined) throw new Error("no document");
  return contract;
}

const driftOf = (change: (procedures: Procedures) => void): readonly string[] =>
  apiDrift(liveAfter(change), apiContract, uses).map(
    ({ procedure, kind, place, isUsed }) =>
      `${procedure} ${kind} ${place}${isUsed ? "" : " (not read)"}`,
  );

type Change = (procedure: { input: InputSchema; output: Record<string, unknown> }) => {
  readonly input?: InputSchema;
  readonly output?: unknown;
};

const changing =
  (path: string, change: Change) =>
  (procedures: Procedures): void => {
    const procedure = procedures[path];
    if (procedure === undefined) throw new Error(`no ${path}`);
    procedures[path] = JSON.parse(
      JSON.stringify({
        ...procedure,
        ...change(JSON.parse(JSON.stringify(procedure))),
      }),
    );
  };

const without = (
  { ...fields }: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

test("the contract's own document has no difference", () => {
  expect(driftOf(() => undefined)).toEqual([]);
});

test("the whole contract survives as a document", () => {
  const live = liveAfter(() => undefined);
  expect(Object.keys(live.procedures).toSorted()).toEqual(
    Object.keys(apiContract.procedures).toSorted(),
  );
});

describe("planted drift", () => {
  test.each<[string, (procedures: Procedures) => void, readonly string[]]>([
    [
      "a procedure removed",
      (procedures) => void delete procedures["token/list"],
      ["token.list procedure-removed "],
    ],
    [
      "an output field removed",
      changing("token/read", ({ output }) => ({ output: without(output, "name") })),
      ["token.read field-removed output.name"],
    ],
    [
      "an output field renamed",
      changing("token/list", ({ output: { totalCount, ...output } }) => ({
        output: { ...output, total: totalCount },
      })),
      ["token.list field-removed output.totalCount"],
    ],
    [
      "what holds a field removed",
      changing("token/read", ({ output }) => ({ output: without(output, "pausable") })),
      ["token.read field-removed output.pausable"],
    ],
    [
      "an output field of another type",
      changing("token/list", ({ output }) => ({ output: { ...output, totalCount: "string" } })),
      ["token.list type-changed output.totalCount"],
    ],
    [
      "a list that became an object",
      changing("token/list", ({ output }) => ({ output: { ...output, tokens: { items: "any" } } })),
      ["token.list type-changed output.tokens"],
    ],
    [
      "an output field that may be null",
      changing("token/read", ({ output }) => ({ output: { ...output, name: ["string", "null"] } })),
      ["token.read may-be-absent output.name"],
    ],
    [
      "an output field that may be left out",
      changing("token/read", ({ output: { name, ...output } }) => ({
        output: { ...output, "name?": name },
      })),
      ["token.read may-be-absent output.name"],
    ],
    [
      "an enum value of an output renamed",
      changing("actions/list", ({ output }) => ({
        output: JSON.parse(JSON.stringify(output).replaceAll("EXECUTED", "DONE")) as unknown,
      })),
      ["actions.list enum-values output.#.status"],
    ],
    [
      "an enum value of an input renamed",
      changing("actions/list", ({ input }) => ({
        input: JSON.parse(JSON.stringify(input).replaceAll("PENDING", "OPEN")) as InputSchema,
      })),
      ["actions.list input-refused input.status"],
    ],
    [
      "an input field made required",
      changing("token/list", ({ input }) => ({ input: { ...input, required: ["tokenFactory"] } })),
      ["token.list input-refused input.tokenFactory"],
    ],
    [
      "a new required input field",
      changing("token/read", ({ input }) => ({
        input: {
          ...input,
          properties: { ...input.properties, chain: { type: "string" } },
          required: ["tokenAddress", "chain"],
        },
      })),
      ["token.read input-refused input.chain"],
    ],
    [
      "an input field renamed",
      changing("token/read", ({ input }) => ({
        input: {
          type: "object",
          properties: { address: input.properties?.["tokenAddress"] ?? {} },
          required: ["address"],
        },
      })),
      ["token.read input-refused input.address", "token.read input-unknown input.tokenAddress"],
    ],
    [
      "an input field of another type, below an object",
      changing("token/transfer", ({ input }) => ({
        input: JSON.parse(
          JSON.stringify(input).replaceAll(
            '"secretVerificationCode":{"type":"string"}',
            '"secretVerificationCode":{"type":"number"}',
          ),
        ) as InputSchema,
      })),
      ["token.transfer input-refused input.walletVerification.secretVerificationCode"],
    ],
    [
      "a field that nothing reads",
      changing("token/read", ({ output }) => ({ output: without(output, "symbol") })),
      ["token.read field-removed output.symbol (not read)"],
    ],
    [
      "a field more",
      changing("token/read", ({ output }) => ({ output: { ...output, colour: "string" } })),
      [],
    ],
    [
      "null where it was allowed to be null",
      changing("user/me", ({ output }) => ({ output: { ...output, wallet: ["string", "null"] } })),
      [],
    ],
    [
      "an input that may now be left out",
      changing("token/read", ({ input }) => ({ input: { ...input, required: [] } })),
      [],
    ],
  ])("%s", (_, change, expected) => {
    expect(driftOf(change)).toEqual(expected);
  });

  test("was and is are named", () => {
    const [drift] = apiDrift(
      liveAfter(
        changing("actions/list", ({ input }) => ({
          input: JSON.parse(JSON.stringify(input).replaceAll("PENDING", "OPEN")) as InputSchema,
        })),
      ),
      apiContract,
      uses,
    );
    expect(drift).toMatchObject({
      was: "PENDING | UPCOMING | EXECUTED | EXPIRED",
      is: "OPEN | UPCOMING | EXECUTED | EXPIRED",
    });
  });
});

/** The output of one procedure whose answer has this schema. */
const read = (schema: unknown, components = {}): unknown =>
  contractOfOpenApi({
    openapi: "3.0.3",
    paths: {
      "/x": {
        get: {
          operationId: "a.b",
          responses: { "200": { content: { "application/json": { schema } } } },
        },
      },
    },
    components: { schemas: components },
  })?.procedures["a/b"]?.output;

describe("documents as others write them", () => {
  test.each<[string, unknown, unknown, Record<string, unknown>?]>([
    [
      "a reference",
      { $ref: "#/components/schemas/T" },
      { id: "string" },
      { T: { type: "object", properties: { id: { type: "string" } }, required: ["id"] } },
    ],
    ["nullable of 3.0", { type: "string", nullable: true }, ["string", "null"]],
    ["types of 3.1", { type: ["string", "null"] }, ["string", "null"]],
    ["oneOf", { oneOf: [{ type: "string" }, { type: "number" }] }, ["string", "number"]],
    [
      "allOf",
      {
        allOf: [
          { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "number" } } },
        ],
      },
      { a: "string", "b?": "number" },
    ],
    [
      "a schema that refers to itself",
      { $ref: "#/components/schemas/T" },
      expect.anything(),
      { T: { type: "object", properties: { t: { $ref: "#/components/schemas/T" } } } },
    ],
  ])("%s", (_, schema, expected, components) => {
    expect(read(schema, components)).toEqual(expected);
  });

  test.each([[undefined], ["text"], [{ swagger: "2.0" }], [{ openapi: "3.1.0" }]])(
    "%j is read or refused, never thrown at",
    (value) => {
      expect(contractOfOpenApi(value)?.procedures ?? {}).toEqual({});
    },
  );
});
