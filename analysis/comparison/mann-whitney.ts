/**
 * Mann and Whitney's statistic U: how many of all pairs (one value of each sample) have the second value greater. Its
 * distribution is that without ties, exact up to 50 × 50 values. Ties count against the claim, as in `signed-rank.ts`.
 */
import { normalCdf } from "../statistics/normal-cdf.ts";
import { rankBound } from "./rank-bound.ts";

/** Pairs of values. Above, the normal distribution with continuity correction is within 0.0005. */
export const exactProduct = 2500;

/** @param u any @param n, m values of each sample, ≥ 1 @returns P(U ≤ u) */
export function mannWhitneyCdf(u: number, n: number, m: number): number {
  if (u < 0) return 0;
  if (u >= n * m) return 1;
  if (n * m <= exactProduct) return exactCdf(Math.min(n, m), Math.max(n, m))[Math.floor(u)] ?? 1;
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
  return normalCdf((Math.floor(u) + 0.5 - (n * m) / 2) / deviation);
}

/** Which of the sorted differences, counted from either end, bounds the shift with 1 − α. @returns 0: none does */
export const mannWhitneyBound = (n: number, m: number, alpha: number): number =>
  rankBound(n * m, (u) => mannWhitneyCdf(u, n, m), alpha);

/** The fewest values in each of two equal samples that can bound a shift with 1 − α: 1 / C(2n, n) ≤ α. */
export function fewestValues(alpha: number): number {
  let n = 1;
  for (let chance = 1 / 2; chance > alpha + 1e-12; n++) chance *= (n + 1) / (2 * (2 * n + 1));
  return n;
}

const known = new Map<string, Float64Array>();

/**
 * P(i, j, u) = i/(i+j) · P(i−1, j, u−j) + j/(i+j) · P(i, j−1, u), by whether the largest of all values is of the
 * first sample or the second (Mann & Whitney 1947, Annals of Mathematical Statistics 18(1)).
 */
function exactCdf(n: number, m: number): Float64Array {
  const key = `${n} ${m}`;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  let row: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= n; i++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= m; j++) next.push(joined(row[j], next[j - 1], i, j));
    row = next;
  }
  const chances = row[m] ?? new Float64Array();
  for (let u = 1; u < chances.length; u++) chances[u] = (chances[u] ?? 0) + (chances[u - 1] ?? 0);
  known.set(key, chances);
  return chances;
}

function joined(
  fewerFirst: Float64Array | undefined,
  fewerSecond: Float64Array | undefined,
  i: number,
  j: number,
): Float64Array {
  const chances = new Float64Array(i * j + 1);
  for (let u = 0; u <= i * j; u++) {
    const first = u >= j ? (fewerFirst?.[u - j] ?? 0) : 0;
    chances[u] = (i * first + j * (fewerSecond?.[u] ?? 0)) / (i + j);
  }
  return chances;
}
