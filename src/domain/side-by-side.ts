/** Two runs beside each other, as `headroom compare BEFORE AFTER` shows them. */
import type { LatencyRow, Report } from "./report.ts";
import type { RunDifference } from "./run-difference.ts";
import type { RequestKind, Surface } from "./surface.ts";
import type { JudgedVerdict, Limit } from "./verdict.ts";

export interface SideBySide {
  readonly before: Report;
  readonly after: Report;
  readonly differences: readonly RunDifference[];
  /** Of objectives and checks that were judged in both. */
  readonly metrics: readonly ComparedMetric[];
  /** Titles of what was judged in one of them alone. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  readonly latency: readonly ComparedRow[];
  readonly contributions: Contributions;
}

export interface ComparedMetric {
  readonly id: string;
  readonly title: string;
  readonly before: JudgedVerdict;
  readonly after: JudgedVerdict;
  /** The limits differ. */
  readonly limits?: readonly [before: Limit, after: Limit] | undefined;
  /** after / before, absent where a side is 0 or unbounded. */
  readonly change?: Change | undefined;
}

export interface Change {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export interface ComparedRow {
  readonly before: LatencyRow;
  readonly after: LatencyRow;
}

/** One endpoint in both runs; figures of a run that did not ask it are absent. */
export interface Contribution {
  readonly surface: Surface;
  readonly kind: RequestKind;
  readonly endpoint: string;
  readonly before: EndpointFigures;
  readonly after: EndpointFigures;
  /** What it adds to the change of the mean, milliseconds: `slowerMs` + `mixMs`. */
  readonly addsMs: number;
  /** Because it became slower. */
  readonly slowerMs: number;
  /** Because it, dearer or cheaper than the mean, has another share of the requests. */
  readonly mixMs: number;
  /** What it adds to the change of the share of requests that failed. */
  readonly addsFailedRatio: number;
}

export interface EndpointFigures {
  readonly requests: number;
  /** Of all requests that were answered, 0..1. */
  readonly share: number;
  /** Of the requests that were answered. */
  readonly meanMs?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly failed: number;
}

export interface Contributions {
  /** Those that add most first, in either direction. */
  readonly endpoints: readonly Contribution[];
  readonly before: RunMean;
  readonly after: RunMean;
}

/** Over all requests of users in the judged phases. */
export interface RunMean {
  readonly requests: number;
  readonly meanMs?: number | undefined;
  readonly failedRatio: number;
}
