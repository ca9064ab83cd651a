/** Everything that scenarios send to the subgraph, with example variables: what a contract must allow. */
import type { PlatformIds } from "../../scenarios/lib/ids.ts";
import { subgraphCalls } from "../../scenarios/lib/subgraph-calls.ts";
import type { SubgraphCall } from "../../scenarios/lib/subgraph-calls.ts";
import { discoveryQuery } from "../../scenarios/lib/subgraph-discovery.ts";
import { IterationPicker } from "../../scenarios/lib/weighted.ts";
import type { UsedOperation } from "./contract-problems.ts";

const exampleAddress = (digit: string): string => `0x${digit.repeat(40)}`;

/** Ids of the form that a platform has. */
const exampleIds: PlatformIds = {
  system: exampleAddress("1"),
  identityFactory: exampleAddress("2"),
  identityRegistryStorage: exampleAddress("3"),
  topicSchemeRegistry: exampleAddress("4"),
  trustedIssuersRegistry: exampleAddress("5"),
  complianceModuleRegistry: exampleAddress("6"),
  yieldSchedules: [exampleAddress("7")],
  tokens: [{ id: exampleAddress("a"), factory: exampleAddress("b") }],
  factories: [exampleAddress("b")],
  accounts: [exampleAddress("c"), exampleAddress("d")],
};

/** @param seed which of the possible variables are taken @returns the discovery first, then every operation of the mix */
export function usedOperations(ids: PlatformIds = exampleIds, seed = 1): readonly UsedOperation[] {
  const picker = new IterationPicker(seed);
  const calls: readonly (readonly [string, SubgraphCall])[] = Object.entries(subgraphCalls);
  return [
    { name: "Discover", document: discoveryQuery, variables: {} },
    ...calls.map(([name, { document, variables }]) => ({
      name,
      document,
      variables: variables(ids, picker),
    })),
  ];
}
