/** How the latency of one surface was distributed: over its requests, and over time. */
import type { Surface } from "./surface.ts";
import type { Milliseconds } from "./units.ts";
import type { Count, Instant, Real } from "./written.ts";

/** Of the requests that the p95 limit of a surface judges. */
export interface LatencyDistribution {
  /** Surface of the requests. */
  readonly surface: Surface;
  /** Requests of the judged phases, failed and dropped ones included. */
  readonly requests: Count;
  /**
   * Percentiles of the judged phases in ascending order: [share of the requests that took no longer, 0..1; milliseconds]. Infinite
   * where the requests without an answer begin. Only those beyond which at least ten requests lie.
   */
  readonly percentiles: readonly (readonly [share: number, ms: Real])[];
  /** All phases, by time and latency. */
  readonly overTime: LatencyOverTime;
}

/** Requests by time and latency. */
export interface LatencyOverTime {
  /** Length of a column, milliseconds; the last may be shorter. @exclusiveMinimum 0 */
  readonly columnMs: Milliseconds;
  /** Ends of the bands of latency in ascending order, milliseconds: band i holds what is above end i and at most end i + 1. */
  readonly bandEndsMs: readonly number[];
  /** In order of time; stretches without requests have none. */
  readonly columns: readonly LatencyColumn[];
}

/** One stretch of time. */
export interface LatencyColumn {
  /** Its start, epoch milliseconds. */
  readonly at: Instant;
  /** Answered requests by band of latency. */
  readonly counts: readonly Count[];
  /** Requests without a good answer. */
  readonly failed: Count;
  /** Median in milliseconds. */
  readonly p50Ms: Real;
  /** 95th percentile in milliseconds. */
  readonly p95Ms: Real;
}
