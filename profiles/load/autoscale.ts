import type { LoadProfile, Phase } from "../../src/domain/profile.ts";
import { perMinute, seconds, type Milliseconds } from "../../src/domain/units.ts";
import { mostlyFailing } from "../platform/objectives.ts";
import { hold, recovery } from "./phases.ts";

/** A rate at which the smallest number of pods is enough. */
const quiet = 0.15;
/** Seven pods of the API; the whole rate asks for eight, which is all it may have, and no workload for more. */
const step = 0.85;

const climb = (durationMs: Milliseconds): Phase => ({
  ...hold(durationMs, step, "climb"),
  kind: "ramp",
  judged: false,
});

/**
 * How long each part must be follows from the policy (analysis/autoscaling/phase-lengths.ts; printed by `--dry-run`):
 * settling takes the scale-down window and a minute, climbing from 2 to 8 pods 3.5 minutes, going back 18.5; a spike must
 * last as long as a reaction may. Only what is served after the climb is judged.
 */
export const autoscale = {
  name: "autoscale",
  summary:
    "settle, step to seven pods' worth, hold, spike to eight, and back: does the platform follow?",
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
