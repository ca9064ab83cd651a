import { begin } from "./lib/iteration.ts";
import { journeys } from "./lib/journey-steps.ts";
import { walk } from "./lib/journey.ts";
import type { SetupData } from "./lib/session.ts";

/** Looks at the state of the system, its tokens, its users and identities. */
export function administrator(data: SetupData): void {
  const iteration = begin(data, () => data.pools.administrator);
  walk(journeys.administrator, iteration);
}
