import { Sample, shift, shiftBounds } from "pragmastat";
import type { Series } from "./energy.ts";

/** A difference of levels on the scale of the series, after minus before. */
export interface ChangeSize {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, of [low, high]; below 0.95 where so few values cannot do better. */
  readonly confidence: number;
}

/** Values beyond say little more about this change, and exact bounds cost the cube of their number. */
const longestSide = 40;
const misrate = 0.05;

/**
 * Hodges–Lehmann shift with the interval of the Mann–Whitney test, from the (at most 40) values nearest to the change.
 * @param before and after: at least three values each @see Hodges & Lehmann (1963), Ann. Math. Stat. 34(2)
 */
export function changeSize(before: Series, after: Series): ChangeSize {
  const x = Sample.of([...after.subarray(0, longestSide)]);
  const y = Sample.of([...before.subarray(Math.max(0, before.length - longestSide))]);
  const smallest = 2 / combinations(x.values.length + y.values.length, y.values.length);
  const { lower, upper } = shiftBounds(x, y, Math.max(misrate, smallest));
  return {
    shift: shift(x, y).value,
    low: lower,
    high: upper,
    confidence: 1 - Math.max(misrate, smallest),
  };
}

function combinations(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}
