/** What the history keeps of a report: every number that is worth a trend. What a report does not have is absent. */
import type { AutoscalingReport } from "../domain/autoscaling.ts";
import type { DatabaseReport } from "../domain/database.ts";
import { cpuPerRequestChart, cpuPerRequestMetric, type HistoryValue } from "../domain/history.ts";
import type { LatencyRow, Report } from "../domain/report.ts";
import type { UnitName } from "../domain/units.ts";
import { rankQuantile } from "../domain/sorted-quantile.ts";

/** Judged values carry interval, verdict and limit, and win over the same number as the report shows it. */
export function valuesOf(report: Report): HistoryValue[] {
  const values = [
    ...report.latency.filter(isOfUsers).flatMap(surfaceValues),
    ...(report.endpoints ?? []).filter(isOfUsers).flatMap(endpointValues),
    ...value("throughput", report.throughput?.achieved.point, "1/min"),
    ...(report.autoscaling === undefined ? [] : replicaValues(report.autoscaling)),
    ...cpuValues(report),
    ...(report.database === undefined ? [] : databaseValues(report.database)),
    ...report.verdicts.flatMap(judgedValue),
  ];
  return [...new Map(values.map((each) => [each.metric, each])).values()];
}

/** Reports are parsed without their reviver, which costs more than all the rest: infinities are words here. */
function storedNumber(stored: unknown): number | undefined {
  if (stored === "Infinity") return Number.POSITIVE_INFINITY;
  if (stored === "-Infinity") return Number.NEGATIVE_INFINITY;
  return typeof stored === "number" ? stored : undefined;
}

const value = (metric: string, stored: unknown, unit: UnitName): HistoryValue[] => {
  const known = storedNumber(stored);
  return known === undefined ? [] : [{ metric, value: known, unit }];
};

/** Assets are counted apart; a page is its load, not its document alone. */
const isOfUsers = ({ metric, kind }: LatencyRow): boolean =>
  kind !== "asset" && !(metric === "response" && kind === "page");

const quantiles = ["p50", "p95", "p99"] as const;

const quantileValues = (head: string, row: LatencyRow): HistoryValue[] =>
  quantiles.flatMap((quantile) => value(`${head}.${quantile}`, row[`${quantile}Ms`], "ms"));

function surfaceValues(row: LatencyRow): HistoryValue[] {
  const what = row.metric === "page" ? "page" : row.kind === "read" ? "response" : row.kind;
  return quantileValues(`${row.surface}.${what}`, row);
}

function endpointValues(row: LatencyRow): HistoryValue[] {
  if (row.endpoint === undefined) return [];
  const head = `${row.surface}.${row.endpoint}`;
  const errors = row.requests > 0 ? row.failed / row.requests : undefined;
  return [...quantileValues(head, row), ...value(`${head}.errors`, errors, "ratio")];
}

/** The most pods that the nightly run's load needed: the same load that needs more of them costs more. */
const replicaValues = ({ workloads }: AutoscalingReport): HistoryValue[] =>
  workloads.flatMap(({ workload, replicas }) =>
    value(`replicas.${workload}`, replicas?.most, "count"),
  );

/** The median of a workload's line is the run. */
const cpuValues = ({ series }: Report): HistoryValue[] =>
  series
    .filter(({ chart }) => chart === cpuPerRequestChart)
    .flatMap(({ label, points }) => {
      const sorted = points
        .map(([, each]) => each)
        .filter(Number.isFinite)
        .toSorted((a, b) => a - b);
      return value(cpuPerRequestMetric(label), rankQuantile(sorted, 0.5), "ms");
    });

const databaseValues = (database: DatabaseReport): HistoryValue[] => [
  ...value("database.query.p50", database.probe?.p50Ms, "ms"),
  ...value("database.query.p95", database.probe?.p95.point, "ms"),
  ...value("database.connections", database.connections?.most, "count"),
  ...value("database.lock-waits", database.lockWaitsMost, "count"),
  ...value("database.cache-hits", database.cacheHitRatio, "ratio"),
  ...value("database.replication-lag", database.replicationLagMostMs, "ms"),
];

function judgedValue(verdict: Report["verdicts"][number]): HistoryValue[] {
  if (verdict.outcome === "not-applicable") return [];
  const { observed, limit, checkId: metric, outcome } = verdict;
  const { good } = limit;
  // Neither more nor less of it is better: it has no trend.
  if (good === "at") return [];
  const [point, low, high, bound] = [observed.point, observed.low, observed.high, limit.value].map(
    storedNumber,
  );
  if (point === undefined || bound === undefined) return [];
  return [
    {
      metric,
      value: point,
      unit: observed.unit,
      low,
      high,
      outcome,
      limit: { value: bound, good },
    },
  ];
}
