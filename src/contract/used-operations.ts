/** All operations that scenarios send to the subgraph, with example variables: a contract must allow them. */
import type { PlatformIds } from "../../scenarios/lib/ids.ts";
import { subgraphCalls } from "../../scenarios/lib/subgraph-calls.ts";
import type { SubgraphCall } from "../../scenarios/lib/subgraph-call.ts";
import { discoveryQuery } from "../../scenarios/lib/subgraph-discovery.ts";
import { IterationPicker } from "../../scenarios/lib/weighted.ts";
import type { UsedOperation } from "./contract-problems.ts";
import { exampleIds } from "./example-ids.ts";

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
