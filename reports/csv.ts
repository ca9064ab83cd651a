import { stringify } from "csv-stringify/sync";
import type { LatencyRow, Report } from "../src/domain/report.ts";
import type { Verdict } from "../src/domain/verdict.ts";
import { printable } from "./printable.ts";
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

type Cell = string | number | undefined;
type Row = Partial<Record<(typeof columns)[number], Cell>>;

/** `results.csv`: one number a row, in inside units and unrounded; an unknown number is an empty cell. */
export function csv(report: Report): string {
  const rows = [
    ...report.verdicts.map(verdictRow),
    ...throughputRows(report),
    ...report.latency.flatMap((row) => latencyRows("latency", row)),
    ...report.endpoints.flatMap((row) => latencyRows("endpoint", row)),
  ];
  const cells = rows.map((row) => columns.map((column) => safeCell(row[column])));
  return stringify([[...columns], ...cells]);
}

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

/** A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. */
function safeCell(cell: Cell): string {
  if (typeof cell !== "string") return cell === undefined ? "" : String(cell);
  const text = printable(cell, 2000);
  return /^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
}
