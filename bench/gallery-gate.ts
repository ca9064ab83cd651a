/** A release that made the API slower: a gate for the gallery, made by arithmetic. */
import type { GateDocument, GateMetricResult } from "../reports/gate/document.ts";
import { document as base } from "../reports/gate/testdata/document.ts";

const pairs = 8;
/** A fixed pattern in place of noise, ± 2 %. */
const noise = (index: number): number => 1 + 0.02 * Math.sin(index * 2.4);

interface Moved {
  readonly id: string;
  readonly title: string;
  readonly unit: GateMetricResult["unit"];
  readonly level: number;
  readonly ratio: number;
  readonly better?: GateMetricResult["better"];
}

function metric({ id, title, unit, level, ratio, better = "lower" }: Moved): GateMetricResult {
  const outcome = ratio > 1.05 ? "fail" : "pass";
  const values = (factor: number, shift: number): number[] =>
    Array.from({ length: pairs }, (_, index) => level * factor * noise(index + shift));
  const reason = `${ratio.toFixed(3)} times the baseline`;
  const [template] = base.metrics;
  return {
    ...template,
    id,
    title,
    unit,
    better,
    required: true,
    outcome,
    reason: `${title}: ${reason}.`,
    values: { baseline: values(1, 0), candidate: values(ratio, 3) },
    baselineMedian: level,
    candidateMedian: level * ratio,
    comparison: {
      outcome,
      ratio,
      low: ratio - 0.021,
      high: ratio + 0.023,
      confidence: 0.9,
      nBaseline: pairs,
      nCandidate: pairs,
      minimumDetectableRatio: 1.05,
      method: "paired permutation test of the log ratio",
      warnings: [],
      reason,
      chanceOfNoRegression: outcome === "fail" ? 0.0002 : 0.41,
      design: { design: "paired", reason: "the two runs of a pair correlate" },
    },
    driftPValue: 0.6,
  };
}

const metrics: readonly GateMetricResult[] = [
  metric({
    id: "api.response.p95",
    title: "p95 of API reads",
    unit: "ms",
    level: 151,
    ratio: 1.118,
  }),
  metric({ id: "web.page.p95", title: "p95 of web pages", unit: "ms", level: 1480, ratio: 1.006 }),
  metric({
    id: "subgraph.response.p95",
    title: "p95 of subgraph reads",
    unit: "ms",
    level: 118,
    ratio: 0.994,
  }),
  metric({
    id: "throughput",
    title: "Throughput",
    unit: "1/min",
    level: 10_480,
    ratio: 0.999,
    better: "higher",
  }),
];

const at = base.startedAt;
const runs = (shift: number): GateDocument["baseline"]["runs"] =>
  Array.from({ length: pairs }, (_, index) => ({
    id: `20261123-12${String(index * 7 + shift).padStart(2, "0")}00-gate-${String(index).padStart(4, "0")}`,
    startedAt: at + (2 * index + shift) * 60_000,
    outcome: "pass",
  }));

export const galleryGate: GateDocument = {
  ...base,
  command:
    "headroom gate --baseline-target api=https://blue.example.com --candidate-target api=https://green.example.com",
  sentence: "p95 of API reads: 1.118 times the baseline.",
  environment: "pre-production",
  endedAt: at + 2 * pairs * 60_000,
  pairs,
  analyses: [6, 8, 11, 15, 20].map((each) => ({ pairs: each, alpha: 0.017 })),
  lastAnalysis: { pairs, alpha: 0.017 },
  baseline: { label: "release-41", runs: runs(0) },
  candidate: { label: "release-42", runs: runs(1) },
  control: undefined,
  lostAttempts: [],
  order: Array.from({ length: 2 * pairs }, (_, index) =>
    index % 3 === 1 ? "candidate" : "baseline",
  ),
  metrics,
  objectives: [],
  findings: [
    {
      id: "slower-endpoint",
      severity: "P2",
      sentence: "token.read is the endpoint that became slowest: 1.21 times its baseline.",
      evidence: "p95 93 ms → 113 ms (+19 % to +24 %) over 8 pairs.",
      action: "Compare its query plan and the number of its queries with release-41.",
    },
  ],
  differences: [],
  warnings: [],
};
