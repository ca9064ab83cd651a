import * as fc from "fast-check";
import { expect, test } from "vitest";
import { meanInterval } from "./mean-interval.ts";

test("no value: no estimate", () => {
  expect(meanInterval([], "1/min")).toBeUndefined();
});

test("one value bounds nothing", () => {
  expect(meanInterval([5], "1/min")).toMatchObject({ point: 5, low: -Infinity, high: Infinity });
});

test("two values: t(1) = 6.3138 with their standard error of 1", () => {
  const estimate = meanInterval([4, 6], "1/min");
  expect(estimate?.low).toBeCloseTo(5 - 6.313751514675, 6);
  expect(estimate?.high).toBeCloseTo(5 + 6.313751514675, 6);
});

test("1 to 40 in pairs: means 1.5 to 39.5, t(19)·√140/√20", () => {
  const estimate = meanInterval(
    Array.from({ length: 40 }, (_, index) => index + 1),
    "1/min",
  );
  expect(estimate?.point).toBeCloseTo(20.5, 9);
  expect((estimate?.high ?? 0) - 20.5).toBeCloseTo(1.729132811521 * Math.sqrt(140 / 20), 6);
  expect(estimate?.sampleCount).toBe(40);
});

test("a constant rate has no doubt, any rate moves with its values", () => {
  expect(meanInterval([7, 7, 7], "1/min")).toMatchObject({ low: 7, point: 7, high: 7 });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 90 }),
      (values) => {
        const one = meanInterval(values, "1/min");
        const moved = meanInterval(
          values.map((value) => value + 10),
          "1/min",
        );
        expect(moved?.point).toBeCloseTo((one?.point ?? 0) + 10, 6);
        expect(moved?.low).toBeCloseTo((one?.low ?? 0) + 10, 6);
      },
    ),
  );
});
