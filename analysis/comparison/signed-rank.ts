/**
 * Wilcoxon's signed-rank statistic W: the sum of the ranks of the positive differences. Its distribution is that
 * without ties, exact up to 100 pairs. Ties and zeros: pair values that equal the tested value count against the
 * claim, so that tied data make wider intervals and larger p values, never narrower ones.
 */
import { normalCdf } from "../statistics/normal-cdf.ts";
import { rankBound } from "./rank-bound.ts";

/** Above, the normal distribution with continuity correction is within 0.0005 in the tails that count. */
export const exactPairs = 100;

/** @param w any @param n pairs, ≥ 1 @returns P(W ≤ w) */
export function signedRankCdf(w: number, n: number): number {
  if (w < 0) return 0;
  const largest = (n * (n + 1)) / 2;
  if (w >= largest) return 1;
  if (n <= exactPairs) return exactCdf(n)[Math.floor(w)] ?? 1;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  return normalCdf((Math.floor(w) + 0.5 - largest / 2) / deviation);
}

/** Which of the sorted Walsh averages, counted from either end, bounds the shift with 1 − α. @returns 0: none does */
export const signedRankBound = (n: number, alpha: number): number =>
  rankBound((n * (n + 1)) / 2, (w) => signedRankCdf(w, n), alpha);

/** The fewest pairs that can bound a shift with 1 − α: the smallest n with 2⁻ⁿ ≤ α. 5 for 0.05, 7 for 0.01. */
export const fewestPairs = (alpha: number): number => Math.ceil(-Math.log2(alpha) - 1e-9);

const known = new Map<number, Float64Array>();

/** Every rank 1..n is positive or negative with even chances: convolve one after the other. */
function exactCdf(n: number): Float64Array {
  const remembered = known.get(n);
  if (remembered !== undefined) return remembered;
  const largest = (n * (n + 1)) / 2;
  const chances = new Float64Array(largest + 1);
  chances[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let w = (rank * (rank + 1)) / 2; w >= 0; w--) {
      const without = chances[w] ?? 0;
      const withRank = w >= rank ? (chances[w - rank] ?? 0) : 0;
      chances[w] = (without + withRank) / 2;
    }
  }
  for (let w = 1; w <= largest; w++) chances[w] = (chances[w] ?? 0) + (chances[w - 1] ?? 0);
  known.set(n, chances);
  return chances;
}
