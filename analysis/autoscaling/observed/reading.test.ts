/** The reading of a real cluster's records, one small recording for each kind that was read wrongly. */
import { describe, expect, test } from "vitest";
import { runOf } from "../../../bench/observed-simulation.ts";
import {
  metricKey,
  type ClusterRecord,
  type ContainerRecord,
} from "../../../src/domain/kubernetes-records.ts";
import { milliseconds } from "../../../src/domain/units.ts";
import { measure } from "../../measurements/index.ts";
import { findingContext } from "../../testdata/finding-context.ts";
import type { HpaSpec } from "../types.ts";
import { assumedVersion, clusterRecordsOf } from "./cluster-records.ts";
import { exportTraces } from "./export-traces.ts";
import { nodeFindings, hpaChangeFindings } from "./object-findings.ts";
import { observeWorkload } from "./observe-run.ts";
import { seriesOfWorkload } from "./series.ts";
import { autoscalingCheck } from "./observed-autoscaling.ts";
import { usageOf } from "./observed-usage.ts";
import { syncInstants } from "./sync-instants.ts";
import type { HpaSnapshot } from "./sync-instants.ts";
import { parseTrace } from "../trace-schema.ts";
import { replayTrace } from "../replay.ts";

const start = 1_700_000_000_000;
/** @param fields of a record of the workload `api` */
const record = <Fields extends object>(t: number, fields: Fields) => ({
  source: "kubernetes" as const,
  workload: "api",
  at: start + t,
  ...fields,
});

const cpu = (container?: string): NonNullable<HpaSpec["metrics"]>[number] => {
  const target = { type: "Utilization", averageUtilization: 50 };
  return container === undefined
    ? { type: "Resource", resource: { name: "cpu", target } }
    : { type: "ContainerResource", containerResource: { name: "cpu", container, target } };
};
const spec = (parts: Partial<HpaSpec> = {}): HpaSpec => ({
  scaleTargetRef: { kind: "Deployment", name: "api" },
  minReplicas: 1,
  maxReplicas: 10,
  metrics: [cpu()],
  ...parts,
});

const pollIntervalMs = 5_000;
const pollTimes = (until: number): readonly number[] =>
  Array.from({ length: until / pollIntervalMs + 1 }, (_, index) => index * pollIntervalMs - 5_000);

/** What the observer writes at each poll of a workload of two pods, unless `change` says otherwise. */
function recording(
  until: number,
  parts: {
    readonly spec?: HpaSpec;
    readonly size?: (t: number) => number;
    readonly metric?: (t: number) => number;
    readonly more?: readonly ClusterRecord[];
    readonly metricName?: string;
    readonly isDown?: (t: number) => boolean;
  } = {},
): readonly ClusterRecord[] {
  const { size = () => 2, metric = () => 0.4, more = [], isDown = () => false } = parts;
  const { metricName = "Resource/cpu" } = parts;
  const hpa = { hpa: "api" };
  const polls = pollTimes(until).filter((t) => !isDown(t));
  return [
    record(-5_000, { type: "hpa-spec" as const, ...hpa, spec: parts.spec ?? spec() }),
    ...polls.flatMap((t) => [
      record(t, { type: "hpa-desired-replicas" as const, ...hpa, value: size(t) }),
      record(t, {
        type: "hpa-metric-utilisation" as const,
        ...hpa,
        metric: metricName,
        value: metric(t),
      }),
      record(t, {
        type: "hpa-metric-value" as const,
        ...hpa,
        metric: metricName,
        value: metric(t) * 0.1,
      }),
      record(t, { type: "workload-replicas" as const, value: size(t) }),
      record(t, { type: "workload-created-replicas" as const, value: size(t) }),
      record(t, { type: "workload-ready-replicas" as const, value: size(t) }),
    ]),
    ...more,
  ];
}

