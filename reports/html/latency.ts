import {
  formatCount,
  formatLatency,
  formatShare,
  formatValue,
} from "../../src/domain/number-text.ts";
import { isJudgedByLatency } from "../../src/domain/latency-objective.ts";
import type { LatencyRow, Report } from "../../src/domain/report.ts";
import { surfaces, type Surface } from "../../src/domain/surface.ts";
import { markup, type Fragment } from "../markup.ts";
import { inlineBar } from "../svg/inline-bar.ts";
import { isJudged, kindNames, surfaceNames } from "../wording.ts";
import { nothing, section, table, type Column, type Row, type Section } from "../kit/layout.ts";

const numeric = (title: string): Column => ({ title, numeric: true });
const quantiles = [numeric("p50"), numeric("p95"), numeric("p99"), numeric("Largest")];
const counts = [numeric("Requests"), numeric("Rate"), numeric("Failed"), numeric("Dropped")];

const lead =
  "Response is the duration plus the lag behind the intended start; page is a document with its assets. Failed and dropped requests count as slower than any limit.";

/** Latency of each surface and kind of request over the judged phases. */
export function latency(report: Report): Section {
  const title = "Latency";
  if (report.latency.length === 0)
    return section("latency", title, undefined, nothing("No request was measured."));
  const rows = inSurfaceOrder(report.latency).map(latencyCells);
  const columns = [{ title: "Requests of" }, { title: "Metric" }, ...counts, ...quantiles];
  return section("latency", title, lead, table("Latency per surface and kind", columns, rows));
}

const latencyCells = (row: LatencyRow): readonly Fragment[] => [
  `${surfaceNames[row.surface]} ${kindNames[row.kind]}`,
  row.metric,
  ...countCells(row),
  ...quantileCells(row),
];

const mostEndpoints = 120;

/** Every endpoint, slowest first within its surface, with a bar for p95. */
export function endpoints(report: Report): Section {
  const title = "Endpoints";
  if (report.endpoints.length === 0)
    return section("endpoints", title, undefined, nothing("No endpoint was measured."));
  const shown = report.endpoints.toSorted((a, b) => p95Of(b) - p95Of(a)).slice(0, mostEndpoints);
  const rows = surfaces.flatMap((surface) => surfaceRows(surface, shown, report));
  const columns = [
    { title: "Endpoint" },
    { title: "Kind" },
    { title: "p95 against the limit" },
    ...quantiles,
    ...counts,
  ];
  const more = report.endpoints.length - shown.length;
  return section(
    "endpoints",
    title,
    "Slowest first within each surface; the mark on a bar is the limit of the surface.",
    [
      table("Endpoints by surface", columns, rows),
      more > 0 && markup`<p class="muted">${more} faster endpoints are in results.csv.</p>`,
    ],
  );
}

function surfaceRows(surface: Surface, all: readonly LatencyRow[], report: Report): readonly Row[] {
  const rows = all.filter((row) => row.surface === surface);
  if (rows.length === 0) return [];
  const most = Math.max(...rows.map(p95Of).filter(Number.isFinite), 0);
  return [
    { group: surfaceNames[surface] },
    ...rows.map((row) => endpointRow(row, most, limitOf(report, row))),
  ];
}

function endpointRow(
  row: LatencyRow,
  most: number,
  limit: number | undefined,
): readonly Fragment[] {
  const name = row.endpoint ?? "";
  const bar =
    row.p95Ms !== undefined &&
    inlineBar({
      value: row.p95Ms,
      most: Math.max(most, limit ?? 0),
      label: `p95 ${formatLatency(row.p95Ms)}`,
      ...(limit !== undefined && { limit }),
    });
  return [name, row.kind, bar, ...quantileCells(row), ...countCells(row)];
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

const quantileCells = (row: LatencyRow): readonly Fragment[] =>
  [row.p50Ms, row.p95Ms, row.p99Ms, row.maxMs].map(formatLatency);

const countCells = (row: LatencyRow): readonly Fragment[] => [
  formatCount(row.requests),
  formatValue(row.requestsPerMinute, "1/min"),
  row.failed === 0
    ? formatCount(0)
    : markup`${formatCount(row.failed)} <span class="muted">${formatShare(row.failed, row.requests)}</span>`,
  formatCount(row.dropped),
];
