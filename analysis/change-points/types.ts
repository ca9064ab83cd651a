import type { Warning } from "../../src/domain/estimate.ts";

/** A lasting change of level. Indices count the values as given, gaps included, from 0. */
export interface ChangePoint {
  /** First value after the change. */
  readonly index: number;
  /** Medians of the values up to the change before and up to the next one, in the unit of the series. */
  readonly before: number;
  readonly after: number;
  /** After over before (Hodges–Lehmann) with its two-sided 95 % interval; absent where the level before is not above 0. */
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
  /** Probability that noise alone, correlated as the series is, has a change as clear as this one. */
  readonly p: number;
}

/** A value, or one of a burst, that left the level and came back. */
interface Outlier {
  readonly index: number;
}

export interface Detection {
  readonly changePoints: readonly ChangePoint[];
  readonly outliers: readonly Outlier[];
  readonly warnings: readonly Warning[];
}

export interface DetectOptions {
  /** Smallest change worth telling, as a ratio: 0.05 is a factor of 1.05 up or down. 0 tells all. Default 0.05. */
  readonly minChange?: number;
  /** Of the simulated noise; by default taken from the order of the values, so that the same series gets the same answer. */
  readonly seed?: number;
}
