import { query } from "./lib/graphql.ts";
import { begin } from "./lib/iteration.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";
import { subgraphCalls } from "./lib/subgraph-calls.ts";
import type { SubgraphOperation } from "./lib/subgraph-calls.ts";
import { weightOfOperation } from "./lib/subgraph-weights.ts";

const operations = Object.keys(subgraphCalls).filter(
  (name): name is SubgraphOperation => name in subgraphCalls,
);
const cycle = sharedCycle("subgraph", operations, weightOfOperation);

/** One query, as the API would issue it. */
export function subgraph(data: SetupData): void {
  const iteration = begin(data);
  const name = cycle[(iteration.index + plan.seed) % cycle.length];
  if (name !== undefined) query(name, iteration);
}
