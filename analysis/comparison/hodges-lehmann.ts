import { fewestValues, mannWhitneyBound, mannWhitneyCdf } from "./mann-whitney.ts";
import type { PairValues } from "./pair-values.ts";
import { differences, walshAverages } from "./pair-values.ts";
import { fewestPairs, signedRankBound, signedRankCdf } from "./signed-rank.ts";

/** By how much one sample lies above another, with its interval; in the unit of the values. */
export interface Shift {
  readonly point: number;
  /** Each bound alone holds with 1 − α; −Infinity or Infinity where the sample sets none. */
  readonly low: number;
  readonly high: number;
  /** The p value of "the shift is at most `limit`": small where the sample shows that it is more. */
  readonly chanceOfAtMost: (limit: number) => number;
}

/** Two numbers that differ by less come from the same calculation on the same values. */
export const rounding = 1e-12;

/**
 * Hodges–Lehmann estimate from paired values: the median of the Walsh averages of the differences, and the exact
 * interval from the signed-rank distribution. Assumes differences spread evenly around the shift, of any shape.
 * @param pairs differences candidate − baseline, finite, length ≥ 1 @param alpha of each side
 * @throws RangeError without pairs
 * @see Hodges & Lehmann (1963), Annals of Mathematical Statistics 34(2)
 */
export function pairedShift(pairs: readonly number[], alpha: number): Shift {
  const n = pairs.length;
  return shiftOf(walshAverages(pairs), signedRankBound(n, alpha), (w) => signedRankCdf(w, n));
}

/**
 * Hodges–Lehmann estimate from two independent samples: the median of all differences, and the exact interval from
 * the Mann–Whitney distribution. Assumes that the samples differ by a shift only.
 * @param baseline @param candidate finite, length ≥ 1 @param alpha of each side
 * @throws RangeError on an empty sample
 */
export function independentShift(
  baseline: readonly number[],
  candidate: readonly number[],
  alpha: number,
): Shift {
  const n = baseline.length;
  const m = candidate.length;
  const bound = mannWhitneyBound(n, m, alpha);
  return shiftOf(differences(baseline, candidate), bound, (u) => mannWhitneyCdf(u, n, m));
}

function shiftOf(values: PairValues, bound: number, cdf: (s: number) => number): Shift {
  const { count, kth, countAtMost } = values;
  if (count === 0) throw new RangeError("a shift needs at least one value on each side");
  return {
    point: (kth(Math.floor((count + 1) / 2)) + kth(Math.ceil((count + 1) / 2))) / 2,
    low: bound === 0 ? -Infinity : kth(bound),
    high: bound === 0 ? Infinity : kth(count + 1 - bound),
    chanceOfAtMost: (limit) => cdf(countAtMost(limit + rounding)),
  };
}

/**
 * The fewest pairs, or values in each sample, that are ever judged: where a bound can exist at all, and at least 5, so
 * that leaving out which rows belong together never lets fewer runs decide.
 */
export const fewestJudged = (design: "paired" | "independent", alpha: number): number =>
  Math.max(5, design === "paired" ? fewestPairs(alpha) : fewestValues(alpha));
