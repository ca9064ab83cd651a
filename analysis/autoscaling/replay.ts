/**
 * Open loop: recorded inputs in, the controller's decisions out. The recorded cluster is never changed by them, so that
 * every tick stands for itself and a miss is a difference of the rules, not of the past.
 */
import type { Milli } from "../../src/domain/kubernetes-quantity.ts";
import { metricsOf } from "./behaviour.ts";
import { rememberRescale } from "./remember-rescale.ts";
import { reconcile, withScaledToZero } from "./reconcile.ts";
import type { Why } from "./reconcile.ts";
import { containersFor } from "./pod-containers.ts";
import { controllerOf } from "./trace-schema.ts";
import type { Trace, TracePod, TracePodShape, TraceReading, TraceTick } from "./trace-schema.ts";
import { initialState } from "./types.ts";
import type {
  Condition,
  ControllerConfig,
  HpaSpec,
  HpaState,
  MetricReading,
  MetricSpec,
  PodSample,
  PodView,
} from "./types.ts";

/** One decision. A `null` error is none, as in the recorded files. */
export interface ReplayedTick {
  readonly t: number;
  readonly desiredReplicas: number;
  readonly specReplicasAfter: number;
  readonly rescaled: boolean;
  /** Condition type → [status, reason]. */
  readonly conditions: Readonly<Record<string, readonly [status: string, reason: string]>>;
  readonly error: string | null;
  readonly why: Why;
}

export interface ReplayedTrace {
  readonly id: string;
  readonly ticks: readonly ReplayedTick[];
}

/** @param chosen defaults of the controller, instead of those of the version that the trace names */
export function replayTrace(trace: Trace, chosen?: ControllerConfig): ReplayedTrace {
  const decide = replayer(trace, chosen);
  return { id: trace.id, ticks: trace.ticks.map((tick) => decide(tick)) };
}

/** A controller for the trace's HPA that is fed tick by tick; used by the closed loop too. */
export function replayer(
  trace: Trace,
  chosen?: ControllerConfig,
): (tick: TraceTick) => ReplayedTick {
  const controller = controllerOf(trace, chosen);
  let spec: HpaSpec = trace.hpaSpec;
  /** The state for the next tick, once its size shows what happened to this tick's decision. */
  let stateFor = firstState;
  return (tick) => {
    const state = withScaledToZero(stateFor(tick.specReplicas), tick.scaledToZero);
    spec = tick.hpaSpec ?? spec;
    const metrics = metricsOf(spec);
    const [now, decidedBy] = [tick.t * 1000, spec];
    const outcome = reconcile(state, {
      now,
      controller,
      spec,
      namespace: trace.namespace ?? "ns",
      specReplicas: tick.specReplicas,
      statusReplicas: tick.statusReplicas,
      pods: tick.pods.map((row) => podOf(row, trace, metrics)),
      metrics: metrics.map((metric, index) => {
        const recorded = tick.metrics?.[index];
        return recorded === undefined ? readingOf(metric, tick, trace) : recordedReading(recorded);
      }),
    });
    stateFor = (next) =>
      rememberRescale(state, outcome, {
        now,
        spec: decidedBy,
        controller,
        specReplicas: tick.specReplicas,
        next,
      });
    return {
      t: tick.t,
      desiredReplicas: outcome.desiredReplicas,
      specReplicasAfter: outcome.rescaled ? outcome.desiredReplicas : tick.specReplicas,
      rescaled: outcome.rescaled,
      conditions: conditionPairs(outcome.conditions, spec),
      error: outcome.error ?? null,
      why: outcome.why,
    };
  };
}

const firstState = (_next: number): HpaState => initialState;

/** That an HPA did not scale to zero says something only where it may. */
function conditionPairs(
  conditions: readonly Condition[],
  { minReplicas = 1 }: HpaSpec,
): ReplayedTick["conditions"] {
  return Object.fromEntries(
    conditions
      .filter(
        ({ type, status }) => type !== "ScaledToZero" || status === "True" || minReplicas === 0,
      )
      .map(({ type, status, reason }) => [type, [status, reason]]),
  );
}

