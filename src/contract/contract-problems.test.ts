import { buildSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { subgraphContract } from "../../profiles/platform/contract/index.ts";
import { contractProblems, contractSchema } from "./contract-problems.ts";
import type { UsedOperation } from "./contract-problems.ts";
import { subgraphSchemaText } from "./subgraph-schema.ts";

const contract = contractSchema();
const text = subgraphSchemaText(subgraphContract);
/** The platform's schema after a change; the change must apply. */
const changed = (from: string | RegExp, to: string) => {
  const schema = text.replace(from, to);
  expect(schema).not.toBe(text);
  return buildSchema(schema);
};

const tokens: UsedOperation = {
  name: "Tokens",
  document: `query Tokens($order: Token_orderBy, $where: Token_filter) {
    tokens(first: 10, orderBy: $order, where: $where) { id totalSupply extensions pausable { paused } }
    searched: tokens(where: { or: [{ name_contains_nocase: "a" }] }) { __typename id }
  }`,
  variables: { order: "name", where: { tokenFactory_: { id: "0x1" } } },
};
const problems = (schema = contract, operation = tokens) =>
  contractProblems(schema, [operation], contract).map(({ kind, place, expected, found }) =>
    [kind, place, expected, found].filter((part) => part !== undefined),
  );

test("an operation of the contract has no problem", () => {
  expect(problems()).toEqual([]);
});

const tokenExtensions = subgraphContract.enums["TokenExtension"] ?? [];

describe("planted drift", () => {
  test.each([
    [
      "a field removed",
      /(type TokenPausable \{\s+id: Bytes!)\s+paused: Boolean!/,
      "$1",
      [["missing-field", "TokenPausable.paused", "Boolean!"]],
    ],
    [
      "a field renamed",
      "totalSupply: BigDecimal!\n  totalSupplyExact: BigInt!\n  implementsERC3643",
      "supply: BigDecimal!\n  totalSupplyExact: BigInt!\n  implementsERC3643",
      [["missing-field", "Token.totalSupply", "BigDecimal!"]],
    ],
    [
      "a type changed",
      "totalSupply: BigDecimal!\n  totalSupplyExact: BigInt!\n  implementsERC3643",
      "totalSupply: Int!\n  totalSupplyExact: BigInt!\n  implementsERC3643",
      [["field-type", "Token.totalSupply", "BigDecimal!", "Int!"]],
    ],
    [
      "a result that may now be null",
      "totalSupply: BigDecimal!\n  totalSupplyExact: BigInt!\n  implementsERC3643",
      "totalSupply: BigDecimal\n  totalSupplyExact: BigInt!\n  implementsERC3643",
      [["field-type", "Token.totalSupply", "BigDecimal!", "BigDecimal"]],
    ],
    [
      "an enum value of an answer renamed",
      " YIELD }",
      " INTEREST }",
      [
        [
          "enum-values",
          "TokenExtension",
          tokenExtensions.join(" "),
          tokenExtensions.join(" ").replace("YIELD", "INTEREST"),
        ],
      ],
    ],
    [
      "an enum value of a variable renamed",
      /(enum Token_orderBy \{[^}]*?)\n {2}name\n/,
      "$1\n  title\n",
      [["enum-values", "Token_orderBy"]],
    ],
    [
      "a filter removed",
      /(input Token_filter \{[^}]*?)\n {2}name_contains_nocase: String/,
      "$1",
      [["missing-input-field", "Token_filter.name_contains_nocase", "String"]],
    ],
    [
      "an argument removed",
      /tokens\(skip: Int = 0, first: Int = 100, orderBy: Token_orderBy, /,
      "tokens(skip: Int = 0, first: Int = 100, ",
      [["missing-argument", "Query.tokens(orderBy:)", "Token_orderBy"]],
    ],
    [
      "an argument of another type",
      /tokens\(skip: Int = 0, first: Int = 100,/,
      'tokens(skip: Int = 0, first: String = "100",',
      [["argument-type", "Query.tokens(first:)", "Int", "String"]],
    ],
    [
      "a filter of a variable removed",
      /(input Token_filter \{[^}]*?)\n {2}tokenFactory_: TokenFactory_filter/,
      "$1",
      [["variable", "$where"]],
    ],
  ])("%s", (_case, from, to, expected) => {
    const found = problems(changed(from, to));
    expect(found.map((parts, index) => parts.slice(0, expected[index]?.length))).toEqual(expected);
  });

  test.each([
    ["an argument that may now be left out", "token(id: ID!,", "token(id: ID,"],
    ["a field more", "type TokenPausable {", "type TokenPausable {\n  since: BigInt"],
    ["a value more to order by", "enum Token_orderBy {", "enum Token_orderBy {\n  age"],
  ])("no drift: %s", (_case, from, to) => {
    expect(problems(changed(from, to))).toEqual([]);
  });
});

test.each([
  ["a role that does not exist", "{ accessControls { feedsManager { id } } }", "feedsManager"],
  ["the account's identity on a token", "{ tokens { identity { id } } }", "identity"],
  ["the status of an action", "{ actions { status } }", "status"],
  ["fields of bytes", "{ actions { target { id } } }", "target"],
  ["an order that is none", "{ identities(orderBy: deployedAt) { id } }", "deployedAt"],
])("an operation outside the contract is refused: %s", (_case, selection, word) => {
  const operation = { name: "Wrong", document: `query Wrong ${selection}`, variables: {} };
  const [problem] = contractProblems(contract, [operation], contract);
  expect(problem).toMatchObject({ operation: "Wrong", kind: "document" });
  expect(problem?.message).toContain(word);
});

test("a document that cannot be read is one problem", () => {
  expect(problems(contract, { name: "Broken", document: "query {", variables: {} })).toEqual([
    ["syntax", "Broken"],
  ]);
});
