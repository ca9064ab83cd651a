import { expect, test } from "vitest";
import { explainDecision } from "./explain.ts";
import type { Why } from "./reconcile.ts";
import { unknownMetrics } from "./simulation/served-metrics.ts";

const cpu = "cpu resource utilization (percentage of request)";
const base: Why = {
  metric: cpu,
  rawProposal: 7,
  stabilised: 7,
  proposals: [
    { metric: cpu, replicas: 7 },
    { metric: "external metric queue(nil)", replicas: 3 },
    { metric: "pods metric rate" },
  ],
};
const policy = { type: "Pods", value: 1, periodSeconds: 60 } as const;

test.each<[string, Why]>([
  ["cpu asks for 7 (queue 3, rate no answer)", base],
  [
    "cpu asks for 7 (queue 3, rate no answer); held at 6 by the stabilisation window; limited to 5 by the scale-up policy 1 pod every 60 s",
    { ...base, stabilised: 6, limitedBy: "ScaleUpLimit", policy },
  ],
  [
    "cpu asks for 7 (queue 3, rate no answer); limited to 5 by the scale-down policy 50 % every 15 s",
    {
      ...base,
      limitedBy: "ScaleDownLimit",
      policy: { type: "Percent", value: 50, periodSeconds: 15 },
    },
  ],
  [
    "cpu asks for 7 (queue 3, rate no answer); limited to 5 by the scale-up limit",
    { ...base, limitedBy: "ScaleUpLimit" },
  ],
  [
    "cpu asks for 7 (queue 3, rate no answer); limited to 5 by the maximum",
    { ...base, limitedBy: "TooManyReplicas" },
  ],
  [
    "cpu asks for 7 (queue 3, rate no answer); limited to 5 by the minimum",
    { ...base, limitedBy: "TooFewReplicas" },
  ],
  [
    "9 is above the maximum: corrected to 5 at once, no metric asked",
    { limitedBy: "AboveMaximum", proposals: [] },
  ],
  [
    "9 is below the minimum: corrected to 5 at once, no metric asked",
    { limitedBy: "BelowMinimum", proposals: [] },
  ],
  ["the size is 0: scaling is disabled", { limitedBy: "ScalingDisabled", proposals: [] }],
  [
    "no decision: rate without an answer",
    { proposals: [{ metric: "rate" }, { metric: "cpu", replicas: 2 }] },
  ],
  ["no metric was asked", { proposals: [] }],
])("%s", (sentence, why) => {
  expect(explainDecision({ from: 9, to: 5, why })).toBe(sentence);
});

test("metrics that no simulation can answer are named with their place", () => {
  const target = { averageValue: "1" };
  const spec = {
    scaleTargetRef: { kind: "Deployment", name: "api" },
    maxReplicas: 3,
    metrics: [
      { type: "ContainerResource", containerResource: { name: "cpu", container: "a", target } },
      { type: "Object", object: { metric: { name: "latency" }, target } },
      { type: "External", external: { metric: { name: "queue" }, target } },
      { type: "Pods" },
    ],
  };
  expect(unknownMetrics(spec).map(({ place, name }) => [place, name])).toEqual([
    ["spec.metrics.1.object.metric.name", "latency"],
    ["spec.metrics.3.pods.metric.name", ""],
  ]);
});
