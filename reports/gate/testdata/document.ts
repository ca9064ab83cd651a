/** A gate for tests: failed, with everything in it that a report has to write, and text that wants to be markup. */
import type { GateDocument, GateMetricResult } from "../document.ts";

const hostile = `<img src=x onerror=alert(1)> | @everyone "'&`;
const at = Date.parse("2026-11-23T12:00:00Z");

const metric = (changes: Partial<GateMetricResult> = {}): GateMetricResult => ({
  id: "api.response.p95",
  title: "p95 of API reads",
  unit: "ms",
  better: "lower",
  required: true,
  outcome: "fail",
  reason: "p95 of API reads: 1.2 times the baseline.",
  values: { baseline: [100, 101, 99, null], candidate: [120, 121, Infinity, 119] },
  baselineMedian: 100,
  candidateMedian: 120,
  comparison: {
    outcome: "fail",
    ratio: 1.2,
    low: 1.15,
    high: 1.25,
    confidence: 0.9,
    nBaseline: 3,
    nCandidate: 4,
    minimumDetectableRatio: 1.08,
    method: "m",
    warnings: [],
    reason: "1.2 times the baseline",
    chanceOfNoRegression: 0,
    design: { design: "paired", reason: "the two runs of a pair correlate" },
  },
  driftPValue: 0.04,
  ...changes,
});

const bare: Omit<GateMetricResult, "comparison" | "baselineMedian" | "candidateMedian"> = {
  id: "web.errors",
  title: "Errors",
  unit: "ratio",
  better: "lower",
  required: true,
  outcome: "inconclusive",
  reason: "one side has no value",
  values: { baseline: [null], candidate: [null] },
};

export const document: GateDocument = {
  schemaVersion: 2,
  kind: "gate",
  id: "20261123-120000-release-gate-0000",
  hash: "04da76b93ef80a25",
  candidateHash: "760c9c351c08d6ba",
  headroom: "0.1.0",
  command: `headroom gate ${hostile}`,
  startedAt: at,
  endedAt: at + 600_000,
  outcome: "fail",
  sentence: "p95 of API reads: 1.2 times the baseline.",
  exitStatus: 1,
  mode: "live",
  profile: "gate",
  environment: "local",
  margin: 0.05,
  isQuick: false,
  pairs: 4,
  analyses: [{ pairs: 4, alpha: 0.05 }],
  lastAnalysis: { pairs: 4, alpha: 0.05 },
  baseline: { label: "blue", runs: [{ id: "run-0", startedAt: at, outcome: "pass" }] },
  candidate: {
    label: hostile,
    runs: [{ id: "run-1", startedAt: at + 1, outcome: "invalid", unusable: "saturated" }],
  },
  control: { label: "A/A control", runs: [] },
  lostAttempts: [
    {
      pair: 2,
      reason: hostile,
      runs: [{ arm: "candidate", id: "run-9", startedAt: at + 2, outcome: "invalid" }],
    },
  ],
  order: ["baseline", "candidate", "baseline", "candidate"],
  metrics: [
    metric(),
    metric({
      id: "throughput",
      title: "Throughput",
      unit: "1/min",
      better: "higher",
      outcome: "pass",
    }),
    bare,
    metric({ id: "api/token.read.p95", title: "p95 of api token.read", required: false }),
  ],
  objectives: [{ checkId: "c", title: "API objective", pass: 3, fail: 1, inconclusive: 0 }],
  findings: [
    { id: "slower-endpoint", severity: "P2", sentence: "S", evidence: hostile, action: "A" },
  ],
  differences: ["k6-version: 1 against 2"],
  warnings: [{ code: "w", message: "a warning" }],
};
