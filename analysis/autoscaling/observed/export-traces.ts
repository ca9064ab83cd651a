/**
 * A recorded run in the format of `headroom simulate hpa --replay` (docs/simulate.md): per workload with an autoscaler
 * what each of its syncs saw, pod by pod and metric by metric, and under `expected` what it decided.
 */
import { workloadsOf } from "../../../src/domain/plan.ts";
import type { Milli } from "../../../src/domain/kubernetes-quantity.ts";
import type { RunData } from "../../../src/domain/run.ts";
import type { ObservedSync } from "../checks/observations.ts";
import { predict } from "../checks/predictions.ts";
import type { SyncOutcome } from "../checks/sync-outcomes.ts";
import { syncOutcomes } from "../checks/sync-outcomes.ts";
import { measure } from "../../measurements/index.ts";
import { metricsOf } from "../behaviour.ts";
import { resourceValues } from "../replica-calculator.ts";
import { defaultController } from "../types.ts";
import type {
  ContainerView,
  ControllerConfig,
  HpaSpec,
  MetricReading,
  MetricSpec,
  PodView,
} from "../types.ts";
import { clusterRecordsOf } from "./cluster-records.ts";
import { observeWorkload } from "./observe-run.ts";

/** Numbers that JSON can hold; larger ones are text. */
type Amount = number | string;

interface Shape {
  readonly containers: readonly {
    readonly name: string;
    readonly requests: Readonly<Record<string, Amount>>;
    readonly restartPolicy?: string | undefined;
  }[];
  readonly initContainers?: Shape["containers"] | undefined;
  readonly podRequests?: Readonly<Record<string, Amount>> | undefined;
}

type TracePodRow = readonly [
  name: string,
  running: 0 | 1,
  ready: 0 | 1,
  createdAt: number,
  readyChangedAt: number | null,
  cpuMilli: null,
  memoryMilli: null,
  requestsMilli: null,
  more: Partial<Shape> & {
    readonly phase: string;
    readonly deleting?: boolean | undefined;
    readonly startedAt: number | null;
    readonly ready: { readonly status: string; readonly since: number } | null;
  },
];

type TraceReading =
  | {
      readonly pods: readonly (readonly [
        pod: string,
        at: number,
        windowSeconds: number,
        value: Amount,
      ])[];
    }
  | { readonly values: readonly Amount[] }
  | { readonly failed: string };

export interface ExportedTrace {
  readonly id: string;
  readonly namespace: string;
  readonly hpaSpec: HpaSpec;
  readonly controller: { readonly kubernetesVersion?: string | undefined };
  readonly plant: {
    readonly metricLagSeconds: number;
    readonly metricWindowSeconds: number;
    readonly requestCpuMilli: number;
    readonly requestMemBytes: number;
  };
  readonly podShape?: Shape | undefined;
  readonly ticks: readonly {
    readonly t: number;
    readonly specReplicas: number;
    readonly statusReplicas: number;
    readonly pods: readonly TracePodRow[];
    readonly metrics: readonly TraceReading[];
    readonly hpaSpec?: HpaSpec | undefined;
    readonly scaledToZero?: boolean | undefined;
    /** Absent where the decision rests on what was not observed. */
    readonly expected?: { readonly desiredReplicas: number } | undefined;
  }[];
}

/** @returns nothing where no autoscaler was observed */
export function exportTraces(data: RunData): readonly ExportedTrace[] {
  const measured = measure(data);
  const records = clusterRecordsOf(data, measured.time.loadStart);
  if (records === undefined) return [];
  const version = records.of("cluster-version")[0]?.version;
  return workloadsOf(data.run.plan).flatMap((name) => {
    const { hpa, observations } = observeWorkload(name, { data, measured, records });
    const { syncs = [], controller = defaultController } = observations;
    if (hpa === undefined || syncs.length === 0) return [];
    return [traceOf(`${data.run.id}/${name}`, { syncs, spec: hpa.spec, version, controller })];
  });
}

