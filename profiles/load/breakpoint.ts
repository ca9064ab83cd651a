import type { AbortRule, LoadProfile } from "../../src/domain/profile.ts";
import { perMinute, seconds } from "../../src/domain/units.ts";
import { alertRules, mostlyFailing, objectives } from "../platform/objectives.ts";
import { usualShares } from "./mix.ts";
import { hold, warmUp } from "./phases.ts";

/** Factor 1 is the expected knee (`--rate`): seven geometric steps towards it, then three beyond. */
const levels = [0.45, 0.52, 0.59, 0.67, 0.77, 0.88, 1, 1.14, 1.3, 1.5];
const plateauMs = seconds(60);

/**
 * Two and a half plateaus beyond the alert thresholds show enough of the range beyond the knee. A single plateau
 * beyond them is the purpose of this test; the thresholds of other runs would end it too early.
 */
const seenEnough = alertRules.map((rule): AbortRule => ({
  ...rule,
  id: `beyond-${rule.id}`,
  forMs: seconds(150),
}));

/** Far beyond the objective more load gives no information and harms the platform. */
const farBeyond = (["api", "subgraph"] as const).map((surface): AbortRule => ({
  id: `far-${surface}-p95`,
  metric: "p95",
  surface,
  above: 25 * objectives.responseP95Ms[surface],
  forMs: seconds(30),
  source: "25 times the objective for p95",
}));

export const breakpoint = {
  name: "breakpoint",
  summary: "ten plateaus towards and beyond the knee with a fixed replica count: measures capacity",
  requestsPerMinute: perMinute(10_000),
  shares: usualShares,
  phases: [
    warmUp(seconds(30), levels[0]),
    ...levels.map((factor, index) => hold(plateauMs, factor, `level-${index + 1}`)),
  ],
  repetitions: 1,
  judges: { throughput: false, latency: false, errors: false, capacity: true },
  abortRules: [...seenEnough, ...farBeyond, { ...mostlyFailing, forMs: seconds(30) }],
  keepSamples: false,
} as const satisfies LoadProfile;