/** A pod that was Running and Ready long before the load. */
function pod(name: string, parts: { sidecar?: boolean } = {}): readonly ClusterRecord[] {
  const of = { pod: name, uid: name };
  const containers: ContainerRecord[] = [
    { name: "app", requests: { cpu: "100m" }, limits: {} },
    ...(parts.sidecar === true ? [{ name: "proxy", requests: {}, limits: {} }] : []),
  ];
  return [
    record(-900_000, { type: "pod-created" as const, ...of }),
    record(-5_000, { type: "pod-resources" as const, ...of, containers, initContainers: [] }),
    record(-899_000, { type: "pod-scheduled" as const, ...of, node: "node-1" }),
    record(-898_000, { type: "pod-started" as const, ...of }),
    record(-897_000, { type: "pod-container-started" as const, ...of }),
    record(-890_000, { type: "pod-condition" as const, ...of, condition: "Ready", status: "True" }),
    record(-5_000, { type: "pod-phase" as const, ...of, phase: "Running" }),
  ];
}

const usage = (name: string, t: number, cores: number, container = "app"): ClusterRecord =>
  record(t, {
    type: "pod-cpu" as const,
    pod: name,
    container,
    windowMs: 15_000,
    readAt: start + t + 1000,
    value: cores,
  });

function observed(records: readonly ClusterRecord[], seconds = 600) {
  const planned = [
    {
      name: "hold",
      kind: "hold",
      durationMs: milliseconds(seconds * 1000),
      fromFactor: 1,
      toFactor: 1,
      judged: true,
      startMs: milliseconds(0),
    } as const,
  ];
  const ordered = records.toSorted((a, b) => a.at - b.at);
  const data = runOf(ordered, {
    planned,
    loadStart: start,
    clock: { startedAt: start, scale: 1 },
  });
  const measured = measure(data);
  const timed = clusterRecordsOf(data, start);
  if (timed === undefined) throw new Error("no records");
  const workload = observeWorkload("api", { data, measured, records: timed });
  return { data, records: timed, workload };
}

const snapshot = (t: number, desired: number, utilisation = 0.4): HpaSnapshot => ({
  t,
  desired,
  metrics: new Map([["Resource/cpu", { utilisation }]]),
});

const scaled = (t: number) => ({ t });

describe("when a sync was", () => {
  test("none is assumed a moment before the rescale that shows", () => {
    const snapshots = pollTimes(60_000).map((t) =>
      snapshot(t, t < 33_500 ? 2 : 4, t < 33_500 ? 0.4 : 0.9),
    );
    const times = syncInstants(snapshots, [scaled(33_000)]).map(({ t }) => t);
    expect(times).toEqual([3_000, 18_000, 33_000, 48_000]);
  });

  test("a change that the watch reported is dated by it, and its inputs were read by the next poll", () => {
    const polls = pollTimes(60_000).map((t) => snapshot(t, 2, t < 23_700 ? 0.4 : 0.45));
    const watched = { ...snapshot(23_700, 2, 0.45), isWatched: true };
    const snapshots = [...polls, watched].toSorted((a, b) => a.t - b.t);
    const instants = syncInstants(snapshots, []);
    // As early as a stamp of a whole second could be, and a quarter of a second for the report.
    expect(instants.map(({ t }) => t)).toEqual([7_450, 22_450, 37_450, 52_450]);
    expect(instants[1]).toMatchObject({
      before: { t: 20_000 },
      snapshot: watched,
      polledAt: 25_000,
    });
  });

  test("a rescale that was watched is one sync, at its stamp; an edit of the object is none", () => {
    const polls = pollTimes(60_000).map((t) => snapshot(t, t < 33_500 ? 2 : 4));
    const watched = [33_500, 41_000].map((t) => ({ ...snapshot(t, 4), isWatched: true }));
    const snapshots = [...polls, ...watched].toSorted((a, b) => a.t - b.t);
    const instants = syncInstants(snapshots, [scaled(33_000)]);
    expect(instants.map(({ t }) => t)).toEqual([3_000, 18_000, 33_000, 48_000]);
    expect(instants[2]?.snapshot).toMatchObject({ t: 33_500, desired: 4 });
  });

  test("a poll of the rescale's second that does not know of it yet is no sync", () => {
    const times = [0, 33_200, 33_900, 38_200].map((t) => snapshot(t, t < 33_500 ? 2 : 4));
    const watched = times.map((each) => ({ ...each, isWatched: each.t === 33_900 }));
    expect(syncInstants(watched.slice(1), [{ t: 33_000, value: 4 }])).toMatchObject([
      { t: 33_000, snapshot: { t: 33_900 } },
    ]);
  });

  test("two syncs are never less than their periods apart: what is as old as a window has left it", () => {
    // Syncs at 15.9 s, 30.9 s and 45.9 s, the last with the stamp 45 s; polls at 15.6 s, 20.6 s and so on.
    const snapshots = pollTimes(60_000).map((poll) => {
      const t = poll + 600;
      return snapshot(t, t < 45_900 ? 4 : 3, t > 30_900 ? 0.3 : t > 15_900 ? 0.2 : 0.1);
    });
    const instants = syncInstants(snapshots, [scaled(45_000)]);
    expect(instants.map(({ t }) => t)).toEqual([600, 15_600, 30_600, 45_000]);
    expect(instants.map(({ now }) => now)).toEqual([600, 15_601, 30_602, 45_603]);
  });

  test("none is assumed where polls are missing, and no change across the hole is dated", () => {
    const snapshots = pollTimes(200_000)
      .filter((t) => t < 40_000 || t > 130_000)
      .map((t) => snapshot(t, t < 40_000 ? 2 : 4));
    const times = syncInstants(snapshots, []).map(({ t }) => t);
    expect(times.filter((t) => t > 40_000 && t < 135_000)).toEqual([]);
  });
});