function podOf(row: TracePod, trace: Trace, metrics: readonly MetricSpec[]): PodView {
  const [name, running, ready, createdAt, readyChangedAt, , , , more = {}] = row;
  const since = readyChangedAt ?? createdAt;
  const condition =
    more.ready === undefined ? { status: ready ? "True" : "False", since } : more.ready;
  const startedAt = more.startedAt === undefined ? createdAt : more.startedAt;
  return {
    name,
    phase: more.phase ?? (running ? "Running" : "Pending"),
    deleting: more.deleting ?? false,
    startedAt: startedAt === null ? undefined : startedAt * 1000,
    ready:
      condition === null ? undefined : { status: condition.status, since: condition.since * 1000 },
    ...requestsOf(trace, more, metrics),
  };
}

function requestsOf(
  { plant, podShape }: Trace,
  more: NonNullable<TracePod[8]>,
  metrics: readonly MetricSpec[],
): Pick<PodView, "containers" | "initContainers" | "podRequestsMilli"> {
  const { containers, initContainers, podRequests } = more;
  const shape = containers === undefined ? podShape : { containers, initContainers, podRequests };
  if (shape === undefined) {
    const requestsMilli = { cpu: plant.requestCpuMilli, memory: plant.requestMemBytes * 1000 };
    return containersFor(metrics, requestsMilli, "main");
  }
  return {
    containers: viewsOf(shape.containers),
    initContainers: viewsOf(shape.initContainers ?? []),
    podRequestsMilli: shape.podRequests,
  };
}

const viewsOf = (containers: TracePodShape["containers"]): PodView["containers"] =>
  containers.map(({ name, requests, restartPolicy }) => ({
    name,
    requestsMilli: requests,
    restartPolicy,
  }));

function recordedReading(reading: TraceReading): MetricReading {
  if ("failed" in reading) return { kind: "failed", message: reading.failed };
  if ("values" in reading) return { kind: "values", valuesMilli: reading.values };
  const samples = reading.pods.map(([pod, at, windowSeconds, valueMilli]) => ({
    pod,
    at: at * 1000,
    windowMs: windowSeconds * 1000,
    valueMilli,
  }));
  return { kind: "pods", samples };
}

function readingOf(metric: MetricSpec, tick: TraceTick, trace: Trace): MetricReading {
  switch (metric.type) {
    case "Resource":
    case "ContainerResource": {
      const { name } = metric.resource ?? metric.containerResource ?? { name: "" };
      return podReading(tick, trace, ([, , , , , cpu, memory]) => (name === "cpu" ? cpu : memory));
    }
    case "Pods":
      return podReading(tick, trace, (row) => row[7]);
    default:
      return valueReading(metric, tick);
  }
}

function podReading(
  tick: TraceTick,
  { plant }: Trace,
  column: (row: TracePod) => Milli | null | undefined,
): MetricReading {
  const at = (tick.t - plant.metricLagSeconds) * 1000;
  const windowMs = plant.metricWindowSeconds * 1000;
  const samples: PodSample[] = [];
  for (const row of tick.pods) {
    const valueMilli = column(row);
    if (valueMilli !== null && valueMilli !== undefined)
      samples.push({ pod: row[0], at, windowMs, valueMilli });
  }
  return { kind: "pods", samples };
}

function valueReading(metric: MetricSpec, tick: TraceTick): MetricReading {
  const name = metric.object?.metric.name ?? metric.external?.metric.name;
  const isQueue = name === "queue" || (name !== "p95_ms" && metric.type === "External");
  const value = isQueue ? tick.queueMilli : tick.p95Milli;
  return { kind: "values", valuesMilli: value === null || value === undefined ? [] : [value] };
}
