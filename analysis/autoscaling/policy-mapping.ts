/**
 * From a table of one policy per metric to HorizontalPodAutoscaler objects. Kubernetes gives an HPA one minimum, one
 * maximum and one behaviour for all its metrics, and two HPAs on the same pods stop scaling (AmbiguousSelector), so the
 * table cannot be taken over row by row. The decision:
 *
 * 1. One HPA per workload, with every metric of the table: the largest proposal wins, no metric is lost.
 * 2. Minimum and maximum are the workload's own. The workload's row describes the object itself, the metric's row only
 *    one reason to resize it; a metric that allows more pods than the workload has no say in that.
 * 3. Up: the fastest of the rows (pods per time). Policies only limit; a slower one would hold back the metric that was
 *    promised the faster one.
 * 4. Down: the slowest of the rows. The HPA does not know which metric asked for the pods that are now surplus.
 * 5. Stabilisation as Kubernetes has it (0 s up, 300 s down): the table says nothing about it.
 *
 * What a row loses is reported in `losses`, one sentence each.
 */
import type { HpaManifest } from "./manifest-schema.ts";
import type { HpaSpec, MetricSpec, ScalingPolicy } from "./types.ts";

/** How fast: so many pods in so much time. */
export interface PolicyRate {
  readonly pods: number;
  readonly periodMs: number;
}

/** What a row keeps constant. */
type PolicyTarget =
  | { readonly utilisationRatio: number }
  | { readonly requestsPerMinutePerPod: number }
  | { readonly p95Ms: number };

export interface PolicyRow {
  readonly target: PolicyTarget;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly up: PolicyRate;
  readonly down: PolicyRate;
}

/** Rows by metric: `cpu`, `memory`, `requestRate`, `responseTime`. */
export type PolicyTable = Readonly<Record<string, PolicyRow>>;

/** Requests per minute that one pod is meant to answer; `undefined` where no row says so. */
export const requestRatePerPod = (policies: PolicyTable): number | undefined =>
  Object.values(policies)
    .map(({ target }) => ("requestsPerMinutePerPod" in target ? target.requestsPerMinutePerPod : 0))
    .find((rate) => rate > 0);

export interface WorkloadLimits {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

export interface MappedPolicy {
  readonly hpa: HpaManifest;
  /** Where the object cannot do what a row of the table says. */
  readonly losses: readonly string[];
}

/** Names of the metrics that the adapter has to serve; the workload's Service is described by the latency. */
const requestRateMetric = "http_requests_per_minute";
const latencyMetric = "p95_ms";

/** @returns one HPA per workload, in the order given */
export function mapPolicies(
  table: PolicyTable,
  workloads: Readonly<Record<string, WorkloadLimits>>,
  namespace = "default",
): readonly MappedPolicy[] {
  return Object.entries(workloads).map(([name, limits]) => ({
    hpa: { name, namespace, spec: specFor(name, limits, table) },
    losses: lossesOf(name, limits, table),
  }));
}

function specFor(name: string, limits: WorkloadLimits, table: PolicyTable): HpaSpec {
  const rows = Object.values(table);
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas: limits.minReplicas,
    maxReplicas: limits.maxReplicas,
    metrics: Object.entries(table).map(([metric, row]) => metricFor(metric, row.target, name)),
    behavior: {
      scaleUp: { policies: [toPolicy(fastest(rows.map(({ up }) => up)))] },
      scaleDown: { policies: [toPolicy(slowest(rows.map(({ down }) => down)))] },
    },
  };
}

function metricFor(metric: string, target: PolicyTarget, workload: string): MetricSpec {
  if ("utilisationRatio" in target) {
    const averageUtilization = Math.round(target.utilisationRatio * 100);
    return {
      type: "Resource",
      resource: { name: metric, target: { type: "Utilization", averageUtilization } },
    };
  }
  if ("requestsPerMinutePerPod" in target) {
    const averageValue = String(target.requestsPerMinutePerPod);
    const perPod = { type: "AverageValue", averageValue };
    return { type: "Pods", pods: { metric: { name: requestRateMetric }, target: perPod } };
  }
  const describedObject = { apiVersion: "v1", kind: "Service", name: workload };
  return {
    type: "Object",
    object: {
      metric: { name: latencyMetric },
      describedObject,
      target: { type: "Value", value: String(target.p95Ms) },
    },
  };
}

const speed = ({ pods, periodMs }: PolicyRate): number => pods / periodMs;

function fastest(rates: readonly PolicyRate[]): PolicyRate {
  return rates.reduce((best, rate) => (speed(rate) > speed(best) ? rate : best));
}

function slowest(rates: readonly PolicyRate[]): PolicyRate {
  return rates.reduce((best, rate) => (speed(rate) < speed(best) ? rate : best));
}

const toPolicy = ({ pods, periodMs }: PolicyRate): ScalingPolicy => ({
  type: "Pods",
  value: pods,
  periodSeconds: periodMs / 1000,
});

function lossesOf(workload: string, limits: WorkloadLimits, table: PolicyTable): readonly string[] {
  const rows = Object.values(table);
  const up = fastest(rows.map((row) => row.up));
  const down = slowest(rows.map((row) => row.down));
  return Object.entries(table).flatMap(([metric, row]) => {
    const said = `${workload}, ${metric}: the table says`;
    const losses: string[] = [];
    if (row.minReplicas !== limits.minReplicas)
      losses.push(`${said} at least ${row.minReplicas}, the workload has ${limits.minReplicas}`);
    if (row.maxReplicas !== limits.maxReplicas)
      losses.push(`${said} at most ${row.maxReplicas}, the workload has ${limits.maxReplicas}`);
    if (speed(row.up) !== speed(up))
      losses.push(`${said} ${rateText(row.up)} up, the object allows ${rateText(up)}`);
    if (speed(row.down) !== speed(down))
      losses.push(`${said} ${rateText(row.down)} down, the object allows ${rateText(down)}`);
    return losses;
  });
}

export function rateText({ pods, periodMs }: PolicyRate): string {
  return `${pods} ${pods === 1 ? "pod" : "pods"} every ${periodMs / 1000} s`;
}
