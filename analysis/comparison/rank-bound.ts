/** Rounding in 1/20 must not cost the last pair of values. */
const rounding = 1e-12;

/**
 * How many of the smallest pair values lie outside a bound: the largest c with P(S ≤ c − 1) ≤ α, S the rank statistic.
 * The c-th smallest pair value bounds the shift from below, the c-th largest from above, each with at least 1 − α.
 * @param largest of the statistic @param cdf P(S ≤ s), not decreasing @param alpha in (0, 0.5)
 * @returns 0 where no value of the sample is a bound
 * @see Hollander, Wolfe & Chicken (2014), Nonparametric Statistical Methods, 3.3 and 4.3
 */
export function rankBound(largest: number, cdf: (s: number) => number, alpha: number): number {
  let known = 0;
  let beyond = Math.floor(largest / 2) + 1;
  while (known < beyond - 1) {
    const middle = Math.floor((known + beyond) / 2);
    if (cdf(middle - 1) <= alpha + rounding) known = middle;
    else beyond = middle;
  }
  return known;
}