const served = (t: number, isServed: boolean) =>
  record(t, { type: "pod-usage-served" as const, pod: "a", isServed });

const external = (sub: string, value: string) => ({
  type: "External",
  external: {
    metric: { name: "undelivered", selector: { matchLabels: { sub } } },
    target: { type: "AverageValue", averageValue: value },
  },
});

const ableToScale = (t: number, status: string, reason: string) =>
  record(t, {
    type: "hpa-condition" as const,
    hpa: "api",
    condition: "AbleToScale",
    status,
    reason,
    message: "",
  });

describe("what a sync saw", () => {
  test("a sample that the metrics API no longer serves is missing, and not the last one for ever", () => {
    const samples = Array.from({ length: 20 }, (_, index) => index * 15_000).flatMap((t) => [
      usage("a", t, 0.04),
      ...(t <= 60_000 ? [usage("b", t, 0.09)] : []),
    ]);
    const { workload } = observed([...recording(300_000), ...pod("a"), ...pod("b"), ...samples]);
    const seen = (workload.observations.syncs ?? []).map(({ metrics }) =>
      metrics[0]?.kind === "pods" ? metrics[0].samples.map((sample) => sample.pod).join() : "",
    );
    expect(seen.at(2)).toBe("a,b");
    expect(seen.at(-1)).toBe("a");
  });

  test("the observer's own word on what is served counts, however old a sample is", () => {
    const observations = [usage("a", 0, 0.04), served(1_000, true), served(200_000, false)];
    const { workload } = observed([...recording(300_000), ...pod("a"), ...observations]);
    const at = (t: number) => workload.observations.syncs?.findLast((sync) => sync.at <= t);
    const count = (t: number) => {
      const reading = at(t)?.metrics[0];
      return reading?.kind === "pods" ? reading.samples.length : 0;
    };
    expect([count(180_000), count(260_000)]).toEqual([1, 0]);
  });

  test("a sample counts in thousandths of a core, rounded up as the controller does", () => {
    const samples = [0.040_025_489, 0.035, 0.041].map((cores, i) => usage("a", i * 15_000, cores));
    const { records } = observed([...recording(60_000), ...pod("a"), ...samples]);
    const { at } = usageOf(records, "api");
    const milli = (t: number) => at("a", t)?.cpuMilli.get("app");
    expect([milli(5_000), milli(20_000), milli(35_000)]).toEqual([41, 35, 41]);
  });

  test("a pod that pulls its image is Pending, though it has a start time", () => {
    const label = { pod: "c", uid: "c" };
    const pulling = [
      record(10_000, { type: "pod-created" as const, ...label }),
      record(11_000, { type: "pod-started" as const, ...label }),
      record(10_500, { type: "pod-phase" as const, ...label, phase: "Pending" }),
      record(90_500, { type: "pod-phase" as const, ...label, phase: "Running" }),
      record(90_000, { type: "pod-container-started" as const, ...label }),
    ];
    const { workload } = observed([...recording(200_000), ...pod("a"), ...pulling]);
    const phases = (workload.observations.syncs ?? []).map(
      ({ at, pods }) => [at, pods.find(({ name }) => name === "c")?.phase] as const,
    );
    const phaseAt = (t: number) => phases.findLast(([at]) => at <= t)?.[1];
    expect([phaseAt(60_000), phaseAt(150_000)]).toEqual(["Pending", "Running"]);
  });

  test("of a container metric the named container alone counts", () => {
    const samples = Array.from({ length: 10 }, (_, index) => index * 15_000).flatMap((t) => [
      usage("a", t, 0.05),
      usage("a", t, 0.4, "proxy"),
    ]);
    const metrics = recording(150_000, {
      spec: spec({ metrics: [cpu("app")] }),
      metricName: "ContainerResource/cpu/app",
    });
    const { data, workload } = observed([...metrics, ...pod("a", { sidecar: true }), ...samples]);
    const [trace] = exportTraces(data);
    const reading = workload.observations.syncs?.at(-1)?.metrics[0];
    expect(reading?.kind === "pods" ? reading.samples[0]?.containers?.length : 0).toBe(1);
    const parsed = parseTrace(JSON.stringify(trace), 1);
    expect(parsed.ok && replayTrace(parsed.value).ticks.at(-1)?.error).toBeNull();
  });

  test("a size that the API server refused was decided nonetheless: its syncs are not compared", () => {
    const samples = Array.from({ length: 10 }, (_, index) => index * 15_000).flatMap((t) => [
      usage("a", t, t < 60_000 ? 0.05 : 0.1),
      usage("b", t, t < 60_000 ? 0.05 : 0.1),
    ]);
    const more = [
      ableToScale(-5_000, "True", "ReadyForNewScale"),
      ableToScale(70_000, "False", "FailedUpdateScale"),
    ];
    const { data } = observed(
      [
        ...recording(150_000, { metric: (t) => (t < 70_000 ? 0.5 : 1), more }),
        ...pod("a"),
        ...pod("b"),
        ...samples,
      ],
      150,
    );
    const ticks = exportTraces(data)[0]?.ticks ?? [];
    const compared = ticks.filter(({ expected }) => expected !== undefined).map(({ t }) => t);
    expect(ticks.length).toBe(10);
    expect(compared.map(Math.round)).toEqual([0, 15, 30, 45]);
    const verdict = autoscalingCheck
      .run(findingContext(data))
      .find(({ verdict: { checkId } }) => checkId === "api.autoscaling.a6-predicted")?.verdict;
    expect(verdict).toMatchObject({
      outcome: "pass",
      reason: "api: 4 of 4 decisions as predicted; not judged: 6 whose size the API server refused",
    });
  });

  test("two metrics of one name are two metrics", () => {
    const metrics = [external("a", "10"), external("b", "1k")];
    const statusRecords = pollTimes(60_000).flatMap((t) =>
      metrics.map((metric, index) =>
        record(t, {
          type: "hpa-metric-value" as const,
          hpa: "api",
          metric: metricKey(metric),
          value: index === 0 ? 9 : 950,
        }),
      ),
    );
    const { workload } = observed([
      ...recording(60_000, { spec: spec({ metrics }) }),
      ...statusRecords,
    ]);
    expect(workload.observations.syncs?.at(-1)?.metrics).toEqual([
      { kind: "values", valuesMilli: [18_000] },
      { kind: "values", valuesMilli: [1_900_000] },
    ]);
  });

  test("each sync has the spec of its time, and the change is a finding", () => {
    const changed = spec({ maxReplicas: 4 });
    const more = [record(100_000, { type: "hpa-spec" as const, hpa: "api", spec: changed })];
    const { workload } = observed([...recording(200_000, { more }), ...pod("a")]);
    const { syncs = [] } = workload.observations;
    expect(syncs.at(1)?.spec?.maxReplicas).toBe(10);
    expect(syncs.at(-1)?.spec?.maxReplicas).toBe(4);
    expect(hpaChangeFindings([workload])[0]?.sentence).toContain(
      "at second 100: maxReplicas 10 → 4",
    );
  });

  test("a completed pod is exported, and counts as missing there too", () => {
    const done = record(50_000, {
      type: "pod-phase" as const,
      pod: "b",
      uid: "b",
      phase: "Succeeded",
    });
    const samples = Array.from({ length: 10 }, (_, index) => usage("a", index * 15_000, 0.01));
    const { data } = observed([...recording(150_000), ...pod("a"), ...pod("b"), done, ...samples]);
    const rows = exportTraces(data)[0]?.ticks.at(-1)?.pods ?? [];
    expect(rows.map((row) => [row[0], row[8].phase])).toEqual([
      ["a", "Running"],
      ["b", "Succeeded"],
    ]);
  });
});

