import { describe, expect, test } from "vitest";
import { metricLabel, reconcile } from "./reconcile.ts";
import type { ReconcileInput } from "./reconcile.ts";
import { controllerOfVersion, defaultController, initialState } from "./types.ts";
import type { HpaSpec, HpaState, MetricReading, MetricSpec, PodView } from "./types.ts";

const cpuAt50: MetricSpec = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
};
const queue: MetricSpec = {
  type: "External",
  external: { metric: { name: "queue" }, target: { type: "AverageValue", averageValue: "10" } },
};
const latency: MetricSpec = {
  type: "Object",
  object: {
    metric: { name: "p95" },
    describedObject: { kind: "Service", name: "s" },
    target: { type: "Value", value: "200" },
  },
};
const base: HpaSpec = {
  scaleTargetRef: { kind: "Deployment", name: "api" },
  minReplicas: 2,
  maxReplicas: 10,
  metrics: [cpuAt50],
};

const podsOf = (count: number): PodView[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `p${index}`,
    phase: "Running",
    deleting: false,
    startedAt: -3_600_000,
    ready: { status: "True", since: -3_600_000 },
    containers: [{ name: "c", requestsMilli: { cpu: 100, memory: 1000 } }],
  }));

const usage = (count: number, valueMilli: number): MetricReading => ({
  kind: "pods",
  samples: podsOf(count).map(({ name }) => ({ pod: name, at: 0, windowMs: 1, valueMilli })),
});

function run(size: number, change: Partial<ReconcileInput>, state: HpaState = initialState) {
  return reconcile(state, {
    now: 0,
    controller: defaultController,
    spec: base,
    namespace: "ns",
    specReplicas: size,
    statusReplicas: size,
    pods: podsOf(size),
    metrics: [usage(size, 100)],
    ...change,
  });
}

const reasons = (outcome: ReturnType<typeof run>) =>
  outcome.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe("sizes outside the limits", () => {
  test("are corrected without metrics, and remembered as scale events", () => {
    const spec = { ...base, behavior: {} };
    const over = run(12, { spec });
    expect(over).toMatchObject({ desiredReplicas: 10, rescaled: true });
    expect(over.why.limitedBy).toBe("AboveMaximum");
    expect(over.state.scaleDownEvents).toMatchObject([{ replicas: 2 }]);
    expect(over.events.at(-1)?.message).toBe(
      "New size: 10; reason: Current number of replicas above Spec.MaxReplicas",
    );
    const under = run(1, { spec });
    expect(under.desiredReplicas).toBe(2);
    expect(under.state.scaleUpEvents).toMatchObject([{ replicas: 1 }]);
  });

  test("zero is left alone", () => {
    const outcome = run(0, {});
    expect(outcome).toMatchObject({ desiredReplicas: 0, rescaled: false });
    expect(reasons(outcome)).toContain("ScalingActive=False ScalingDisabled");
  });
});

