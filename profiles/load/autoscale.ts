import type { LoadProfile, Phase } from "../../src/domain/profile.ts";
import { perMinute, seconds, type Milliseconds } from "../../src/domain/units.ts";
import { usualShares } from "./mix.ts";
import { hold, recovery } from "./phases.ts";

/** A rate at which the smallest number of pods is enough. */
const quiet = 0.15;

const climb = (durationMs: Milliseconds): Phase => ({
  ...hold(durationMs, 1, "climb"),
  kind: "ramp",
  judged: false,
});

/**
 * How long each part must be follows from the policy: settling takes the scale-down window and a minute, climbing from
 * 2 to 8 pods 3.5 minutes, going back 18.5 (analysis/autoscaling/phase-lengths.ts). Only what is served after the climb
 * is judged.
 */
export const autoscale = {
  name: "autoscale",
  summary: "settle, step to eight pods' worth, hold, spike, and back: does the platform follow?",
  requestsPerMinute: perMinute(12_000),
  shares: usualShares,
  phases: [
    { ...recovery(seconds(360), quiet), name: "settle" },
    climb(seconds(210)),
    hold(seconds(180)),
    { ...recovery(seconds(60), 1.2), name: "spike" },
    { ...recovery(seconds(1110), quiet), name: "return" },
  ],
  isOfControlPlane: true,
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [],
  keepSamples: true,
} as const satisfies LoadProfile;
