import * as fc from "fast-check";
import { expect, test } from "vitest";
import { binomialCdf, binomialRanks } from "./binomial.ts";

// R: pbinom(k, n, p)
test.each([
  [2, 4, 0.5, 0.6875],
  [0, 59, 0.05, 0.95 ** 59],
  [90, 100, 0.95, 0.02818829],
  [-1, 10, 0.5, 0],
  [10, 10, 0.5, 1],
])("P(X ≤ %d) of Bin(%d, %d)", (k, n, p, expected) => {
  expect(binomialCdf(k, n, p)).toBeCloseTo(expected, 8);
});

test("it is the sum of its probabilities", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (n, p) => {
        let probability = (1 - p) ** n;
        let sum = probability;
        for (let k = 1; k < n; k++) {
          probability *= ((n - k + 1) / k) * (p / (1 - p));
          sum += probability;
          expect(binomialCdf(k, n, p)).toBeCloseTo(sum, 8);
        }
      },
    ),
  );
});

// Summed exactly with fractions.
test.each([
  ["nothing known", 0, {}],
  ["one value bounds p95 from below", 1, { low: 1 }],
  ["58 values: no upper bound yet", 58, { low: 52 }],
  ["59 values: the largest is the bound", 59, { low: 53, high: 59 }],
  ["100 values", 100, { low: 91, high: 99 }],
  ["1,000 values", 1000, { low: 938, high: 962 }],
])("95 %% ranks of p95: %s", (_, n, expected) => {
  expect(binomialRanks(n, 0.95, 0.05)).toEqual(expected);
});

test.each([
  [10_000, 0.9464, 0.9537],
  [100_000, 0.9489, 0.9511],
])("ranks of p95 among %d values, as shares", (n, low, high) => {
  const ranks = binomialRanks(n, 0.95, 0.05);
  expect((ranks.low ?? 0) / n).toBeCloseTo(low, 3.7);
  expect((ranks.high ?? 0) / n).toBeCloseTo(high, 3.7);
});
