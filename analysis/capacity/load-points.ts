import { median } from "simple-statistics";
import type { Warning } from "../../src/domain/estimate.ts";
import type { LoadPoint } from "./fit-scalability.ts";

/** One line of a table of loads, as somebody measured it. */
export interface LoadRow {
  readonly load: number;
  /** Completed per second. */
  readonly throughput: number;
  /** Mean response time in seconds. */
  readonly latencySeconds?: number | undefined;
  readonly isGeneratorLimited?: boolean | undefined;
}

/** What the column of loads holds: requests in the system, arrivals per second, or one of the two. */
export type LoadKind = "concurrency" | "rate" | "unknown";

export interface LoadPoints {
  readonly points: readonly LoadPoint[];
  readonly reading: "concurrency" | "rate";
  readonly warnings: readonly Warning[];
}

/** Concurrency that differs from X·R by more than this share was not what was in the system. */
const littleTolerance = 0.2;

/**
 * Concurrency of each level: as given, or N = X·R (Little's law) where arrivals per second were given.
 * An unnamed load is read as what fits Little's law better, and the answer says which.
 * @throws RangeError where the loads are rates and a latency is missing
 */
export function loadPoints(rows: readonly LoadRow[], kind: LoadKind): LoadPoints {
  const reading = kind === "unknown" ? likelyReading(rows) : kind;
  const warnings: Warning[] = [];
  if (kind === "unknown" && reading === "rate")
    warnings.push({
      code: "load-read-as-rate",
      message:
        "load follows throughput, not throughput × latency: it was read as arrivals per second",
    });
  if (reading === "concurrency") {
    const gap = littleGap(rows);
    if (gap !== undefined && gap > littleTolerance)
      warnings.push({
        code: "concurrency-unlike-littles-law",
        message: `concurrency differs from throughput × latency by ${Math.round(gap * 100)} % (median): think time, a latency that is no mean, or another unit (--latency-unit)`,
      });
  }
  const points = rows.map((row) => ({
    concurrency: reading === "rate" ? row.throughput * requiredLatency(row) : row.load,
    throughput: row.throughput,
    isGeneratorLimited: row.isGeneratorLimited,
  }));
  return { points, reading, warnings };
}

function requiredLatency({ latencySeconds }: LoadRow): number {
  if (latencySeconds === undefined)
    throw new RangeError("a rate needs a latency: concurrency = throughput × latency");
  return latencySeconds;
}

function likelyReading(rows: readonly LoadRow[]): "concurrency" | "rate" {
  const timed = rows.filter(({ latencySeconds }) => latencySeconds !== undefined);
  if (timed.length < rows.length || timed.length === 0) return "concurrency";
  const distance = (of: (row: LoadRow) => number): number =>
    median(timed.map((row) => Math.abs(Math.log(row.load / of(row)))));
  const asConcurrency = distance((row) => row.throughput * requiredLatency(row));
  return distance(({ throughput }) => throughput) < asConcurrency ? "rate" : "concurrency";
}

/** Median of |N / (X·R) − 1| where latencies are known. */
function littleGap(rows: readonly LoadRow[]): number | undefined {
  const gaps = rows.flatMap((row) =>
    row.latencySeconds === undefined
      ? []
      : [Math.abs(row.load / (row.throughput * row.latencySeconds) - 1)],
  );
  return gaps.length === 0 ? undefined : median(gaps);
}
