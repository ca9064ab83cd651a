import { buildSchema, getOperationAST, parse } from "graphql";
import { expect, test } from "vitest";
import { apiContract, subgraphContract } from "../../profiles/platform/contract/index.ts";
import { procedureOperations } from "../../scenarios/lib/procedure-operations.ts";
import { subgraphCalls } from "../../scenarios/lib/subgraph-calls.ts";
import { countOperations, subgraphWeights } from "../../scenarios/lib/subgraph-weights.ts";
import { contractProblems, contractSchema } from "./contract-problems.ts";
import { subgraphSchemaText } from "./subgraph-schema.ts";
import { usedOperations } from "./used-operations.ts";

const contract = contractSchema();

test.each(usedOperations().map((operation) => [operation.name, operation] as const))(
  "%s is valid by the platform's contract, with the variables that are sent",
  (name, operation) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const drawn = usedOperations(undefined, seed).filter((used) => used.name === name);
      expect(contractProblems(contract, drawn, contract)).toEqual([]);
    }
    const defined = getOperationAST(parse(operation.document), name)?.variableDefinitions ?? [];
    const names = defined.map(({ variable }) => variable.name.value);
    expect(Object.keys(operation.variables).toSorted()).toEqual(names.toSorted());
  },
);

test("drift of one field is named with every operation that uses it", () => {
  const drifted = buildSchema(
    subgraphSchemaText(subgraphContract).replace("isFrozen: Boolean!", "frozenFlag: Boolean!"),
  );
  const problems = contractProblems(drifted, usedOperations(), contract);
  expect(problems.map(({ operation, place }) => [operation, place])).toEqual([
    ["TokenHoldersQuery", "TokenBalance.isFrozen"],
    ["TokenHolderQuery", "TokenBalance.isFrozen"],
  ]);
});

test("procedures are those of the API, and every operation is one that a procedure causes", () => {
  const procedures = Object.keys(apiContract.procedures).map((path) => path.replaceAll("/", "."));
  expect(procedures).toEqual(expect.arrayContaining(Object.keys(procedureOperations)));
  const caused = new Set<string>(Object.values(procedureOperations).flat());
  expect([...caused].toSorted()).toEqual(Object.keys(subgraphCalls).toSorted());
});

test("weights follow from procedures: a system for most of them, a token for those about a token", () => {
  const counts = countOperations(
    new Map([
      ["token.read", 3],
      ["user.events", 2],
      ["system.identity.me", 1],
    ]),
  );
  expect(Object.fromEntries(counts)).toEqual({
    GetSystem: 5,
    ReadTokenQuery: 3,
    UserEventsQuery: 2,
    UserEventsCountQuery: 2,
    ReadIdentityQuery: 1,
  });
  expect(() => countOperations(new Map([["token.unknown", 1]]))).toThrow("token.unknown");
  const weights = subgraphWeights();
  // These two numbers are in docs/mix.md.
  expect([Object.keys(subgraphCalls).length, weights.size]).toEqual([62, 48]);
  expect(weights.get("GetSystem")).toBe(Math.max(...weights.values()));
  for (const weight of weights.values()) expect(weight).toBeGreaterThanOrEqual(1);
});
