/** A year of nights with two metrics, and text that wants to be markup. */
import type { SiteDocument } from "../document.ts";

const day = 86_400_000;
const start = Date.UTC(2025, 10, 22, 2);
const gap = (nightlyRun: number): boolean => nightlyRun >= 60 && nightlyRun < 64;

const headOf = (nightlyRun: number) => ({
  nightlyRun: `n${nightlyRun}`,
  at: start + nightlyRun * day,
  date: new Date(start + nightlyRun * day).toISOString().slice(0, 10),
});

export const site: SiteDocument = {
  profile: "nightly",
  environment: "staging <script>alert(1)</script>",
  headroom: "0.1.0",
  writtenAt: start,
  problems: ["x/run.json cannot be read"],
  gates: [
    {
      id: "gate-a",
      at: start + 200 * day,
      outcome: "fail",
      candidate: "release <b>2</b>",
      sentence: "API p95 is slower.",
      report: "../runs/gate-a/gate.html",
    },
  ],
  marks: [{ index: 120, trait: "commit", from: "8c1f20e", to: "<b>51d07ab</b>" }],
  nightlyRuns: Array.from({ length: 365 }, (_, nightlyRun) => ({
    id: `n${nightlyRun}`,
    at: start + nightlyRun * day,
    date: new Date(start + nightlyRun * day).toISOString().slice(0, 10),
    outcome: gap(nightlyRun) ? "invalid" : nightlyRun % 90 === 7 ? "fail" : "pass",
    runs: [{ id: `r${nightlyRun}`, outcome: "pass", report: `../runs/r${nightlyRun}/report.html` }],
  })),
  trends: ["api.response.p95", "throughput"].map((metric) => ({
    metric,
    title: metric,
    unit: "ms",
    worse: "higher",
    isObjective: true,
    limit: { value: 200, good: "below" },
    accepted: [{ index: 120, because: "agreed <i>with</i> all" }],
    remark: "API response p95: last nightly run alone was worse",
    points: Array.from({ length: 365 }, (_, nightlyRun) =>
      gap(nightlyRun)
        ? { ...headOf(nightlyRun), runs: 0, outcome: "invalid" as const }
        : {
            ...headOf(nightlyRun),
            value:
              nightlyRun === 300
                ? Infinity
                : 150 + Math.sin(nightlyRun) * 9.87 + (nightlyRun >= 120 ? 20 : 0),
            low: 140,
            high: 190,
            runs: 3,
            outcome: "pass" as const,
          },
    ),
    changePoints: [
      { index: 120, before: 150, after: 170, ratio: 1.13, low: 1.12, high: 1.14, p: 0.005 },
    ],
    outliers: [17],
  })),
};
