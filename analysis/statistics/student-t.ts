import { incompleteBeta, inverseIncompleteBeta } from "./incomplete-beta.ts";

/**
 * Quantile of Student's t distribution.
 * @param p in (0, 1) @param degreesOfFreedom > 0, not necessarily whole
 * @throws RangeError outside these ranges
 * @see Abramowitz & Stegun 26.5.27: P(|T| > t) = I_x(ν/2, 1/2) with x = ν/(ν + t²)
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`t quantile of ${p}: expected 0 < p < 1`);
  if (!(degreesOfFreedom > 0)) {
    throw new RangeError(`t with ${degreesOfFreedom} degrees of freedom: expected a number > 0`);
  }
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentTQuantile(1 - p, degreesOfFreedom);
  const x = inverseIncompleteBeta(2 * (1 - p), degreesOfFreedom / 2, 0.5);
  return Math.sqrt((degreesOfFreedom * (1 - x)) / x);
}

/**
 * Probability that Student's t is at most `t`.
 * @param degreesOfFreedom > 0 @throws RangeError otherwise @see Abramowitz & Stegun 26.5.27
 */
export function studentTProbability(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`t with ${degreesOfFreedom} degrees of freedom: expected a number > 0`);
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  const tail = incompleteBeta(x, degreesOfFreedom / 2, 0.5) / 2;
  return t < 0 ? tail : 1 - tail;
}