function traceOf(
  id: string,
  parts: {
    readonly syncs: readonly ObservedSync[];
    readonly spec: HpaSpec;
    readonly version: string | undefined;
    readonly controller: ControllerConfig;
  },
): ExportedTrace {
  const { syncs, version, controller } = parts;
  const predictions = predict(syncs, parts.spec, controller);
  const outcomes = syncOutcomes({ syncs, predictions, controller });
  const spec = syncs[0]?.spec ?? parts.spec;
  const origin = syncs[0]?.at ?? 0;
  const seconds = (at: number): number => Math.round(at - origin) / 1000;
  const [pod] = syncs.flatMap(({ pods }) => pods);
  const shape = pod === undefined ? undefined : shapeOf(pod);
  return {
    id,
    namespace: "observed",
    hpaSpec: spec,
    controller: { kubernetesVersion: version },
    // Every metric and every pod has its own figures below.
    plant: { metricLagSeconds: 0, metricWindowSeconds: 0, requestCpuMilli: 0, requestMemBytes: 0 },
    podShape: shape,
    ticks: syncs.map((sync, index) => {
      const own = sync.spec ?? spec;
      const before = syncs[index - 1]?.spec ?? spec;
      return {
        t: seconds(sync.now ?? sync.at),
        specReplicas: sync.specReplicas,
        statusReplicas: sync.statusReplicas,
        pods: sync.pods.map((one) => rowOf(one, { shape, seconds })),
        metrics: metricsOf(own).map((metric, place) =>
          readingOf(metric, sync.metrics[place], seconds),
        ),
        hpaSpec: own === before ? undefined : own,
        scaledToZero: sync.scaledToZero,
        expected: isComparable(outcomes[index])
          ? { desiredReplicas: sync.desiredReplicas }
          : undefined,
      };
    }),
  };
}

const isComparable = (outcome: SyncOutcome | undefined): boolean =>
  outcome === "hit" || outcome === "miss" || outcome === "at-zero";

function rowOf(
  pod: PodView,
  {
    shape,
    seconds,
  }: { readonly shape: Shape | undefined; readonly seconds: (at: number) => number },
): TracePodRow {
  const { name, phase, deleting, startedAt, ready } = pod;
  const own = shapeOf(pod);
  const started = startedAt === undefined ? null : seconds(startedAt);
  const condition =
    ready === undefined ? null : { status: ready.status, since: seconds(ready.since) };
  return [
    name,
    phase === "Running" ? 1 : 0,
    ready?.status === "True" ? 1 : 0,
    started ?? 0,
    condition?.since ?? null,
    null,
    null,
    null,
    {
      phase,
      deleting: deleting ? true : undefined,
      startedAt: started,
      ready: condition,
      ...(JSON.stringify(own) === JSON.stringify(shape) ? {} : own),
    },
  ];
}

const amount = (milli: Milli): Amount => (typeof milli === "number" ? milli : String(milli));

const amounts = (requests: Readonly<Record<string, Milli>>): Readonly<Record<string, Amount>> =>
  Object.fromEntries(Object.entries(requests).map(([name, milli]) => [name, amount(milli)]));

function shapeOf({ containers, initContainers = [], podRequestsMilli }: PodView): Shape {
  const shapes = (views: readonly ContainerView[]): Shape["containers"] =>
    views.map(({ name, requestsMilli, restartPolicy }) => ({
      name,
      requests: amounts(requestsMilli),
      restartPolicy,
    }));
  return {
    containers: shapes(containers),
    initContainers: initContainers.length === 0 ? undefined : shapes(initContainers),
    podRequests: podRequestsMilli === undefined ? undefined : amounts(podRequestsMilli),
  };
}

/** A metric of one container is written as that container's value. */
function readingOf(
  { containerResource }: MetricSpec,
  reading: MetricReading | undefined,
  seconds: (at: number) => number,
): TraceReading {
  if (reading === undefined) return { failed: "no reading" };
  if (reading.kind === "failed") return { failed: reading.message };
  if (reading.kind === "values") return { values: reading.valuesMilli.map(amount) };
  const values = resourceValues(reading.samples, containerResource?.container);
  if (!values.ok) return { pods: [] };
  return {
    pods: [...values.value].map(
      ([pod, { at, windowMs, valueMilli }]) =>
        [pod, seconds(at), windowMs / 1000, amount(valueMilli)] as const,
    ),
  };
}
