import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { apiContract, subgraphContract } from "../../profiles/platform/contract/index.ts";
import type { ApiContract, SubgraphContract } from "../../profiles/platform/contract/index.ts";
import { apiDigest, subgraphDigest } from "./digest.ts";

const root = path.resolve(import.meta.dirname, "../..");
const committed = (name: string): string =>
  readFileSync(path.join(root, "profiles/platform/contract", name), "utf8");

const folder = path.join(root, "..", "shared", "platform");
const isMissing = !existsSync(folder);
if (isMissing) {
  // oxlint-disable-next-line no-console -- a missing comparison must be visible where the tests run
  console.warn(
    "NOT COMPARED: ../shared/platform does not exist, so the committed contract was not compared with the facts about the platform",
  );
}

const factsText = (name: string): string => readFileSync(path.join(folder, name), "utf8");

describe.skipIf(isMissing)(
  "the committed contract equals the facts in ../shared/platform (skipped where they are missing)",
  () => {
    test("api.json", () => {
      const facts: ApiContract = JSON.parse(factsText("api-facts.json"));
      expect(apiContract).toEqual(facts);
      expect(committed("api.json")).toBe(apiDigest(facts));
    });

    test("subgraph.json", () => {
      const facts: SubgraphContract = JSON.parse(factsText("subgraph-facts.json"));
      expect(subgraphContract).toEqual(facts);
      expect(committed("subgraph.json")).toBe(subgraphDigest(facts));
    });
  },
);

test("the digests hold the whole contract: written again they are the same", () => {
  expect(apiDigest(apiContract)).toBe(committed("api.json"));
  expect(subgraphDigest(subgraphContract)).toBe(committed("subgraph.json"));
});

test("the contract is that of 486664d4: 138 procedures, 114 types, 6 enums, 210 queries", () => {
  expect(apiContract.source).toContain("486664d4");
  expect(subgraphContract.source).toContain("486664d4");
  expect(Object.keys(apiContract.procedures)).toHaveLength(138);
  expect(Object.keys(subgraphContract.types)).toHaveLength(114);
  expect(Object.keys(subgraphContract.enums)).toHaveLength(6);
  expect(Object.keys(subgraphContract.queries)).toHaveLength(210);
});

test("parts that repeat are shared and come back whole", () => {
  const { procedures } = apiContract;
  expect(JSON.stringify(procedures)).not.toContain("$shared");
  expect(procedures["token/mint"]?.input).toMatchObject({ type: "object" });
  expect(procedures["actions/list"]?.output).toEqual(procedures["token/actions"]?.output);
});
