import type { Estimate } from "../../src/domain/estimate.ts";
import type { BatchedHits } from "./batches.ts";
import { batchCount, varianceInflation } from "./batches.ts";
import { incompleteBeta, inverseIncompleteBeta } from "./incomplete-beta.ts";
import { oneSidedAlpha } from "./quantile-interval.ts";
import { studentTQuantile } from "./student-t.ts";

/** Lower and upper end of a share, each in 0..1. */
export interface ProportionBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Exact bounds of a share, each side with 1 − α.
 * @param hits ≥ 0, not necessarily whole @param count ≥ hits, > 0
 * @see Clopper & Pearson (1934), Biometrika 26(4)
 */
export function clopperPearson(hits: number, count: number, alpha: number): ProportionBounds {
  return {
    low: hits <= 0 ? 0 : inverseIncompleteBeta(alpha, hits, count - hits + 1),
    high: hits >= count ? 1 : inverseIncompleteBeta(1 - alpha, hits + 1, count - hits),
  };
}

/**
 * How many independent trials the batches are worth: n/f, and less where f itself was estimated from few batches.
 * @returns in (0, n]
 * @see Korn & Graubard (1998), Survey Methodology 24(2): n·(1/f)·(t(n−1)/t(B−1))²
 */
export function effectiveCount(batches: readonly BatchedHits[]): number {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  const inflation = batches.length < batchCount ? 1 : varianceInflation(batches);
  if (inflation === 1 || count < 2) return count;
  const ideal = studentTQuantile(1 - oneSidedAlpha, count - 1);
  const measured = studentTQuantile(1 - oneSidedAlpha, batches.length - 1);
  return (count / inflation) * Math.min(1, (ideal / measured) ** 2);
}

/**
 * Interval of a share (of failures, say) over one run: Clopper–Pearson on the effective sample size.
 * @param batches trials and hits per equal-time batch
 * @returns unit "ratio"; `undefined` without trials
 */
export function proportionInterval(batches: readonly BatchedHits[]): Estimate | undefined {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  if (count === 0) return undefined;
  const hits = batches.reduce((sum, batch) => sum + batch.hits, 0);
  const effective = effectiveCount(batches);
  const bounds = clopperPearson((hits / count) * effective, effective, oneSidedAlpha);
  return {
    point: hits / count,
    ...bounds,
    unit: "ratio",
    confidence: 1 - 2 * oneSidedAlpha,
    sampleCount: count,
    method: "Clopper–Pearson, effective sample size",
    warnings: [],
  };
}

/**
 * How many trials without a single hit it takes to show that a share stays within `allowed`: smallest n with
 * (1 − allowed)ⁿ ≤ α. 2,995 for 0.1 %; Infinity where nothing is allowed.
 * @param allowed in 0..1
 */
export const minimumProportionCount = (allowed: number, alpha = oneSidedAlpha): number =>
  allowed <= 0 ? Infinity : Math.ceil(Math.log(alpha) / Math.log1p(-allowed) - 1e-9);

/**
 * The smallest true share that a sample of this size would have shown to lie beyond `allowed`, with a chance of `power`.
 * @param allowed in 0..1 @param effective trials, > 0 @returns in 0..1; `undefined` where no outcome could have shown it
 */
export function smallestDetectableShare(
  allowed: number,
  effective: number,
  power = 0.8,
): number | undefined {
  const count = Math.floor(effective);
  // The lower bound of Clopper and Pearson lies above: P(Bin(n, allowed) ≥ hits) < α, without looking for the bound.
  const isBeyond = (hits: number): boolean =>
    incompleteBeta(allowed, hits, count - hits + 1) < oneSidedAlpha;
  if (count < 1 || !isBeyond(count)) return undefined;
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isBeyond(middle)) high = middle;
    else low = middle;
  }
  // P(Bin(n, p) ≥ high) = I_p(high, n − high + 1) = power
  return inverseIncompleteBeta(power, high, count - high + 1);
}
