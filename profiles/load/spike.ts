import type { LoadProfile } from "../../src/domain/profile.ts";
import { minutes, perMinute, seconds } from "../../src/domain/units.ts";
import { alertRules, mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, recovery, warmUp } from "./phases.ts";

export const spike = {
  name: "spike",
  summary: "a sudden spike to three times the usual rate for two minutes",
  requestsPerMinute: perMinute(5_000),
  shares: usualShares,
  phases: [
    warmUp(minutes(1)),
    hold(minutes(1), 1, "before"),
    hold(seconds(120), 3, "spike"),
    recovery(minutes(3)),
  ],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [...alertRules, mostlyFailing],
  keepSamples: true,
} as const satisfies LoadProfile;
