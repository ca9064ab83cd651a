import { begin } from "./lib/iteration.ts";
import { journeys } from "./lib/journey-steps.ts";
import { walk } from "./lib/journey.ts";
import type { SetupData } from "./lib/session.ts";

/** Looks through the tokens of a factory, searches, then checks one token. */
export function issuer(data: SetupData): void {
  const iteration = begin(data, () => data.pools.issuer);
  walk(journeys.issuer, iteration);
}
