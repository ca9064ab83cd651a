import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalQuantile } from "./normal-quantile.ts";

// R: qnorm(p)
test.each([
  [0.5, 0],
  [0.8, 0.8416212335729143],
  [0.95, 1.6448536269514722],
  [0.975, 1.959963984540054],
  [0.001, -3.090232306167813],
  [1e-10, -6.361340902404056],
  [1e-20, -9.2623400897984],
])("normal quantile of %d", (p, expected) => {
  expect(normalQuantile(p)).toBeCloseTo(expected, 10);
});

test("it is symmetric and grows", () => {
  const share = fc.double({ min: 1e-6, max: 0.49, noNaN: true });
  fc.assert(
    fc.property(share, (p) => {
      expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 6);
      expect(normalQuantile(p)).toBeLessThan(normalQuantile(p + 0.01));
    }),
  );
});

test("0 and 1 have none", () => {
  expect(() => normalQuantile(0)).toThrow(RangeError);
  expect(() => normalQuantile(1)).toThrow(RangeError);
});
