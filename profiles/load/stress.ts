import type { LoadProfile } from "../../src/domain/profile.ts";
import { minutes, perMinute } from "../../src/domain/units.ts";
import { alertRules, mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, ramp, recovery, warmUp } from "./phases.ts";

export const stress = {
  name: "stress",
  summary: "a ramp to twice the target rate: finds what saturates first, and tests recovery",
  requestsPerMinute: perMinute(10_000),
  shares: usualShares,
  phases: [warmUp(minutes(1)), ramp(minutes(2), 1, 2), hold(minutes(5), 2), recovery(minutes(2))],
  repetitions: 1,
  judges: { throughput: true, latency: true, errors: true },
  abortRules: [...alertRules, mostlyFailing],
  keepSamples: true,
} as const satisfies LoadProfile;
