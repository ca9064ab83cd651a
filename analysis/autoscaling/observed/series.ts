/** Replicas, utilisation against target and nodes, as lines on the report's time axis. */
import { metricKey, metricNameKey } from "../../../src/domain/kubernetes-records.ts";
import type { Series } from "../../../src/domain/report.ts";
import { metricsOf } from "../behaviour.ts";
import { specAt } from "../checks/spec-in-force.ts";
import { milliOf } from "../../../src/domain/kubernetes-quantity.ts";
import { metricLabels } from "../reconcile.ts";
import type { HpaSpec, MetricSpec } from "../types.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import { lastUpTo } from "./cluster-records.ts";
import { recordsOfHpa, type ObservedHpaName } from "./observed-syncs.ts";
import type { ObservedHpa, ObservedWorkload } from "./observe-run.ts";

type Points = Series["points"];
type Point = { readonly at: number; readonly value: number };

/** A chart need not show more of a line. */
const mostPoints = 400;

export function seriesOfWorkload(
  { name, hpa }: ObservedWorkload,
  records: ClusterRecords,
): readonly Series[] {
  const step = (label: string, points: Points, role?: Series["role"]): Series => ({
    chart: "replicas",
    workload: name,
    role,
    label,
    unit: "count",
    style: "step",
    points,
  });
  const inForce = (value: (spec: HpaSpec) => number, { specs, spec }: ObservedHpa): Points =>
    acrossRun(records, (t) => value(specAt(specs, t) ?? spec));
  const lines = [
    step("Desired by the autoscaler", pointsOf(records.of("hpa-desired-replicas", name))),
    step("Ready", pointsOf(records.of("workload-ready-replicas", name)), "ready"),
    ...(hpa === undefined
      ? [step("Wanted", pointsOf(records.of("workload-replicas", name)))]
      : [
          step(
            "Minimum",
            inForce(({ minReplicas = 1 }) => minReplicas, hpa),
            "bound",
          ),
          step(
            "Maximum",
            inForce(({ maxReplicas }) => maxReplicas, hpa),
            "bound",
          ),
        ]),
  ];
  return [...lines, ...utilisationLines({ name, hpa }, records)].filter(
    ({ points }) => points.length > 0,
  );
}

/** Each metric as a share of its target: what they have in common is the line at 100 %. */
function utilisationLines(
  { name, hpa }: Pick<ObservedWorkload, "name"> & { readonly hpa: ObservedWorkload["hpa"] },
  records: ClusterRecords,
): readonly Series[] {
  if (hpa === undefined) return [];
  const chart = { chart: "utilisation", workload: name, unit: "ratio", style: "line" } as const;
  const metrics = metricsOf(hpa.spec);
  const labels = metricLabels(metrics);
  const lines = metrics.flatMap((metric, index): readonly Series[] => {
    const { resource, containerResource, pods, object, external } = metric;
    const target = (resource ?? containerResource ?? pods ?? object ?? external)?.target;
    const isShare = target?.averageUtilization !== undefined;
    const wanted = isShare
      ? (target.averageUtilization ?? 0) / 100
      : quantityOf(target?.averageValue ?? target?.value);
    if (wanted === undefined || wanted <= 0) return [];
    // Older recordings have no selectors in their keys.
    const all = recordsOfHpa(records, isShare ? "hpa-metric-utilisation" : "hpa-metric-value", {
      workload: name,
      hpa: hpa.name,
    });
    const isAlone =
      metrics.filter((one) => metricNameKey(one) === metricNameKey(metric)).length < 2;
    const keys = new Set([metricKey(metric), ...(isAlone ? [metricNameKey(metric)] : [])]);
    const ofStatus = all.filter((record) => keys.has(record.metric));
    const served = servedOf(metric, { workload: name, hpa: hpa.name }, records);
    const points = thin(served.length > 0 ? served : ofStatus).map(
      ({ at, value }) => [at, value / wanted] as const,
    );
    const label = `${labels[index] ?? ""}, share of its target`;
    return [{ ...chart, label, points }];
  });
  const hasAny = lines.some(({ points }) => points.length > 0);
  if (!hasAny) return [];
  return [
    ...lines,
    { ...chart, role: "target", label: "Target", points: acrossRun(records, () => 1) },
  ];
}

/** What the metrics API served of it: denser than the HPA's status, which has a value for each sync. */
function servedOf(
  metric: MetricSpec,
  of: ObservedHpaName,
  records: ClusterRecords,
): readonly Point[] {
  const key = metricKey(metric);
  const target = (metric.object ?? metric.external)?.target;
  const sizes = records.of("workload-created-replicas", of.workload);
  return recordsOfHpa(records, "hpa-metric-served", of).flatMap((record) => {
    if (record.metric !== key) return [];
    // A target for each pod of a value for all.
    const share = target?.averageValue === undefined ? 1 : (lastUpTo(sizes, record.t)?.value ?? 0);
    return share === 0 ? [] : [{ at: record.at, value: record.value / share }];
  });
}

const quantityOf = (quantity: string | number | undefined): number | undefined =>
  quantity === undefined ? undefined : Number(milliOf(quantity)) / 1000;

export function nodeSeries(records: ClusterRecords): readonly Series[] {
  const line = (label: string, type: "nodes-total" | "nodes-ready"): Series => ({
    chart: "nodes",
    label,
    unit: "count",
    style: "step",
    points: pointsOf(records.of(type)),
  });
  return [line("Nodes", "nodes-total"), line("Ready", "nodes-ready")].filter(
    ({ points }) => points.length > 0,
  );
}

/** A step line needs a point only where it changes, and one at its end. */
function pointsOf(ascending: readonly Point[]): Points {
  return ascending
    .filter(
      ({ value }, index) =>
        index === ascending.length - 1 || ascending[index - 1]?.value !== value || index % 20 === 0,
    )
    .map(({ at, value }) => [at, value] as const);
}

const thin = (ascending: readonly Point[]): readonly Point[] => {
  const every = Math.ceil(ascending.length / mostPoints);
  return ascending.filter((_, index) => index % every === 0);
};

/** As dense as the other lines of its chart: points far apart would read as a gap. */
function acrossRun(records: ClusterRecords, value: (t: number) => number): Points {
  if (!Number.isFinite(records.from)) return [];
  const { from, to } = records;
  const steps = 60;
  return Array.from({ length: steps + 1 }, (_, index) => {
    const t = from + ((to - from) * index) / steps;
    return [records.toOurs(t), value(t)] as const;
  });
}
