/**
 * A recorded run in the format of `headroom simulate hpa --replay` (docs/simulate.md): per workload with an autoscaler
 * what each of its syncs saw, and under `expected` what it decided. The format has one lag, one window and one request
 * for all pods: what differs between pods of one workload is lost, and the replay's misses show where that mattered.
 */
import type { RunData } from "../../../src/domain/run.ts";
import { metricsOf } from "../behaviour.ts";
import type { ObservedSync } from "../checks/observations.ts";
import { measure } from "../../measurements/index.ts";
import type { HpaSpec, MetricReading, PodView } from "../types.ts";
import { clusterRecordsOf } from "./cluster-records.ts";
import { workloadsOf } from "./observed-load.ts";
import { observeWorkload } from "./observe-run.ts";

type TracePodRow = readonly [
  name: string,
  running: 0 | 1,
  ready: 0 | 1,
  createdAt: number,
  readyChangedAt: number | null,
  cpuMilli: number | null,
  memoryMilli: number | null,
  requestsMilli: number | null,
];

export interface ExportedTrace {
  readonly id: string;
  readonly namespace: string;
  readonly hpaSpec: HpaSpec;
  readonly controller: Readonly<Record<string, never>>;
  readonly plant: {
    readonly metricLagSeconds: number;
    readonly metricWindowSeconds: number;
    readonly requestCpuMilli: number;
    readonly requestMemBytes: number;
  };
  readonly ticks: readonly {
    readonly t: number;
    readonly specReplicas: number;
    readonly statusReplicas: number;
    readonly pods: readonly TracePodRow[];
    readonly p95Milli: number | null;
    readonly queueMilli: number | null;
    readonly expected: { readonly desiredReplicas: number };
  }[];
}

/** @returns nothing where no autoscaler was observed */
export function exportTraces(data: RunData): readonly ExportedTrace[] {
  const measured = measure(data);
  const records = clusterRecordsOf(data, measured.time.loadStart);
  if (records === undefined) return [];
  return workloadsOf(data.run.plan).flatMap((name) => {
    const { hpa, observations } = observeWorkload(name, { data, measured, records });
    const { syncs = [] } = observations;
    if (hpa === undefined || syncs.length === 0) return [];
    return [traceOf(`${data.run.id}/${name}`, hpa.spec, syncs)];
  });
}

function traceOf(id: string, spec: HpaSpec, syncs: readonly ObservedSync[]): ExportedTrace {
  const origin = syncs[0]?.at ?? 0;
  const seconds = (at: number): number => Math.round(at - origin) / 1000;
  const samples = syncs.flatMap(({ at, metrics }) =>
    metrics.flatMap((reading) =>
      reading.kind === "pods"
        ? reading.samples.map((sample) => ({ lag: at - sample.at, windowMs: sample.windowMs }))
        : [],
    ),
  );
  const [pod] = syncs.flatMap(({ pods }) => pods);
  return {
    id,
    namespace: "observed",
    hpaSpec: spec,
    controller: {},
    plant: {
      metricLagSeconds: Math.max(0, median(samples.map(({ lag }) => lag)) / 1000),
      metricWindowSeconds: median(samples.map(({ windowMs }) => windowMs)) / 1000,
      requestCpuMilli: requestOf(pod, "cpu"),
      requestMemBytes: requestOf(pod, "memory") / 1000,
    },
    ticks: syncs.map((sync) => ({
      t: seconds(sync.at),
      specReplicas: sync.specReplicas,
      statusReplicas: sync.statusReplicas,
      pods: sync.pods.flatMap((one) => rowOf(one, sync, { spec, seconds })),
      ...valuesOf(sync, spec),
      expected: { desiredReplicas: sync.desiredReplicas },
    })),
  };
}

function rowOf(
  { name, phase, deleting, startedAt, ready }: PodView,
  { metrics }: ObservedSync,
  { spec, seconds }: { readonly spec: HpaSpec; readonly seconds: (at: number) => number },
): readonly TracePodRow[] {
  // The format knows no pods that end, and the controller does not count them.
  if (deleting || phase === "Failed" || phase === "Succeeded") return [];
  const value = (matches: (metric: string) => boolean): number | null => {
    const index = metricsOf(spec).findIndex((metric) => matches(columnOf(metric)));
    return sampleOf(metrics[index], name);
  };
  return [
    [
      name,
      phase === "Running" ? 1 : 0,
      ready?.status === "True" ? 1 : 0,
      startedAt === undefined ? 0 : seconds(startedAt),
      ready === undefined ? null : seconds(ready.since),
      value((column) => column === "cpu"),
      value((column) => column === "memory"),
      value((column) => column === "requests"),
    ],
  ];
}

type Metric = ReturnType<typeof metricsOf>[number];

const columnOf = ({ resource, containerResource, pods }: Metric): string =>
  pods === undefined ? ((resource ?? containerResource)?.name ?? "") : "requests";

function sampleOf(reading: MetricReading | undefined, pod: string): number | null {
  if (reading?.kind !== "pods") return null;
  const sample = reading.samples.find((one) => one.pod === pod);
  if (sample === undefined) return null;
  const { valueMilli, containers } = sample;
  if (valueMilli !== undefined) return Number(valueMilli);
  return (containers ?? []).reduce((sum, { usageMilli = 0 }) => sum + Number(usageMilli), 0);
}

/** Object and External metrics; `queue` is the format's name of the second value. */
function valuesOf(
  { metrics }: ObservedSync,
  spec: HpaSpec,
): { readonly p95Milli: number | null; readonly queueMilli: number | null } {
  let p95Milli: number | null = null;
  let queueMilli: number | null = null;
  metricsOf(spec).forEach((metric, index) => {
    const reading = metrics[index];
    if (reading?.kind !== "values") return;
    const name = (metric.object ?? metric.external)?.metric.name;
    const value = Number(reading.valuesMilli[0] ?? 0);
    if (name === "queue" || (name !== "p95_ms" && metric.type === "External")) queueMilli = value;
    else p95Milli = value;
  });
  return { p95Milli, queueMilli };
}

const requestOf = (pod: PodView | undefined, resource: string): number =>
  Number(pod?.podRequestsMilli?.[resource] ?? 0) ||
  [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].reduce(
    (sum, { requestsMilli }) => sum + Number(requestsMilli[resource] ?? 0),
    0,
  );

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
