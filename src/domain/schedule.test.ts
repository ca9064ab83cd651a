import * as fc from "fast-check";
import { expect, test } from "vitest";
import { intendedStartMs, plannedArrivalCount } from "./schedule.ts";
import { milliseconds, perSecond } from "./units.ts";

const ramp = (from: number, to: number, durationMs: number) => ({
  fromPerSecond: perSecond(from),
  toPerSecond: perSecond(to),
  durationMs: milliseconds(durationMs),
});

test.each([
  ["a constant rate spaces arrivals evenly", ramp(4, 4, 10_000), 8, 2000],
  ["the first arrival of a constant rate is at once", ramp(4, 4, 10_000), 0, 0],
  [
    "a ramp from zero: the area t²·r/2T = 50 is reached at the end",
    ramp(0, 10, 10_000),
    50,
    10_000,
  ],
  [
    "a falling ramp: half of its 50 arrivals come within the first 29 %",
    ramp(10, 0, 10_000),
    25,
    10_000 * (1 - Math.SQRT1_2),
  ],
  ["nothing ever arrives at rate zero", ramp(0, 0, 10_000), 0, Infinity],
  ["a ramp that ends at zero never makes more than its area", ramp(10, 0, 10_000), 51, Infinity],
])("%s", (_reason, shape, index, wanted) => {
  expect(intendedStartMs(shape, index)).toBeCloseTo(wanted, 6);
});

test("arrivals never go back in time, and the last planned one lies at the end", () => {
  const rates = fc.double({ min: 0.5, max: 500, noNaN: true });
  fc.assert(
    fc.property(rates, rates, fc.integer({ min: 1, max: 200 }), (from, to, index) => {
      const shape = ramp(from, to, 60_000);
      fc.pre(index < plannedArrivalCount(shape));
      expect(intendedStartMs(shape, index)).toBeGreaterThan(intendedStartMs(shape, index - 1));
      expect(intendedStartMs(shape, plannedArrivalCount(shape))).toBeCloseTo(60_000, 3);
    }),
  );
});
