import { begin } from "./lib/iteration.ts";
import { journeys } from "./lib/journey-steps.ts";
import { walk } from "./lib/journey.ts";
import type { SetupData } from "./lib/session.ts";

/** Looks at the dashboard and the portfolio, then at one token. */
export function investor(data: SetupData): void {
  const iteration = begin(data, () => data.pools.investor);
  walk(journeys.investor, iteration);
}
