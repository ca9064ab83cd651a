import type { Warning } from "../../src/domain/estimate.ts";
import type { ChangePoint } from "../../src/domain/history.ts";
import type { Count } from "../../src/domain/written.ts";

/** A value, or one of a burst, that left the level and came back. */
interface Outlier {
  /** Place in the series, from 0, gaps included. */
  readonly index: Count;
}

/** A pattern that was taken off before changes were looked for. */
export interface FoundPattern {
  /** Positions after which it repeats: 7 for a week of daily values. */
  readonly period: Count;
  /** Of each place in the period against the typical one, from position 0 on; absent where values are not all above 0. */
  readonly ratios?: readonly number[] | undefined;
  /** The same in the unit of the series, where there are no ratios. */
  readonly differences?: readonly number[] | undefined;
}

/** The smallest change at the end of the series that is found in about four of five cases. */
export interface SmallestDetectable {
  /** Values for which it has to last. */
  readonly lasting: Count;
  /** After over before, above 1; absent where values are not all above 0. */
  readonly ratio?: number | undefined;
  /** The same in the unit of the series, where there is no ratio. */
  readonly difference?: number | undefined;
}

export interface Detection {
  readonly changePoints: readonly ChangePoint[];
  /** Values that left the level and came back. */
  readonly outliers: readonly Outlier[];
  /** The repeating pattern that was taken off; absent where there is none. */
  readonly pattern?: FoundPattern | undefined;
  /** The values without the pattern, at the same indices; absent where there is none. */
  readonly levels?: readonly (number | undefined)[] | undefined;
  /** Absent with fewer than six values. */
  readonly smallestDetectable?: SmallestDetectable | undefined;
  /** What qualifies the result. */
  readonly warnings: readonly Warning[];
}

export interface DetectOptions {
  /** Smallest change to report, as a ratio: 0.05 is a factor of 1.05 up or down. 0 reports all. Default 0.05. */
  readonly minChange?: number;
  /** Of the simulated noise; by default taken from the order of the values, so that the same series gets the same answer. */
  readonly seed?: number;
  /**
   * Place in time of each value, whole numbers (the day of each nightly value), so that a week stays a week where days
   * have no value at all. Default: the index.
   */
  readonly positions?: readonly number[] | undefined;
}