describe("metrics", () => {
  test("the largest proposal wins, and the reason names it", () => {
    const spec = { ...base, metrics: [cpuAt50, queue] };
    const readings: MetricReading[] = [
      usage(2, 75),
      { kind: "values", valuesMilli: [35_000, 5000] },
    ];
    const outcome = run(2, { spec, metrics: readings });
    expect(outcome.desiredReplicas).toBe(4);
    expect(outcome.why).toMatchObject({ rawProposal: 4, stabilised: 4 });
    expect(outcome.why.proposals.map(({ replicas }) => replicas)).toEqual([3, 4]);
    expect(outcome.events[0]?.message).toContain("external metric queue(nil) above target");
  });

  test("one broken metric forbids to scale down, not up", () => {
    const spec = { ...base, metrics: [cpuAt50, latency] };
    const failed: MetricReading = { kind: "failed", message: "adapter gone" };
    const up = run(2, { spec, metrics: [usage(2, 100), failed] });
    expect(up).toMatchObject({ desiredReplicas: 4, rescaled: true });
    expect(up.error).toContain("invalid metrics (1 invalid out of 2)");
    const down = run(8, { spec, metrics: [usage(8, 10), failed] });
    expect(down).toMatchObject({ desiredReplicas: 8, rescaled: false });
    expect(reasons(down)).toContain("ScalingActive=False FailedGetObjectMetric");
    expect(down.error).toContain("for Deployment/ns/api");
    expect(down.why.proposals).toEqual([
      { metric: "cpu resource utilization (percentage of request)", replicas: 2 },
      { metric: "p95" },
    ]);
  });

  test.each<[string, MetricSpec, MetricReading, string]>([
    ["unknown type", { type: "Cheese" }, { kind: "pods", samples: [] }, "InvalidMetricSourceType"],
    [
      "no target",
      { type: "Resource", resource: { name: "cpu", target: {} } },
      usage(2, 10),
      "FailedGetResourceMetric",
    ],
    [
      "no pods target",
      { type: "Pods", pods: { metric: { name: "q" }, target: {} } },
      usage(2, 10),
      "FailedGetPodsMetric",
    ],
    [
      "no object target",
      { type: "Object", object: { metric: { name: "q" }, target: {} } },
      { kind: "values", valuesMilli: [1] },
      "FailedGetObjectMetric",
    ],
    [
      "no external target",
      { type: "External", external: { metric: { name: "q" }, target: {} } },
      { kind: "values", valuesMilli: [1] },
      "FailedGetExternalMetric",
    ],
    ["no queue value", queue, { kind: "values", valuesMilli: [] }, "FailedGetExternalMetric"],
    [
      "wrong kind of reading",
      cpuAt50,
      { kind: "values", valuesMilli: [1] },
      "FailedGetResourceMetric",
    ],
    [
      "container without metrics",
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "x", target: { averageUtilization: 50 } },
      },
      { kind: "failed", message: "gone" },
      "FailedGetContainerResourceMetric",
    ],
    [
      "no pods metric",
      { type: "Pods", pods: { metric: { name: "q" }, target: { averageValue: 1 } } },
      usage(0, 0),
      "FailedGetPodsMetric",
    ],
    [
      "no external value",
      { type: "External", external: { metric: { name: "q" }, target: { value: "1" } } },
      { kind: "failed", message: "gone" },
      "FailedGetExternalMetric",
    ],
    [
      "no object average",
      {
        type: "Object",
        object: { metric: { name: "q" }, target: { type: "AverageValue", averageValue: "1" } },
      },
      { kind: "failed", message: "gone" },
      "FailedGetObjectMetric",
    ],
  ])("%s: no change, ScalingActive False", (_why, metric, reading, reason) => {
    const outcome = run(3, { spec: { ...base, metrics: [metric] }, metrics: [reading] });
    expect(outcome).toMatchObject({ desiredReplicas: 3, rescaled: false });
    expect(reasons(outcome)).toEqual([
      "AbleToScale=True SucceededGetScale",
      `ScalingActive=False ${reason}`,
    ]);
    expect(outcome.events.map((event) => event.reason)).toEqual([
      reason,
      "FailedComputeMetricsReplicas",
    ]);
  });

  test.each<[string, MetricSpec, MetricReading, number]>([
    [
      "memory by average value",
      { type: "Resource", resource: { name: "memory", target: { averageValue: "1" } } },
      usage(2, 2000),
      4,
    ],
    ["latency against its target", latency, { kind: "values", valuesMilli: [300_000] }, 3],
    [
      "an object per pod",
      {
        type: "Object",
        object: { metric: { name: "q" }, target: { type: "AverageValue", averageValue: "10" } },
      },
      { kind: "values", valuesMilli: [35_000] },
      4,
    ],
    [
      "an external value",
      {
        type: "External",
        external: { metric: { name: "q", selector: {} }, target: { value: "10" } },
      },
      { kind: "values", valuesMilli: [15_000] },
      3,
    ],
    [
      "requests per pod",
      { type: "Pods", pods: { metric: { name: "q" }, target: { averageValue: "1k" } } },
      usage(2, 2_000_000),
      4,
    ],
  ])("%s", (_why, metric, reading, replicas) => {
    const outcome = run(2, { spec: { ...base, metrics: [metric] }, metrics: [reading] });
    expect(outcome.desiredReplicas).toBe(replicas);
    expect(metricLabel(metric)).not.toBe("");
  });

  test("a reading that was not given is a failed one", () => {
    expect(run(2, { metrics: [] }).error).toContain("no reading given");
    expect(metricLabel(undefined)).toBe("");
  });
});

