import type { LoadProfile } from "../../src/domain/profile.ts";
import { perMinute, seconds } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

export const smoke = {
  name: "smoke",
  summary: "30 seconds at a low rate: checks that every request works",
  requestsPerMinute: perMinute(3_000),
  shares: usualShares,
  phases: [warmUp(seconds(5)), hold(seconds(25))],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [mostlyFailing],
  keepSamples: true,
} as const satisfies LoadProfile;
