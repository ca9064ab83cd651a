import type { Count, Ratio, Real } from "./written.ts";
import type { UnitName } from "./units.ts";

/** A sentence that qualifies a number instead of hiding it: "needs ≥ 59 samples for a 95 % bound of p95". */
export interface Warning {
  /** Stable, kebab-case: what kind of warning it is. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
}

/**
 * A number that carries its own doubt. `low` and `high` bound the two-sided interval; ±Infinity says
 * that the sample sets no bound on that side. Never built from zero samples.
 */
export interface Estimate {
  /** The best single value. */
  readonly point: Real;
  /** Lower end of the interval. */
  readonly low: Real;
  /** Upper end of the interval. */
  readonly high: Real;
  /** Unit of `point`, `low` and `high`. */
  readonly unit: UnitName;
  /** 0..1, of the two-sided interval [low, high]; each side alone holds with (1 + confidence) / 2. */
  readonly confidence: Ratio;
  /** Values that the estimate was made from. */
  readonly sampleCount: Count;
  /** How the interval was made, in a few words: "order statistic, effective sample size". */
  readonly method: string;
  /** What qualifies the number; empty where nothing does. */
  readonly warnings: readonly Warning[];
}
