/** What a comparison of a candidate with a baseline comes to: shared by `compare` and the release gate. */
import type { Warning } from "./estimate.ts";
import type { UnitName } from "./units.ts";
import type { Count, Ratio, Real } from "./written.ts";

export type ComparisonOutcome = "pass" | "fail" | "inconclusive";

/** Which direction of a value is better. */
export type Better = "lower" | "higher";

/** Is the candidate more than the margin worse than the baseline? Ratios are candidate / baseline. */
export interface Comparison {
  /** `fail`: more than the margin worse. */
  readonly outcome: ComparisonOutcome;
  /** Candidate / baseline. */
  readonly ratio: Real;
  /** Lower end of the interval; 0 where the samples set no bound. */
  readonly low: Real;
  /** Upper end of the interval; Infinity where the samples set no bound. */
  readonly high: Real;
  /** 0..1, of the two-sided interval [low, high]; each side alone holds with (1 + confidence) / 2. */
  readonly confidence: Ratio;
  /** Values of the baseline. */
  readonly nBaseline: Count;
  /** Values of the candidate. */
  readonly nCandidate: Count;
  /**
   * The ratio closest to 1 on the bad side that samples like these call a FAIL with a chance of 80 %; above 1 where
   * lower is better, below 1 where higher is. Infinity (or 0): no change of any size would have been seen.
   */
  readonly minimumDetectableRatio: Real;
  /** How the interval was made, in a few words. */
  readonly method: string;
  /** What qualifies the result. */
  readonly warnings: readonly Warning[];
  /** One sentence for people. */
  readonly reason: string;
  /** The p value of "at most the margin worse"; FAIL where it is at most α. 1 where there is too little to judge. */
  readonly chanceOfNoRegression: Ratio;
}

/** Of interleaved runs. */
export interface PairComparison extends Comparison {
  /** How the runs were arranged. */
  readonly design: DesignChoice;
}

export interface DesignChoice {
  /** Whether runs are compared in pairs. */
  readonly design: "paired" | "independent";
  /** Why that design was chosen. */
  readonly reason: string;
}

/** A metric with what it takes to judge it. */
export interface MetricHead {
  /** Stable id: `api.response.p95`. */
  readonly id: string;
  /** Title for people. */
  readonly title: string;
  /** Only required metrics decide; the others are findings that name the culprit. */
  readonly required: boolean;
}

/** What the comparison of a metric comes to among the others. */
export interface MetricOutcome {
  /** Result among all metrics. */
  readonly outcome: ComparisonOutcome;
  /** The p value was compared with this level; required metrics only. */
  readonly holmLevel?: Ratio;
  /** The result in one sentence. */
  readonly reason: string;
}

/** One metric among all, with the medians of both sides; absent where a side has no value. */
export interface MetricResult extends MetricHead, MetricOutcome {
  /** Unit of its values. */
  readonly unit: UnitName;
  /** Which direction is better. */
  readonly better: Better;
  /** Median of the baseline's runs. */
  readonly baselineMedian?: Real;
  /** Median of the candidate's runs. */
  readonly candidateMedian?: Real;
}

/** An analysis of the pairs so far, planned before the first run: an interim one or the final one. */
export interface InterimAnalysis {
  /** Pairs after which it takes place. */
  readonly pairs: Count;
  /** Error probability that it may spend, on each side of each interval. */
  readonly alpha: Ratio;
}
