import type { LoadProfile, Phase } from "../../src/domain/profile.ts";
import { perMinute, seconds, type Milliseconds } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { hold, recovery } from "./phases.ts";

/** A rate that the minimum number of pods can serve. */
const quiet = 0.15;
/** Load of seven API pods; the full rate requires eight, its maximum, and no more of any workload. */
const step = 0.85;

const climb = (durationMs: Milliseconds): Phase => ({
  ...hold(durationMs, step, "climb"),
  kind: "ramp",
  judged: false,
});

/**
 * The length of each phase follows from the policy (analysis/autoscaling/phase-lengths.ts; printed by `--dry-run`):
 * settling takes the scale-down window and a minute, climbing from 2 to 8 pods 3.5 minutes, going back 18.5; a spike must
 * last as long as a reaction may. Only requests after the climb are judged.
 */
export const autoscale = {
  name: "autoscale",
  summary:
    "settle, step to the load of seven pods, hold, spike to eight, return: tests the autoscalers",
  requestsPerMinute: perMinute(11_500),
  shares: { api: 0.58, subgraph: 0.22, web: 0.05, mixed: 0.15 },
  phases: [
    { ...recovery(seconds(360), quiet), name: "settle" },
    climb(seconds(210)),
    hold(seconds(180), step),
    { ...recovery(seconds(150), 1), name: "spike" },
    { ...recovery(seconds(1110), quiet), name: "return" },
  ],
  isOfControlPlane: true,
  repetitions: 1,
  judges: { throughput: false, latency: true, errors: true },
  abortRules: [mostlyFailing],
  keepSamples: true,
} as const satisfies LoadProfile;
