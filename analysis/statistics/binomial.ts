import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * P(X ≤ k) for X ~ Bin(n, p).
 * @param k whole number, any; below 0 gives 0, from n on 1 @param n ≥ 0 @param p in 0..1
 * @see Abramowitz & Stegun 26.5.24: P(X ≤ k) = I_{1−p}(n − k, k + 1)
 */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(1 - p, n - k, k + 1);
}

/** Ranks 1..n between which a quantile lies; absent on a side that n values cannot bound. */
export interface Ranks {
  readonly low?: number;
  readonly high?: number;
}

/** Rounding in p^n must not cost the last sample: 0.95^1 is a hair more than 1 − 0.05. */
const rounding = 1e-12;

/**
 * Ranks of the order statistics that bound the p-quantile of n independent values, each side with 1 − α.
 * @param n ≥ 0 @param p in (0, 1) @param alpha in (0, 0.5)
 * @see David & Nagaraja (2003), Order Statistics, 7.1
 */
export function binomialRanks(n: number, p: number, alpha: number): Ranks {
  // Smallest k whose value lies at or above the quantile with 1 − α; n + 1: none.
  const high = firstRank(n, (k) => binomialCdf(k - 1, n, p) >= 1 - alpha - rounding);
  // Largest k whose value lies at or below it with 1 − α; 0: none.
  const low = firstRank(n, (k) => binomialCdf(k - 1, n, p) > alpha + rounding) - 1;
  return { low: low >= 1 ? low : undefined, high: high <= n ? high : undefined };
}

/** Smallest k in 1..n for which a monotone condition holds; n + 1 where it never does. */
function firstRank(n: number, holds: (k: number) => boolean): number {
  let low = 1;
  let high = n + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
