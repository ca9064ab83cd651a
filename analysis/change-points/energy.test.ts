import * as fc from "fast-check";
import { expect, test } from "vitest";
import { bestBump, bestSplit } from "./energy.ts";

const series = fc
  .array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 24 })
  .map((values) => Float64Array.from(values));

const meanDistance = (a: Float64Array, b: Float64Array, pairs: number): number =>
  a.reduce((sum, x) => sum + b.reduce((inner, y) => inner + Math.abs(x - y), 0), 0) / pairs;

/** The definition, pair by pair. */
function energyOf(left: Float64Array, right: Float64Array): number {
  const [n, m] = [left.length, right.length];
  const distance =
    2 * meanDistance(left, right, n * m) -
    meanDistance(left, left, n * (n - 1)) -
    meanDistance(right, right, m * (m - 1));
  return ((n * m) / (n + m)) * distance;
}

test("three zeros and three ones: 3·3/6 · 2", () => {
  expect(bestSplit(Float64Array.of(0, 0, 0, 1, 1, 1))).toEqual({ index: 3, statistic: 3 });
});

test("five values have no split with three on each side", () => {
  expect(bestSplit(Float64Array.of(1, 2, 3, 4, 5)).index).toBe(-1);
  expect(bestBump(Float64Array.of(1, 2, 3, 4, 5)).index).toBe(-1);
});

test("the best split is the best by definition", () => {
  fc.assert(
    fc.property(series, (values) => {
      const all = Array.from({ length: values.length - 5 }, (_, i) =>
        energyOf(values.subarray(0, i + 3), values.subarray(i + 3)),
      );
      expect(bestSplit(values).statistic).toBeCloseTo(Math.max(...all), 8);
    }),
  );
});

test("the best bump is the best by definition, and never below the best split", () => {
  fc.assert(
    fc.property(series, (values) => {
      const { index, end, statistic } = bestBump(values);
      expect(statistic).toBeCloseTo(
        energyOf(values.subarray(0, index), values.subarray(index, end)),
        8,
      );
      expect(statistic).toBeGreaterThanOrEqual(bestSplit(values).statistic - 1e-9);
      for (let from = 3; from <= values.length - 3; from++) {
        for (let to = from + 3; to <= values.length; to++) {
          if (to < values.length && to > values.length - 3) continue;
          const other = energyOf(values.subarray(0, from), values.subarray(from, to));
          expect(other).toBeLessThanOrEqual(statistic + 1e-9);
        }
      }
    }),
  );
});

test("a bump has both ends", () => {
  const values = Float64Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0);
  expect(bestBump(values)).toMatchObject({ index: 5, end: 9 });
});
