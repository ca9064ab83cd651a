import type { LoadProfile } from "../../src/domain/profile.ts";
import { hours, minutes, perMinute } from "../../src/domain/units.ts";
import { alertRules, mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

/** Raw samples are not kept: windows suffice for the judgement, with bounded memory and small files. */
export const soak = {
  name: "soak",
  summary: "eight hours at 80 % of the target: finds leaks, drift and full disks",
  requestsPerMinute: perMinute(8_000),
  shares: usualShares,
  phases: [warmUp(minutes(2)), hold(hours(8))],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [...alertRules, mostlyFailing],
  keepSamples: false,
} as const satisfies LoadProfile;
