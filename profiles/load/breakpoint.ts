import type { LoadProfile } from "../../src/domain/profile.ts";
import { perMinute, seconds } from "../../src/domain/units.ts";
import { alertRules } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

/** Geometric steps towards the expected knee, then beyond it; factor 1 is the specification's target. */
const levels = [0.25, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 1.75, 2, 2.5];

export const breakpoint = {
  name: "breakpoint",
  summary:
    "ten plateaus from a quarter of the target upwards, until a rule of the platform ends it",
  requestsPerMinute: perMinute(10_000),
  shares: usualShares,
  phases: [
    warmUp(seconds(60), 0.25),
    ...levels.map((factor, index) => hold(seconds(90), factor, `level-${index + 1}`)),
  ],
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: alertRules,
  keepSamples: true,
} as const satisfies LoadProfile;
