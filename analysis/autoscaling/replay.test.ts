import { describe, expect, test } from "vitest";
import { replayClosedLoop } from "./testdata/closed-loop.ts";
import { parseHpaManifest } from "./manifest-schema.ts";
import { replayTrace } from "./replay.ts";
import { controllerOf, parseTrace } from "./trace-schema.ts";
import { controllerOfVersion, defaultController } from "./types.ts";

const spec = {
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" },
  minReplicas: 1,
  maxReplicas: 8,
  metrics: [
    {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
    },
  ],
};
const plant = {
  metricLagSeconds: 15,
  metricWindowSeconds: 30,
  requestCpuMilli: 100,
  requestMemBytes: 1000,
};
const tick = (t: number, cpu: number | null, change: object = {}) => ({
  t,
  specReplicas: 2,
  statusReplicas: 2,
  pods: [0, 1].map((index) => [`p${index}`, 1, 1, -3600, -3590, cpu, 1000, 60_000]),
  p95Milli: 100_000,
  queueMilli: 5000,
  ...change,
});

function traceOf(document: object) {
  const trace = parseTrace(JSON.stringify(document), 1);
  if (!trace.ok) throw new Error(trace.error);
  return trace.value;
}

test.each([
  ["application", ["application"]],
  ["two containers of one pod", ["app", "proxy"]],
])("%s: the container that the HPA names stands for the pod", (_, containers) => {
  const metrics = containers.map((container) => ({
    type: "ContainerResource",
    containerResource: { name: "cpu", container, target: { averageUtilization: 50 } },
  }));
  const both = [...metrics, ...spec.metrics];
  const trace = traceOf({
    id: "c",
    hpaSpec: { ...spec, metrics: both },
    plant,
    ticks: [tick(0, 100)],
  });
  expect(replayTrace(trace).ticks[0]).toMatchObject({ desiredReplicas: 4, error: null });
});

const toZero = traceOf({
  id: "zero",
  hpaSpec: {
    ...spec,
    minReplicas: 0,
    metrics: [
      {
        type: "External",
        external: {
          metric: { name: "queue" },
          target: { type: "AverageValue", averageValue: "10" },
        },
      },
    ],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
  },
  plant,
  ticks: [
    tick(0, 100, { specReplicas: 1, statusReplicas: 1, queueMilli: 0 }),
    tick(15, null, { specReplicas: 0, statusReplicas: 0, pods: [], queueMilli: 30_000 }),
  ],
});

const sizesOf = (version?: string) =>
  replayTrace(toZero, version === undefined ? undefined : controllerOfVersion(version)).ticks.map(
    ({ desiredReplicas }) => desiredReplicas,
  );

test("scale to zero is the default from Kubernetes 1.37 on", () => {
  expect(sizesOf()).toEqual([0, 3]);
  expect(sizesOf("v1.37.2")).toEqual([0, 3]);
  expect(sizesOf("1.36")).toEqual([0, 0]);
  expect(controllerOfVersion("37")).toBeUndefined();
});

test("recorded inputs in, decisions out", () => {
  const trace = traceOf({
    id: "one",
    hpaSpec: spec,
    plant,
    ticks: [tick(0, 100), tick(15, 50), tick(30, null)],
  });
  const { id, ticks } = replayTrace(trace);
  expect(id).toBe("one");
  expect(ticks.map(({ desiredReplicas, rescaled }) => [desiredReplicas, rescaled])).toEqual([
    [4, true],
    [4, true],
    [2, false],
  ]);
  expect(ticks[0]?.specReplicasAfter).toBe(4);
  expect(ticks[1]?.why).toMatchObject({ rawProposal: 2, stabilised: 4 });
  expect(ticks[2]?.error).toContain("Deployment/ns/d");
  expect(ticks[2]?.conditions["ScalingActive"]).toEqual(["False", "FailedGetResourceMetric"]);
});

test.each([
  ["Pods", { pods: { metric: { name: "rate" }, target: { averageValue: "30" } } }, 4],
  ["Object", { object: { metric: { name: "p95_ms" }, target: { type: "Value", value: "50" } } }, 4],
  ["External", { external: { metric: { name: "queue" }, target: { averageValue: "1" } } }, 4],
  ["Object", { object: { metric: { name: "queue" }, target: { type: "Value", value: "2.5" } } }, 4],
  [
    "ContainerResource",
    { containerResource: { name: "cpu", container: "main", target: { averageUtilization: 20 } } },
    4,
  ],
])("%s metrics read their column", (type, source, replicas) => {
  const hpaSpec = { ...spec, metrics: [Object.assign({ type }, source)] };
  const trace = traceOf({ id: "x", namespace: "n", hpaSpec, plant, ticks: [tick(0, 40)] });
  expect(replayTrace(trace).ticks[0]?.desiredReplicas).toBe(replicas);
});

