import type { UnitName } from "./units.ts";

/** A sentence that qualifies a number instead of hiding it: "needs ≥ 59 samples for a 95 % bound of p95". */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/**
 * A number that carries its own doubt. `low` and `high` bound the two-sided interval; ±Infinity says
 * that the sample sets no bound on that side. Never built from zero samples.
 */
export interface Estimate {
  readonly point: number;
  readonly low: number;
  readonly high: number;
  readonly unit: UnitName;
  /** 0..1, of the two-sided interval [low, high]; each side alone holds with (1 + confidence) / 2. */
  readonly confidence: number;
  readonly sampleCount: number;
  /** How the interval was made, in a few words: "order statistic, effective sample size". */
  readonly method: string;
  readonly warnings: readonly Warning[];
}
