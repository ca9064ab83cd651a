/**
 * Two samples that differ in spread as well as in place. Mann and Whitney's interval assumes a shift and nothing else:
 * few noisy runs against many quiet ones double its error. Brunner and Munzel's test estimates the variance of the
 * same statistic from the placements of each sample, whatever their spreads.
 * @see Brunner & Munzel (2000), Biometrical Journal 42(1); Fligner & Policello (1981), JASA 76(373)
 */
import { studentTProbability } from "../statistics/student-t.ts";
import { rounding, type Shift } from "./hodges-lehmann.ts";
import { differences } from "./pair-values.ts";

/** Samples of one size keep their stated error up to about this ratio of their standard deviations. */
const largestSpreadRatio = 2;

/** Is the assumption of a mere shift in doubt: unequal sizes, or spreads that differ? @param one @param other places */
export const mayDifferInSpread = (one: readonly number[], other: readonly number[]): boolean => {
  if (one.length !== other.length) return true;
  const [a, b] = [Math.sqrt(varianceOf(one)), Math.sqrt(varianceOf(other))];
  return Math.max(a, b) > largestSpreadRatio * Math.min(a, b);
};

/**
 * The interval and p value of Mann and Whitney, no narrower than those of Brunner and Munzel.
 * @param baseline @param candidate places, finite, at least two values each @param alpha of each side
 */
export function widenedForSpread(
  shift: Shift,
  baseline: readonly number[],
  candidate: readonly number[],
  alpha: number,
): Shift {
  return {
    point: shift.point,
    low: lowerBound(baseline, candidate, shift.low, alpha),
    high: -lowerBound(candidate, baseline, -shift.high, alpha),
    chanceOfAtMost: (limit) =>
      Math.max(shift.chanceOfAtMost(limit), chanceOfAtMost(baseline, candidate, limit)),
  };
}

/** The largest difference up to `known` that the shift is shown to lie above; −Infinity where there is none. */
function lowerBound(
  from: readonly number[],
  to: readonly number[],
  known: number,
  alpha: number,
): number {
  const between = differences(from, to);
  let [shown, open] = [0, between.countAtMost(known) + 1];
  while (open - shown > 1) {
    const middle = Math.floor((shown + open) / 2);
    // Just below the difference: the bound itself is not excluded.
    const chance = chanceOfAtMost(from, to, between.kth(middle) - 2 * rounding);
    if (chance <= alpha) shown = middle;
    else open = middle;
  }
  return shown === 0 ? -Infinity : between.kth(shown);
}

/** The p value of "the shift is at most `limit`"; ties count against the claim. */
function chanceOfAtMost(
  baseline: readonly number[],
  candidate: readonly number[],
  limit: number,
): number {
  const [n, m] = [baseline.length, candidate.length];
  const isGreater = (from: number, to: number): boolean => to - from > limit + rounding;
  const below = baseline.map((from) => candidate.filter((to) => isGreater(from, to)).length / m);
  const above = candidate.map((to) => baseline.filter((from) => isGreater(from, to)).length / n);
  const [a, b] = [varianceOf(below) / n, varianceOf(above) / m];
  const share = meanOf(below);
  // Samples that do not overlap vary in nothing: the exact test alone says how likely that is.
  if (a + b === 0) return share === 1 ? 0 : 1;
  const degrees = (a + b) ** 2 / (a ** 2 / (n - 1) + b ** 2 / (m - 1));
  return studentTProbability((0.5 - share) / Math.sqrt(a + b), degrees);
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function varianceOf(values: readonly number[]): number {
  const middle = meanOf(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
