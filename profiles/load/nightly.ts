import type { LoadProfile } from "../../src/domain/profile.ts";
import { minutes, perMinute } from "../../src/domain/units.ts";
import { alertRules, mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

/** Offers 5 % more than the target: what is completed never exceeds what is offered, so that a lower bound could not pass at the target itself. */
export const nightly = {
  name: "nightly",
  summary: "three runs at 10,500 requests/min: checks all objectives and the target rate",
  requestsPerMinute: perMinute(10_500),
  shares: usualShares,
  phases: [warmUp(minutes(1)), hold(minutes(5))],
  repetitions: 3,
  judges: { throughput: true, latency: true, errors: true },
  abortRules: [...alertRules, mostlyFailing],
  keepSamples: true,
} as const satisfies LoadProfile;
