import { Histogram } from "../../src/domain/histogram.ts";
import type { Series } from "../../src/domain/report.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { Measurements } from "../measurements/index.ts";
import { observationsNamed } from "./observed.ts";

/** Fewer probes than in so long make no p95 to speak of. */
const narrowestMs = 10_000;

/** Connections over the run, and the probe beside client and ingress. */
export const databaseSeries = (data: RunData, measured: Measurements): readonly Series[] =>
  [
    probeSeries(data, measured),
    connectionSeries(data, "connections", "Open on the server"),
    connectionSeries(data, "connections.active", "Running a statement"),
    connectionSeries(data, "connections.held", "Idle in a transaction for 5 s or more"),
  ].filter(({ points }) => points.length > 0);

/** Buckets in which p95 is unbounded are gaps. */
function probeSeries(data: RunData, { time: { loadStart }, buckets }: Measurements): Series {
  const widthMs = Math.max(buckets.widthMs, narrowestMs);
  const origin = buckets.startOf(loadStart);
  const byBucket = new Map<number, Histogram>();
  for (const { at, value } of observationsNamed(data, "probe.latency")) {
    const bucket = origin + Math.floor((at - origin) / widthMs) * widthMs;
    const known = byBucket.get(bucket) ?? new Histogram();
    known.record(value);
    byBucket.set(bucket, known);
  }
  const points = [...byBucket]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([at, histogram]) => {
      const p95 = histogram.quantile(0.95) ?? Infinity;
      return Number.isFinite(p95) ? [[at, p95] as const] : [];
    });
  return { chart: "correlation", label: "Database probe, p95", unit: "ms", style: "line", points };
}

const connectionSeries = (data: RunData, name: string, label: string): Series => ({
  chart: "database connections",
  section: "platform",
  label,
  unit: "count",
  style: "step",
  points: observationsNamed(data, name).map(({ at, value }) => [at, value] as const),
});
