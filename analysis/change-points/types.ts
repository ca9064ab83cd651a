import type { Warning } from "../../src/domain/estimate.ts";
import type { ChangePoint } from "../../src/domain/history.ts";

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