test.each([
  [undefined, "the API server did not say its version: the rules of Kubernetes 1.37 are applied"],
  [
    "v1.22.17",
    "Kubernetes v1.22.17 is no version from 1.23 on: the rules of Kubernetes 1.37 are applied",
  ],
  [
    "v1.39.0",
    "Kubernetes v1.39.0 is newer than the last version that was compared: the rules of Kubernetes 1.37 are applied",
  ],
  ["v1.33.4-gke.1100", undefined],
])("what is assumed of an autoscaler of version %s", (version, sentence) => {
  const named: readonly ClusterRecord[] =
    version === undefined
      ? []
      : [{ source: "kubernetes", type: "cluster-version", version, at: start }];
  const { records } = observed([...recording(60_000), ...named]);
  expect(assumedVersion(records)).toEqual(sentence === undefined ? [] : [sentence]);
});

test.each([
  // 30 % above the target: within an autoscaler's own tolerance of 40 %, which is alpha before 1.35.
  ["v1.34.2", 3],
  ["v1.35.0", 2],
])("a tolerance of its own is applied as %s does: %i replicas", (version, replicas) => {
  const own = spec({ behavior: { scaleUp: { tolerance: "0.4" } } });
  const samples = Array.from({ length: 10 }, (_, index) => index * 15_000).flatMap((t) =>
    ["a", "b"].map((name) => usage(name, t, 0.065)),
  );
  const { data } = observed([
    ...recording(120_000, { spec: own, metric: () => 0.65 }),
    { source: "kubernetes", type: "cluster-version", version, at: start - 5_000 },
    ...pod("a"),
    ...pod("b"),
    ...samples,
  ]);
  const parsed = parseTrace(JSON.stringify(exportTraces(data)[0]), 1);
  expect(parsed.ok && replayTrace(parsed.value).ticks.at(-1)?.desiredReplicas).toBe(replicas);
});