test("missing values of the platform are missing metrics", () => {
  const metrics = [
    {
      type: "Object",
      object: { metric: { name: "p95_ms" }, target: { type: "Value", value: "50" } },
    },
  ];
  const trace = traceOf({
    id: "x",
    hpaSpec: { ...spec, metrics },
    plant,
    ticks: [tick(0, 1, { p95Milli: null })],
  });
  expect(replayTrace(trace).ticks[0]?.conditions["ScalingActive"]?.[1]).toBe(
    "FailedGetObjectMetric",
  );
});

test.each([
  ["{", /^line 7: not JSON: /],
  ["{}", /^line 7: id: .*hpaSpec: .*plant: .*ticks: /],
  [
    JSON.stringify({ id: "x", hpaSpec: { ...spec, maxReplicas: "8" }, plant, ticks: [] }),
    /^line 7: hpaSpec\.maxReplicas: expected number, received string$/,
  ],
  [
    JSON.stringify({
      id: "x",
      hpaSpec: {
        ...spec,
        metrics: [
          { type: "Pods", pods: { metric: { name: "q" }, target: { averageValue: "many" } } },
        ],
      },
      plant,
      ticks: [],
    }),
    /hpaSpec\.metrics\.0\.pods\.target\.averageValue: expected a Kubernetes quantity/,
  ],
])("a bad line says what is wrong: %s", (line, message) => {
  const result = parseTrace(line, 7);
  expect(result.ok ? "" : result.error).toMatch(message);
});

test("numbers beyond 2⁵³ come as text; the controller's flags have defaults", () => {
  const trace = traceOf({
    id: "x",
    hpaSpec: spec,
    plant,
    controller: { tolerance: 0.2, syncPeriodSeconds: 30 },
    ticks: [tick(0, 1, { queueMilli: "9223372036854775807", p95Milli: "12" })],
  });
  expect(trace.ticks[0]).toMatchObject({ queueMilli: 9223372036854775807n, p95Milli: 12 });
  expect(controllerOf(trace)).toEqual({
    ...defaultController,
    tolerance: 0.2,
    syncPeriodMs: 30_000,
  });
});

describe("closed loop", () => {
  const model = {
    ...plant,
    initialReplicas: 2,
    idleCpuMilli: 0,
    cpuMilliPerRps: 10,
    cpuLimitMilli: 500,
    startupCpuMilli: 100,
    baseMemBytes: 1000,
    memBytesPerRps: 1,
    pendingSeconds: 2,
    startupSeconds: 10,
    p95BaseMs: 60,
  };
  const loads = [...Array.from({ length: 4 }, () => 10), ...Array.from({ length: 40 }, () => 30)];
  const ticks = loads.map((load, index) => tick(index * 15, 0, { load }));

  test("the plant answers to the decisions", () => {
    const result = replayClosedLoop(traceOf({ id: "x", hpaSpec: spec, plant: model, ticks }));
    if (!result.ok) throw new Error(result.error);
    const sizes = result.value.ticks.map(({ specReplicasAfter }) => specReplicasAfter);
    expect(sizes.slice(0, 6)).toEqual([2, 2, 2, 2, 4, 6]);
    expect(sizes.at(-1)).toBe(6);
  });

  test("a silent tick has no metrics; an undescribed plant is reported", () => {
    const silent = [tick(0, 0, { load: 10, p95Milli: null })];
    const result = replayClosedLoop(
      traceOf({ id: "x", hpaSpec: spec, plant: model, ticks: silent }),
    );
    expect(result.ok && result.value.ticks[0]?.error).toContain("no metrics returned");
    const poor = replayClosedLoop(traceOf({ id: "x", hpaSpec: spec, plant, ticks }));
    expect(poor).toEqual({ ok: false, error: "x: the plant is not described completely" });
  });
});

describe("manifests", () => {
  const manifest = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "api" },
    spec,
  };

  test("an autoscaling/v2 HPA passes", () => {
    expect(parseHpaManifest(manifest)).toMatchObject({
      ok: true,
      value: { name: "api", namespace: "default" },
    });
  });

  test.each([
    [null, "not a Kubernetes object: it has no apiVersion and kind"],
    [
      { ...manifest, kind: "Deployment" },
      "the manifest is a Deployment, expected a HorizontalPodAutoscaler",
    ],
    [{ ...manifest, apiVersion: "autoscaling/v1" }, /is autoscaling\/v1, expected autoscaling\/v2/],
    [{ ...manifest, spec: {} }, /spec\.scaleTargetRef: .*; spec\.maxReplicas: /],
    [
      {
        ...manifest,
        spec: { ...spec, behavior: { scaleUp: { stabilizationWindowSeconds: 4000 } } },
      },
      /stabilizationWindowSeconds/,
    ],
  ])("anything else is refused in a sentence", (document, message) => {
    const result = parseHpaManifest(document);
    expect(result.ok ? "" : result.error).toMatch(message);
  });
});
