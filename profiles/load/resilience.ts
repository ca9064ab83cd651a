import type { LoadProfile } from "../../src/domain/profile.ts";
import { minutes, perMinute } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

/**
 * Constant load: what events change is the difference to the time without them. Alert rules would end the run in the middle
 * of an outage, whose length is what is measured.
 */
export const resilience = {
  name: "resilience",
  summary: "constant load while events (--event) happen to the platform: measures its recovery",
  requestsPerMinute: perMinute(5_000),
  shares: usualShares,
  phases: [warmUp(minutes(1)), hold(minutes(5))],
  repetitions: 1,
  judges: { throughput: false, latency: false, errors: false, resilience: true },
  abortRules: [{ ...mostlyFailing, forMs: minutes(15) }],
  keepSamples: true,
} as const satisfies LoadProfile;
