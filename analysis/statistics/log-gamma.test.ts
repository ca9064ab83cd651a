import * as fc from "fast-check";
import { expect, test } from "vitest";
import { logGamma } from "./log-gamma.ts";

test.each([
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [1, 0],
  [5, Math.log(24)],
  [10.1, 13.027526738633238],
  [0.1, 2.252712651734206],
  [1000, 5905.220423209181],
])("log gamma of %d", (x, expected) => {
  expect(logGamma(x)).toBeCloseTo(expected, 9);
});

test("Γ(x + 1) = x·Γ(x)", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 500, noNaN: true }), (x) => {
      expect(logGamma(x + 1)).toBeCloseTo(logGamma(x) + Math.log(x), 8);
    }),
  );
});

test("it has no value at or below zero", () => {
  expect(() => logGamma(0)).toThrow(RangeError);
  expect(() => logGamma(Number.NaN)).toThrow(RangeError);
});
