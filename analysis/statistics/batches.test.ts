import * as fc from "fast-check";
import { expect, test } from "vitest";
import { batchIndex, varianceInflation } from "./batches.ts";

test.each([
  ["the beginning", 0, 0],
  ["just before the second batch", 4999, 0],
  ["the second batch", 5000, 1],
  ["the end goes to the last", 100_000, 19],
  ["late requests too", 140_000, 19],
  ["early ones to the first", -3, 0],
])("batch of %s", (_, offsetMs, expected) => {
  expect(batchIndex(offsetMs, 100_000)).toBe(expected);
});

const equal = (hits: readonly number[]) => hits.map((each) => ({ count: 100, hits: each }));

test.each([
  ["no batches", [], 1],
  ["one batch", [5], 1],
  ["no hit", [0, 0, 0, 0], 1],
  ["nothing but hits", [100, 100], 1],
  ["evenly spread: never below 1", [5, 5, 5, 5], 1],
  // B/(B−1)·Σd² = 4/3·300 = 400 over 400·0.05·0.95 = 19
  ["all hits in one batch", [20, 0, 0, 0], 400 / 19],
])("inflation with %s", (_, hits, expected) => {
  expect(varianceInflation(equal(hits))).toBeCloseTo(expected, 9);
});

test("the order of the batches does not matter, and it is at least 1", () => {
  const batch = fc.nat(100);
  fc.assert(
    fc.property(fc.array(batch, { minLength: 2, maxLength: 20 }), (hits) => {
      const inflation = varianceInflation(equal(hits));
      expect(inflation).toBeGreaterThanOrEqual(1);
      expect(varianceInflation(equal(hits.toReversed()))).toBeCloseTo(inflation, 9);
    }),
  );
});
