import { Histogram } from "../src/domain/histogram.ts";
import { isJudgedByLatency } from "../src/domain/latency-objective.ts";
import type { LatencyRow } from "../src/domain/report.ts";
import type { RequestKind } from "../src/domain/surface.ts";
import { requestKinds, surfaces } from "../src/domain/surface.ts";
import type { EndpointMeasurements } from "./measurements/endpoints.ts";
import type { Measurements } from "./measurements/index.ts";
import { latencyGroup } from "./measurements/index.ts";

type RowKey = Pick<LatencyRow, "metric" | "surface" | "kind">;

/** One row per metric, surface and kind over the judged phases; those that a p95 limit judges hold the dropped requests as infinite. */
export function latencyRows(measured: Measurements): LatencyRow[] {
  const rows = [...measured.surfaces.groups.values()].map((group) => {
    const sent = Histogram.merged(group.batches);
    const whole = isJudgedByLatency(group)
      ? Histogram.merged(latencyGroup(measured, group.surface)?.batches ?? [])
      : sent;
    return rowOf(group, sent, whole, measured.time.durationMs);
  });
  return rows.toSorted(byKey);
}

/** One row per endpoint over the judged phases, writes, sign-ins and assets included. */
export const endpointRows = (measured: Measurements): LatencyRow[] =>
  measured.endpoints
    .filter(({ judged }) => judged.count > 0)
    .map((endpoint) => endpointRow(endpoint, measured.time.durationMs))
    .toSorted(byKey);

const endpointRow = (endpoint: EndpointMeasurements, durationMs: number): LatencyRow => ({
  ...rowOf(endpoint, endpoint.judged, endpoint.judged, durationMs),
  endpoint: endpoint.endpoint,
});

/** @param sent what was measured @param whole the same with dropped requests, which the quantiles read */
function rowOf(key: RowKey, sent: Histogram, whole: Histogram, durationMs: number): LatencyRow {
  const p50Ms = whole.quantile(0.5);
  const p95Ms = whole.quantile(0.95);
  const p99Ms = whole.quantile(0.99);
  return {
    metric: key.metric,
    surface: key.surface,
    kind: key.kind,
    requests: sent.count,
    failed: sent.infinite,
    dropped: whole.count - sent.count,
    requestsPerMinute: durationMs === 0 ? 0 : sent.count / (durationMs / 60_000),
    p50Ms,
    p95Ms,
    p99Ms,
    maxMs: sent.max,
  };
}

const order = (row: LatencyRow): number =>
  surfaces.indexOf(row.surface) * 100 + kindOrder(row.kind) * 10 + (row.metric === "page" ? 0 : 1);

const kindOrder = (kind: RequestKind): number => requestKinds.indexOf(kind);

const byKey = (a: LatencyRow, b: LatencyRow): number =>
  order(a) - order(b) || ((a.endpoint ?? "") < (b.endpoint ?? "") ? -1 : 1);
