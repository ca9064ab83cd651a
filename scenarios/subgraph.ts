import { query } from "./lib/graphql.ts";
import { begin } from "./lib/iteration.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { subgraphWeights } from "./lib/subgraph-weights.ts";
import { weightedCycle } from "./lib/weighted.ts";

const weights = subgraphWeights();
const names = [...weights.keys()];
const cycle = weightedCycle([...weights.values()]);

/** One query, as the API would issue it. */
export function subgraph(data: SetupData): void {
  const iteration = begin(data);
  const name = names[cycle[(iteration.index + plan.seed) % cycle.length] ?? 0];
  if (name !== undefined) query(name, iteration);
}
