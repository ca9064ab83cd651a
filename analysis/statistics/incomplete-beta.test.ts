import * as fc from "fast-check";
import { expect, test } from "vitest";
import { incompleteBeta, inverseIncompleteBeta } from "./incomplete-beta.ts";

// R: pbeta(x, a, b)
test.each([
  [0.5, 2, 3, 0.6875],
  [0.2, 0.5, 0.5, (2 / Math.PI) * Math.asin(Math.sqrt(0.2))],
  [0.3, 1, 1, 0.3],
  [0.9, 10, 1, 0.9 ** 10],
  [0.05, 1, 59, 1 - 0.95 ** 59],
  [0, 2, 2, 0],
  [1, 2, 2, 1],
])("I_%d(%d, %d)", (x, a, b, expected) => {
  expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 10);
});

// R: qbeta(p, a, b)
test.each([
  [0.025, 10, 91, 0.049004689221],
  [0.975, 11, 90, 0.176222598275],
  [0, 2, 3, 0],
  [1, 2, 3, 1],
])("inverse at %d of Beta(%d, %d)", (p, a, b, expected) => {
  expect(inverseIncompleteBeta(p, a, b)).toBeCloseTo(expected, 8);
});

/** Below 1 the quantile may lie nearer to 1 than numbers can. */
const shape = fc.double({ min: 1, max: 2000, noNaN: true });
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });

test("the inverse undoes it", () => {
  fc.assert(
    fc.property(share, shape, shape, (p, a, b) => {
      expect(incompleteBeta(inverseIncompleteBeta(p, a, b), a, b)).toBeCloseTo(p, 6);
    }),
  );
});

test("I_x(a, b) = 1 − I_(1−x)(b, a)", () => {
  fc.assert(
    fc.property(share, shape, shape, (x, a, b) => {
      expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 8);
    }),
  );
});

test("outside 0..1 it throws", () => {
  expect(() => incompleteBeta(1.1, 1, 1)).toThrow(RangeError);
  expect(() => inverseIncompleteBeta(-0.1, 1, 1)).toThrow(RangeError);
});
