/** Replicas, utilisation against target and nodes, as lines on the report's time axis. */
import { kubernetesRecords as names, metricKey } from "../../../src/domain/kubernetes-records.ts";
import type { Series } from "../../../src/domain/report.ts";
import { metricsOf } from "../behaviour.ts";
import { milliOf } from "../quantity.ts";
import { metricLabel } from "../reconcile.ts";
import type { ClusterRecord, ClusterRecords } from "./cluster-records.ts";
import type { ObservedWorkload } from "./observe-run.ts";

type Points = Series["points"];

/** A chart need not show more of a line. */
const mostPoints = 400;

export function seriesOfWorkload(
  { name, hpa }: ObservedWorkload,
  records: ClusterRecords,
): readonly Series[] {
  const chart = `replicas ${name}`;
  const step = (label: string, points: Points): Series => ({
    chart,
    label,
    unit: "count",
    style: "step",
    points,
  });
  const constant = (value: number): Points => acrossRun(records, value);
  const lines = [
    step("Desired by the autoscaler", pointsOf(records.of(names.hpaDesired, name))),
    step("Ready", pointsOf(records.of(names.readyReplicas, name))),
    ...(hpa === undefined
      ? [step("Wanted", pointsOf(records.of(names.replicas, name)))]
      : [
          step("Minimum", constant(hpa.spec.minReplicas ?? 1)),
          step("Maximum", constant(hpa.spec.maxReplicas)),
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
  const chart = `utilisation ${name}`;
  const lines = metricsOf(hpa.spec).flatMap((metric): readonly Series[] => {
    const { resource, containerResource, pods, object, external } = metric;
    const target = (resource ?? containerResource ?? pods ?? object ?? external)?.target;
    const isShare = target?.averageUtilization !== undefined;
    const wanted = isShare
      ? (target.averageUtilization ?? 0) / 100
      : quantityOf(target?.averageValue ?? target?.value);
    if (wanted === undefined || wanted <= 0) return [];
    const key = metricKey(metric);
    const told = records
      .of(isShare ? names.hpaMetricUtilisation : names.hpaMetricValue, name)
      .filter(({ labels }) => labels["metric"] === key);
    const points = thin(told).map(({ at, value }) => [at, value / wanted] as const);
    const label = `${metricLabel(metric)}, share of its target`;
    return [{ chart, label, unit: "ratio", style: "line", points }];
  });
  const hasAny = lines.some(({ points }) => points.length > 0);
  if (!hasAny) return [];
  const target: Series = {
    chart,
    label: "Target",
    unit: "ratio",
    style: "line",
    points: acrossRun(records, 1),
  };
  return [...lines, target];
}

const quantityOf = (quantity: string | number | undefined): number | undefined =>
  quantity === undefined ? undefined : Number(milliOf(quantity)) / 1000;

export function nodeSeries(records: ClusterRecords): readonly Series[] {
  const line = (label: string, name: string): Series => ({
    chart: "nodes",
    label,
    unit: "count",
    style: "step",
    points: pointsOf(records.of(name)),
  });
  return [line("Nodes", names.nodesTotal), line("Ready", names.nodesReady)].filter(
    ({ points }) => points.length > 0,
  );
}

/** A step line needs a point only where it changes, and one at its end. */
function pointsOf(ascending: readonly ClusterRecord[]): Points {
  return ascending
    .filter(
      ({ value }, index) =>
        index === ascending.length - 1 || ascending[index - 1]?.value !== value || index % 20 === 0,
    )
    .map(({ at, value }) => [at, value] as const);
}

const thin = (ascending: readonly ClusterRecord[]): readonly ClusterRecord[] => {
  const every = Math.ceil(ascending.length / mostPoints);
  return ascending.filter((_, index) => index % every === 0);
};

/** As dense as the other lines of its chart: points far apart would read as a gap. */
function acrossRun(records: ClusterRecords, value: number): Points {
  if (!Number.isFinite(records.from)) return [];
  const from = records.toOurs(records.from);
  const to = records.toOurs(records.to);
  const steps = 60;
  return Array.from(
    { length: steps + 1 },
    (_, index) => [from + ((to - from) * index) / steps, value] as const,
  );
}
