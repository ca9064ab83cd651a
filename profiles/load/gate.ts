import type { LoadProfile } from "../../src/domain/profile.ts";
import { perMinute, seconds } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

export const gate = {
  name: "gate",
  summary: "one short run of a release comparison; a gate runs pairs of them",
  requestsPerMinute: perMinute(6_000),
  shares: usualShares,
  phases: [warmUp(seconds(10)), hold(seconds(30))],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [mostlyFailing],
  keepSamples: false,
} as const satisfies LoadProfile;
