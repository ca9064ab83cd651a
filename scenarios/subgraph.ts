import { SharedArray } from "k6/data";
import { query } from "./lib/graphql.ts";
import { begin } from "./lib/iteration.ts";
import { plan } from "./lib/plan.ts";
import { plannedCycle } from "./lib/planned-weights.ts";
import type { SetupData } from "./lib/session.ts";
import { subgraphCalls } from "./lib/subgraph-calls.ts";
import type { SubgraphOperation } from "./lib/subgraph-calls.ts";
import { subgraphWeights } from "./lib/subgraph-weights.ts";

const operations = Object.keys(subgraphCalls).filter(
  (name): name is SubgraphOperation => name in subgraphCalls,
);
/** Worked out once per k6 process, as the API's. */
const cycle = new SharedArray("subgraph cycle", () => {
  const assumed = subgraphWeights();
  return [...plannedCycle("subgraph", operations, (name) => assumed.get(name) ?? 0, plan)];
});

/** One query, as the API would issue it. */
export function subgraph(data: SetupData): void {
  const iteration = begin(data);
  const name = cycle[(iteration.index + plan.seed) % cycle.length];
  if (name !== undefined) query(name, iteration);
}
