import type { WorkloadScaling } from "../src/domain/autoscaling.ts";
import type { BrowserReport } from "../src/domain/browser.ts";
import type { DatabaseReport } from "../src/domain/database.ts";
import type { Estimate } from "../src/domain/estimate.ts";
import type { LatencyRow, Report } from "../src/domain/report.ts";
import type { Verdict } from "../src/domain/verdict.ts";
import { csvFile, type CsvCell } from "./kit/csv.ts";
import { isJudged } from "./wording.ts";

const columns = [
  "kind",
  "id",
  "surface",
  "endpoint",
  "metric",
  "value",
  "low",
  "high",
  "unit",
  "n",
  "limit",
  "outcome",
] as const;

type Page = BrowserReport["pages"][number];
type Row = Partial<Record<(typeof columns)[number], CsvCell>>;

/**
 * `results.csv`: what the run came to, then one number a row, in inside units and unrounded; an unknown number is an
 * empty cell.
 */
export function csv(report: Report): string {
  const rows = [
    runRow(report),
    ...report.verdicts.map(verdictRow),
    ...throughputRows(report),
    ...report.latency.flatMap((row) => latencyRows("latency", row)),
    ...report.endpoints.flatMap((row) => latencyRows("endpoint", row)),
    ...platformRows(report),
  ];
  return csvFile(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
}

/** Verdicts of a run that is invalid or broke off may all pass: the first row says what they are worth. */
const runRow = ({ run, exitStatus, outcome }: Report): Row => ({
  kind: "run",
  id: run.id,
  metric: "exit status",
  value: exitStatus,
  outcome,
});

function verdictRow(verdict: Verdict): Row {
  const { checkId: id, surface, outcome } = verdict;
  const row: Row = { kind: "verdict", id, surface, outcome };
  if (!isJudged(verdict)) return row;
  const { point: value, low, high, unit, sampleCount: n } = verdict.observed;
  return { ...row, metric: "observed", value, low, high, unit, n, limit: verdict.limit.value };
}

function throughputRows({ throughput }: Report): readonly Row[] {
  if (throughput === undefined) return [];
  const { point: value, low, high, unit, sampleCount: n } = throughput.achieved;
  const row: Row = { kind: "throughput", id: "throughput", unit };
  return [
    { ...row, metric: "offered", value: throughput.offered },
    { ...row, metric: "achieved", value, low, high, n },
  ];
}

function latencyRows(kind: "latency" | "endpoint", row: LatencyRow): readonly Row[] {
  const base: Row = {
    kind,
    id: `${row.surface}.${row.metric}.${row.kind}`,
    surface: row.surface,
    endpoint: row.endpoint,
  };
  const numbers: readonly [metric: string, value: number | undefined, unit: string][] = [
    ["requests", row.requests, "count"],
    ["failed", row.failed, "count"],
    ["dropped", row.dropped, "count"],
    ["rate", row.requestsPerMinute, "1/min"],
    ["p50", row.p50Ms, "ms"],
    ["p95", row.p95Ms, "ms"],
    ["p99", row.p99Ms, "ms"],
    ["max", row.maxMs, "ms"],
  ];
  const toRow = ([metric, value, unit]: (typeof numbers)[number]): Row => ({
    ...base,
    metric,
    value,
    unit,
    n: row.requests,
  });
  return numbers.map(toRow);
}

type Figure = readonly [
  metric: string,
  value?: number | undefined,
  unit?: string,
  n?: number | undefined,
];

/** Pods, pages and the database: what was not observed has no row. */
function platformRows({ autoscaling, browser, database }: Report): readonly Row[] {
  return [
    ...(autoscaling?.workloads ?? []).flatMap(scalingRows),
    ...(browser?.pages ?? []).flatMap(pageRows),
    ...(database === undefined ? [] : databaseRows(database)),
  ];
}

function scalingRows({ workload: id, autoscaler, replicas, timeToServe }: WorkloadScaling) {
  const numbers: readonly Figure[] = [
    ["replicas allowed, least", autoscaler?.minReplicas, "count"],
    ["replicas allowed, most", autoscaler?.maxReplicas, "count"],
    ["replicas at the start", replicas?.atStart, "count"],
    ["replicas, least", replicas?.least, "count"],
    ["replicas, most", replicas?.most, "count"],
    ["replicas at the end", replicas?.atEnd, "count"],
    ...timeToServe.flatMap(({ from, to, totalMs, parts }): readonly Figure[] => [
      [`time to serve ${from} to ${to}`, totalMs, "ms"],
      ...parts.map(({ name, ms }): Figure => [`time to serve ${from} to ${to}, ${name}`, ms, "ms"]),
    ]),
  ];
  return numberRows({ kind: "autoscaling", id }, numbers);
}

function pageRows({ page: id, loads, failed, loadP50Ms, loadP95, vitals, slowestAsset }: Page) {
  const numbers: readonly Figure[] = [
    ["loads", loads, "count"],
    ["failed", failed, "count"],
    ["load p50", loadP50Ms, "ms", loads],
    ...vitals.map(({ name, p75, sampleCount }): Figure => [
      `${name} p75`,
      p75,
      name === "CLS" ? "count" : "ms",
      sampleCount,
    ]),
    ["slowest asset p95", slowestAsset?.p95Ms, "ms", slowestAsset?.sampleCount],
  ];
  const base: Row = { kind: "page", id };
  return [...estimateRows(base, "load p95", loadP95), ...numberRows(base, numbers)];
}

function databaseRows(seen: DatabaseReport): readonly Row[] {
  const { probe, connections, statements } = seen;
  const base: Row = { kind: "database", id: "database" };
  return [
    ...estimateRows(base, "probe p95", probe?.p95),
    ...numberRows(base, [
      ["probe p50", probe?.p50Ms, "ms", probe?.p95.sampleCount],
      ["probe failed", probe?.failed, "count"],
      ["connections, most", connections?.most, "count"],
      ["connections allowed", connections?.limit, "count"],
      ["lock waits, most", seen.lockWaitsMost, "count"],
      ["cache hits", seen.cacheHitRatio, "ratio"],
      ["replication lag, most", seen.replicationLagMostMs, "ms"],
    ]),
    ...statements.flatMap(({ query: id, calls, meanMs, timeShare, rowsPerCall }) =>
      numberRows({ kind: "statement", id }, [
        ["calls", calls, "count"],
        ["mean", meanMs, "ms", calls],
        ["share of time", timeShare, "ratio", calls],
        ["rows per call", rowsPerCall, "count", calls],
      ]),
    ),
  ];
}

const numberRows = (base: Row, numbers: readonly Figure[]): readonly Row[] =>
  numbers.flatMap(([metric, value, unit, n]) =>
    value === undefined ? [] : [{ ...base, metric, value, unit, n }],
  );

function estimateRows(base: Row, metric: string, estimate: Estimate | undefined): readonly Row[] {
  if (estimate === undefined) return [];
  const { point: value, low, high, unit, sampleCount: n } = estimate;
  return [{ ...base, metric, value, low, high, unit, n }];
}
