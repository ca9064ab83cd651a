/**
 * One HorizontalPodAutoscaler: the exact controller of `analysis/autoscaling`, what it remembers, what its status says,
 * and what may be wrong with it on purpose.
 */
import { metricsOf } from "../../../analysis/autoscaling/behaviour.ts";
import { groupPods } from "../../../analysis/autoscaling/group-pods.ts";
import { reconcile } from "../../../analysis/autoscaling/reconcile.ts";
import type { ReconcileInput } from "../../../analysis/autoscaling/reconcile.ts";
import { initialState } from "../../../analysis/autoscaling/types.ts";
import type {
  Condition,
  ControllerConfig,
  HpaEvent,
  HpaSpec,
  MetricReading,
  MetricSpec,
} from "../../../analysis/autoscaling/types.ts";
import type { HpaFault } from "../../../src/domain/sandbox.ts";

/** What a metric came to, for the status. */
export interface CurrentMetric {
  readonly spec: MetricSpec;
  /** Mean per pod, or the value; milli-units. */
  readonly valueMilli: number;
  /** Percent of the request, as the controller truncates it. */
  readonly utilisationPercent?: number;
}

export type Seen = Pick<ReconcileInput, "specReplicas" | "statusReplicas" | "pods" | "metrics">;

export interface SyncResult {
  /** The size it wants; absent: it leaves things as they are. */
  readonly size?: number;
  readonly events: readonly HpaEvent[];
}

/** A slow autoscaler acts on every n-th sync only, a flapping one adds and removes these pods by turns. */
const slowSyncs = 20;
const flapping = { everySyncs: 4, pods: 2 } as const;

export class Autoscaler {
  readonly spec: HpaSpec;
  fault: HpaFault | undefined;
  /** For the status. */
  currentReplicas: number;
  desiredReplicas: number;
  currentMetrics: readonly CurrentMetric[] = [];
  readonly #controller: ControllerConfig;
  readonly #namespace: string;
  #state = initialState;
  #lastScaleAt: number | undefined;
  #syncs = 0;

  constructor(
    spec: HpaSpec,
    size: number,
    context: { readonly controller: ControllerConfig; readonly namespace: string },
  ) {
    this.spec = spec;
    this.currentReplicas = size;
    this.desiredReplicas = size;
    this.#controller = context.controller;
    this.#namespace = context.namespace;
  }

  get conditions(): readonly Condition[] {
    return this.#state.conditions;
  }

  get lastScaleAt(): number | undefined {
    return this.#lastScaleAt;
  }

  /** What it asks the metrics APIs for. */
  get metrics(): readonly MetricSpec[] {
    return metricsOf(this.spec);
  }

  sync(now: number, answered: Seen): SyncResult {
    this.#syncs++;
    const { fault } = this;
    if (fault === "stuck" || (fault === "slow" && this.#syncs % slowSyncs !== 0)) {
      return { events: [] };
    }
    const seen =
      fault === "missing-metrics" ? { ...answered, metrics: this.metrics.map(noAnswer) } : answered;
    const outcome = reconcile(this.#state, {
      now,
      controller: this.#controller,
      spec: actingSpec(this.spec, fault),
      namespace: this.#namespace,
      ...seen,
    });
    this.#state = outcome.state;
    this.#lastScaleAt = outcome.state.lastScaleAt;
    this.currentReplicas = seen.statusReplicas;
    this.desiredReplicas = outcome.desiredReplicas;
    this.currentMetrics = this.metrics.flatMap((spec, index) =>
      currentMetric(spec, seen.metrics[index], { now, controller: this.#controller, seen }),
    );
    if (fault === "flapping" && this.#syncs % flapping.everySyncs === 0) {
      return this.#flap(now, seen.specReplicas);
    }
    return {
      events: outcome.events,
      size: outcome.rescaled ? outcome.desiredReplicas : undefined,
    };
  }

  #flap(now: number, size: number): SyncResult {
    const { minReplicas = 1, maxReplicas } = this.spec;
    const up = (this.#syncs / flapping.everySyncs) % 2 === 1;
    const wished = size + (up ? flapping.pods : -flapping.pods);
    const next = Math.min(maxReplicas, Math.max(minReplicas, wished));
    if (next === size) return { events: [] };
    this.#lastScaleAt = now;
    this.desiredReplicas = next;
    const reason = up ? `${this.#winner()} above target` : "All metrics below target";
    const message = `New size: ${next}; reason: ${reason}`;
    const event: HpaEvent = { at: now, type: "Normal", reason: "SuccessfulRescale", message };
    return { size: next, events: [event] };
  }

  #winner(): string {
    const name = this.spec.metrics?.[0]?.resource?.name ?? "cpu";
    return `${name} resource utilization (percentage of request)`;
  }
}

const noAnswer = (): MetricReading => ({
  kind: "failed",
  message:
    "unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)",
});

/** What it really goes by; the object still says what was declared. */
function actingSpec(declared: HpaSpec, fault: HpaFault | undefined): HpaSpec {
  if (fault === "below-minimum") {
    return { ...declared, minReplicas: Math.max(1, (declared.minReplicas ?? 1) - 1) };
  }
  if (fault === "above-maximum") return { ...declared, maxReplicas: declared.maxReplicas + 3 };
  if (fault !== "wrong-policy") return declared;
  return {
    ...declared,
    behavior: {
      scaleUp: { policies: [{ type: "Pods", value: 6, periodSeconds: 15 }] },
      scaleDown: {
        policies: [{ type: "Pods", value: 4, periodSeconds: 15 }],
        stabilizationWindowSeconds: 30,
      },
    },
  };
}

/** Of the pods that count, as the controller sees them; nothing where the metric failed. */
function currentMetric(
  spec: MetricSpec,
  reading: MetricReading | undefined,
  context: { readonly now: number; readonly controller: ControllerConfig; readonly seen: Seen },
): readonly CurrentMetric[] {
  if (reading === undefined || reading.kind === "failed") return [];
  if (reading.kind === "values") {
    const sum = reading.valuesMilli.reduce((total: number, value) => total + Number(value), 0);
    return [{ spec, valueMilli: sum }];
  }
  const resource = spec.resource?.name ?? "";
  const values = new Map(
    reading.samples.map(({ pod, at, windowMs, valueMilli = 0 }) => [
      pod,
      { at, windowMs, valueMilli },
    ]),
  );
  const { unready, ignored } = groupPods(context.seen.pods, values, resource, context);
  const counted = context.seen.pods.filter(
    ({ name }) => values.has(name) && !unready.has(name) && !ignored.has(name),
  );
  if (counted.length === 0) return [];
  const sum = counted.reduce((total, { name }) => total + Number(values.get(name)?.valueMilli), 0);
  const valueMilli = Math.floor(sum / counted.length);
  if (spec.resource?.target.averageUtilization === undefined) return [{ spec, valueMilli }];
  const requested = counted.reduce(
    (total, { containers }) => total + Number(containers[0]?.requestsMilli[resource] ?? 0),
    0,
  );
  return [{ spec, valueMilli, utilisationPercent: Math.floor((100 * sum) / requested) }];
}
