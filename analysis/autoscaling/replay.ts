/**
 * Open loop: recorded inputs in, the controller's decisions out. The recorded cluster is never changed by them, so that
 * every tick stands for itself and a miss is a difference of the rules, not of the past.
 */
import { metricsOf } from "./behaviour.ts";
import { reconcile } from "./reconcile.ts";
import type { Why } from "./reconcile.ts";
import { controllerOf } from "./trace-schema.ts";
import type { Trace, TracePod, TraceTick } from "./trace-schema.ts";
import { initialState } from "./types.ts";
import type {
  Condition,
  HpaSpec,
  MetricReading,
  MetricSpec,
  Milli,
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

export function replayTrace(trace: Trace): ReplayedTrace {
  const decide = replayer(trace);
  return { id: trace.id, ticks: trace.ticks.map((tick) => decide(tick)) };
}

/** A controller for the trace's HPA that is fed tick by tick; used by the closed loop too. */
export function replayer(trace: Trace): (tick: TraceTick) => ReplayedTick {
  const controller = controllerOf(trace);
  const spec: HpaSpec = trace.hpaSpec;
  const metrics = metricsOf(spec);
  let state = initialState;
  return (tick) => {
    const outcome = reconcile(state, {
      now: tick.t * 1000,
      controller,
      spec,
      namespace: trace.namespace ?? "ns",
      specReplicas: tick.specReplicas,
      statusReplicas: tick.statusReplicas,
      pods: tick.pods.map((row) => podOf(row, trace)),
      metrics: metrics.map((metric) => readingOf(metric, tick, trace)),
    });
    state = outcome.state;
    return {
      t: tick.t,
      desiredReplicas: outcome.desiredReplicas,
      specReplicasAfter: outcome.rescaled ? outcome.desiredReplicas : tick.specReplicas,
      rescaled: outcome.rescaled,
      conditions: conditionPairs(outcome.conditions),
      error: outcome.error ?? null,
      why: outcome.why,
    };
  };
}

function conditionPairs(conditions: readonly Condition[]): ReplayedTick["conditions"] {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, [status, reason]]));
}

function podOf(row: TracePod, { plant }: Trace): PodView {
  const [name, running, ready, createdAt, readyChangedAt] = row;
  const requestsMilli = { cpu: plant.requestCpuMilli, memory: plant.requestMemBytes * 1000 };
  const since = (readyChangedAt ?? createdAt) * 1000;
  return {
    name,
    phase: running ? "Running" : "Pending",
    deleting: false,
    startedAt: createdAt * 1000,
    ready: { status: ready ? "True" : "False", since },
    containers: [{ name: "main", requestsMilli }],
  };
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
