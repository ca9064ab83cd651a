import { query } from "./lib/graphql.ts";
import { begin } from "./lib/iteration.ts";
import { oncePerProcess } from "./lib/once.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";

const cycle = sharedCycle("subgraph", () => oncePerProcess().operationCycle());

/** One query, as the API would issue it. */
export function subgraph(data: SetupData): void {
  const iteration = begin(data);
  const name = cycle[(iteration.index + plan.seed) % cycle.length];
  if (name !== undefined) query(name, iteration);
}