test("the line of an adapter's metric has what the API served between the syncs", () => {
  const metrics = [external("a", "10")];
  const [key = ""] = metrics.map(metricKey);
  const answer = (t: number, value: number) =>
    record(t, { type: "hpa-metric-served" as const, hpa: "api", metric: key, value, count: 1 });
  const { records, workload } = observed([
    ...recording(60_000, { spec: spec({ metrics }) }),
    answer(20_000, 30),
    answer(25_000, 36),
  ]);
  const line = seriesOfWorkload(workload, records).find(({ label }) =>
    label.includes("undelivered"),
  );
  // Of two pods, each with a target of 10.
  expect(line?.points).toEqual([
    [start + 20_000, 1.5],
    [start + 25_000, 1.8],
  ]);
});

const ready = (node: string, t: number, isReady: boolean): ClusterRecord => ({
  source: "kubernetes",
  type: "node-ready",
  at: start + t,
  node,
  status: isReady ? "True" : "Unknown",
});

test("a node that is not ready is named, with its pods; one that was replaced before is not", () => {
  const { records, workload } = observed([
    ...recording(200_000),
    ...pod("a"),
    ready("node-1", -900_000, true),
    ready("node-1", 60_000, false),
    ready("node-2", -900_000, false),
    ready("node-2", -600_000, true),
  ]);
  expect(nodeFindings([workload], records)).toEqual([
    expect.objectContaining({
      id: "nodes-not-ready",
      severity: "P1",
      sentence: "A node was not ready: node-1 (from second 60 of the load on).",
      evidence: "node-1: pods 1 of api",
    }),
  ]);
});
