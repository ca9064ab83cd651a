import type { LoadProfile } from "../../src/domain/profile.ts";
import { hours, minutes, perMinute } from "../../src/domain/units.ts";
import { alertRules, mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

/** Raw samples are not kept: the windows hold what a judgement needs, in memory and files that do not grow with it. */
export const soak = {
  name: "soak",
  summary: "eight hours at 80 % of the target: leaks, drift, things that fill up",
  requestsPerMinute: perMinute(8_000),
  shares: usualShares,
  phases: [warmUp(minutes(2)), hold(hours(8))],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [...alertRules, mostlyFailing],
  keepSamples: false,
} as const satisfies LoadProfile;
