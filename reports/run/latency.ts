import { formatLatency } from "../../src/domain/number-text.ts";
import { isJudgedByLatency } from "../../src/domain/latency-objective.ts";
import type { LatencyRow, Report } from "../../src/domain/report.ts";
import { surfaces } from "../../src/domain/surface.ts";
import {
  column,
  itemTable,
  nothing,
  numberColumn,
  rest,
  type Cell,
  type ColumnOf,
  type Part,
} from "../kit/block.ts";
import { isJudged, kindNames, surfaceNames } from "../wording.ts";
import * as words from "./words.ts";

const quantiles: readonly ColumnOf<LatencyRow>[] = [
  words.latency("p50", "p50", ({ p50Ms }) => p50Ms),
  words.latency("p95", "p95", ({ p95Ms }) => p95Ms),
  words.latency("p99", "p99", ({ p99Ms }) => p99Ms),
  words.latency("max", "Largest", ({ maxMs }) => maxMs),
];

const counts: readonly ColumnOf<LatencyRow>[] = [
  words.count("requests", "Requests", ({ requests }) => requests),
  words.perMinute("rate", "Rate", ({ requestsPerMinute }) => requestsPerMinute),
  numberColumn("failed", "Failed", ({ failed, requests }) => words.countAndShare(failed, requests)),
  words.count("dropped", "Dropped", ({ dropped }) => dropped),
];

/** Latency of each surface and kind of request over the judged phases. */
export function latency(report: Report): Part {
  const head = { id: "latency", title: "Latency" };
  if (report.latency.length === 0)
    return { ...head, blocks: [nothing("No request was measured.")] };
  return {
    ...head,
    lead: "Response is the duration plus the lag behind the intended start; page is a document with its assets. Failed and dropped requests count as slower than any limit.",
    blocks: itemTable("latency", "Latency per surface and kind", inSurfaceOrder(report.latency), [
      column(
        "of",
        "Requests of",
        ({ surface, kind }) => `${surfaceNames[surface]} ${kindNames[kind]}`,
      ),
      column("metric", "Metric", ({ metric }) => metric),
      ...counts,
      ...quantiles,
    ]),
  };
}

const endpointName = column("endpoint", "Endpoint", ({ endpoint }: LatencyRow) => endpoint ?? "");

/** Columns of a text, which has no bars. */
export const endpointColumns: readonly ColumnOf<LatencyRow>[] = [
  endpointName,
  column("kind", "Kind", ({ kind }) => kind),
  ...quantiles,
  ...counts,
];

export const slowestFirst = (rows: readonly LatencyRow[]): readonly LatencyRow[] =>
  rows.toSorted((a, b) => p95Of(b) - p95Of(a));

const mostEndpoints = 120;

/** Every endpoint, slowest first within its surface, with a bar for p95. */
export function endpoints(report: Report): Part {
  const head = { id: "endpoints", title: "Endpoints" };
  if (report.endpoints.length === 0)
    return { ...head, blocks: [nothing("No endpoint was measured.")] };
  const shown = slowestFirst(report.endpoints).slice(0, mostEndpoints);
  return {
    ...head,
    lead: "Slowest first within each surface; the mark on a bar is the limit of the surface.",
    blocks: [
      ...itemTable(
        "endpoints",
        "Endpoints by surface",
        inSurfaceOrder(shown),
        [
          endpointName,
          column("kind", "Kind", ({ kind }) => kind),
          column("against", "p95 against the limit", (row) => p95Bar(row, shown, report)),
          ...quantiles,
          ...counts,
        ],
        ({ surface }) => surfaceNames[surface],
      ),
      ...rest(report.endpoints.length - shown.length, "faster endpoints are in results.csv."),
    ],
  };
}

/** All bars of a surface have one scale. */
function p95Bar(row: LatencyRow, all: readonly LatencyRow[], report: Report): Cell {
  const { p95Ms, surface } = row;
  if (p95Ms === undefined) return "";
  const limit = limitOf(report, row);
  const values = all.filter((each) => each.surface === surface).map(p95Of);
  const most = Math.max(...values.filter(Number.isFinite), limit ?? 0);
  const text = `p95 ${formatLatency(p95Ms)}`;
  return { text, value: p95Ms, shown: { bar: { value: p95Ms, most, limit, label: text } } };
}

/** The p95 limit of the surface, for what it judges. */
function limitOf({ verdicts }: Report, row: LatencyRow): number | undefined {
  if (!isJudgedByLatency(row)) return undefined;
  return verdicts
    .filter(isJudged)
    .find(
      ({ checkId, limit }) => checkId === `${row.surface}.${row.metric}.p95` && limit.unit === "ms",
    )?.limit.value;
}

const p95Of = (row: LatencyRow): number => row.p95Ms ?? -1;

const inSurfaceOrder = (rows: readonly LatencyRow[]): readonly LatencyRow[] =>
  surfaces.flatMap((surface) => rows.filter((row) => row.surface === surface));
