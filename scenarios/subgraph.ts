import { query } from "./lib/graphql.ts";
import { begin } from "./lib/iteration.ts";
import { oncePerProcess } from "./lib/once.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";
import { operationNames } from "./lib/subgraph-calls.ts";

const operationAt = sharedCycle("subgraph", operationNames, () =>
  oncePerProcess().operationOrder(),
);

/** One query, as the API would issue it. */
export function subgraph(data: SetupData): void {
  const iteration = begin(data);
  const name = operationAt(iteration.index + plan.seed);
  if (name !== undefined) query(name, iteration);
}
