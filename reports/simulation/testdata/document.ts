/** A minute of one workload, with text that wants to be markup. */
import type { SimulatedMoment, SimulationDocument } from "../document.ts";

const moment = (atMs: number, change: Partial<SimulatedMoment> = {}): SimulatedMoment => ({
  atMs,
  requestsPerMinute: 1000,
  desiredReplicas: 2,
  pods: 2,
  readyReplicas: 2,
  p95Ms: 60,
  busyRatio: 0.2,
  ofTarget: { cpu: 0.9 },
  podHours: atMs / 1_800_000,
  ...change,
});
const hostile = `<script>alert("x")</script>`;
export const small: SimulationDocument = {
  schemaVersion: 1,
  kind: "simulation",
  headroom: "0.0.0",
  seed: 1,
  durationMs: 60_000,
  load: hostile,
  assumptions: ["A request takes no time."],
  totals: { violationSeconds: 15, podHours: 0.03 },
  workloads: [
    {
      name: "api",
      silentMetrics: [],
      loadShare: 1,
      p95LimitMs: 200,
      hpa: {
        source: hostile,
        minReplicas: 2,
        maxReplicas: 4,
        targets: ["cpu 70 %"],
        up: "1 pod every 30 s",
        down: "disabled",
        spec: {},
        losses: ["one"],
      },
      violationSeconds: 15,
      podHours: 0.03,
      requests: 1000,
      failedRequests: 0,
      largestP95Ms: 300,
      largestReplicas: 3,
      smallestReplicas: 2,
      series: [
        moment(0),
        moment(15_000, { p95Ms: 300, ofTarget: { cpu: 9 } }),
        moment(30_000),
        moment(45_000, { readyReplicas: 0, ofTarget: {} }),
      ],
      rescales: [
        {
          atMs: 20_000,
          from: 2,
          to: 3,
          metric: "cpu",
          rawProposal: 3,
          proposals: [],
          sentence: "cpu asks for 3",
        },
      ],
    },
  ],
};
