import { query } from "./lib/graphql.ts";
import { begin } from "./lib/iteration.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { subgraphCalls } from "./lib/subgraph-calls.ts";
import type { SubgraphOperation } from "./lib/subgraph-calls.ts";
import { weightedCycle } from "./lib/weighted.ts";

const names = Object.keys(subgraphCalls).filter(
  (name): name is SubgraphOperation => name in subgraphCalls,
);
const cycle = weightedCycle(names.map((name) => subgraphCalls[name].weight));

/** One query, as the API would issue it. */
export function subgraph(data: SetupData): void {
  const iteration = begin(data);
  const name = names[cycle[(iteration.index + plan.seed) % cycle.length] ?? 0];
  if (name !== undefined) query(name, iteration);
}
