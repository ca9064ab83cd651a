import type { LoadProfile } from "../../src/domain/profile.ts";
import { perMinute, seconds } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

export const demo = {
  name: "demo",
  summary: "a minute on the sandbox: enough requests for a verdict on every surface",
  requestsPerMinute: perMinute(6_600),
  shares: usualShares,
  phases: [warmUp(seconds(10)), hold(seconds(40))],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [mostlyFailing],
  keepSamples: true,
} as const satisfies LoadProfile;