describe("memory of the past", () => {
  test("the first size is the first recommendation: nothing falls at once", () => {
    const first = run(6, { metrics: [usage(6, 10)] });
    expect(first.desiredReplicas).toBe(6);
    expect(reasons(first)).toContain("AbleToScale=True ScaleDownStabilized");
    const later = run(6, { now: 301_000, metrics: [usage(6, 10)] }, first.state);
    expect(later.desiredReplicas).toBe(2);
  });

  test("a condition keeps its time until its status changes", () => {
    const first = run(2, { metrics: [usage(2, 50)] });
    const second = run(2, { now: 15_000, metrics: [usage(2, 50)] }, first.state);
    const broken = run(2, { now: 30_000, metrics: [] }, second.state);
    const since = [first, second, broken].map(({ conditions }) => conditions[1]?.since);
    expect(since).toEqual([0, 0, 30_000]);
  });

  test("scale-up stabilisation is said so", () => {
    const spec = { ...base, behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } };
    const outcome = run(2, { spec });
    expect(outcome.desiredReplicas).toBe(2);
    expect(reasons(outcome)).toContain("AbleToScale=True ScaleUpStabilized");
  });

  test("the policy that limited is named", () => {
    const policy = { type: "Pods" as const, value: 1, periodSeconds: 60 };
    const outcome = run(2, { spec: { ...base, behavior: { scaleUp: { policies: [policy] } } } });
    expect(outcome.why).toMatchObject({ rawProposal: 4, limitedBy: "ScaleUpLimit", policy });
  });
});

describe("faults of the platform", () => {
  test("a scale that cannot be read or written", () => {
    const unread = run(3, { scaleError: "not found" });
    expect(unread.error).toBe("failed to query scale subresource for Deployment/ns/api: not found");
    expect(reasons(unread)).toEqual(["AbleToScale=False FailedGetScale"]);
    const unwritten = run(2, { updateError: "forbidden" });
    expect(unwritten).toMatchObject({ desiredReplicas: 2, rescaled: false });
    expect(reasons(unwritten)).toContain("AbleToScale=False FailedUpdateScale");
    expect(unwritten.events.at(-1)?.reason).toBe("FailedRescale");
  });

  test("two HPAs on the same pods", () => {
    const message = "pods are controlled by multiple HPAs";
    const outcome = run(3, { selectorError: { reason: "AmbiguousSelector", message } });
    expect(reasons(outcome)).toContain("ScalingActive=False AmbiguousSelector");
    expect(outcome.rescaled).toBe(false);
  });
});

const queueLength = (milli: number): MetricReading[] => [{ kind: "values", valuesMilli: [milli] }];

describe("scale to zero", () => {
  const spec = { ...base, minReplicas: 0, metrics: [queue] };
  const controller = defaultController;

  test("there and back, remembered by its condition", () => {
    const down = run(
      1,
      { spec, controller, metrics: queueLength(0), now: 0 },
      { ...initialState, recommendations: [] },
    );
    expect(down.desiredReplicas).toBe(0);
    expect(reasons(down)).toContain("ScaledToZero=True ScaledToZero");
    const up = run(0, { spec, controller, metrics: queueLength(25_000), now: 15_000 }, down.state);
    expect(up.desiredReplicas).toBe(3);
    expect(reasons(up)).toContain("ScaledToZero=False NotScaledToZero");
  });

  test("a size of zero set by hand, or with the gate off, stays", () => {
    expect(run(0, { spec, controller, metrics: queueLength(25_000) }).desiredReplicas).toBe(0);
    const down = run(
      1,
      { spec, controller, metrics: queueLength(0) },
      { ...initialState, recommendations: [] },
    );
    const older = controllerOfVersion("1.36") ?? controller;
    const off = run(0, { spec, controller: older, metrics: queueLength(25_000) }, down.state);
    expect(off.desiredReplicas).toBe(0);
    expect(reasons(off).some((reason) => reason.startsWith("ScaledToZero"))).toBe(false);
  });

  test("a raised minimum is reached from zero", () => {
    const down = run(
      1,
      { spec, controller, metrics: queueLength(0) },
      { ...initialState, recommendations: [] },
    );
    const raised = { ...spec, minReplicas: 3, behavior: {} };
    const up = run(
      0,
      { spec: raised, controller, metrics: queueLength(5000), now: 15_000 },
      down.state,
    );
    expect(up.desiredReplicas).toBe(3);
  });
});
