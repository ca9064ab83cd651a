import { expect, test } from "vitest";
import { seededRandom } from "../../src/domain/random.ts";
import { dependentMeanInterval } from "./dependent-mean-interval.ts";
import { meanInterval } from "./mean-interval.ts";
import { normalQuantile } from "./normal-quantile.ts";

test("no value: no estimate; one bounds nothing", () => {
  expect(dependentMeanInterval([], "ratio")).toBeUndefined();
  expect(dependentMeanInterval([0.5], "ratio")).toMatchObject({
    point: 0.5,
    low: -Infinity,
    high: Infinity,
  });
});

test("a constant use has no doubt", () => {
  expect(dependentMeanInterval([0.5, 0.5, 0.5], "ratio")).toMatchObject({
    low: 0.5,
    point: 0.5,
    high: 0.5,
  });
});

test("two values: t(1) = 6.3138, variance of one pair", () => {
  const estimate = dependentMeanInterval([4, 6], "ratio");
  expect((estimate?.high ?? 0) - 5).toBeCloseTo(6.313751514675, 6);
});

function width(values: readonly number[]): number {
  const estimate = dependentMeanInterval(values, "ratio");
  return (estimate?.high ?? 0) - (estimate?.low ?? 0);
}

test("a rise from 0.2 to 1 knows its mean less well than the same values in any order", () => {
  const rise = Array.from({ length: 20 }, (_, index) => 0.2 + (0.8 * index) / 19);
  const mixed = rise.map((_, index) => rise[(index * 7) % 20] ?? 0);
  expect(width(rise)).toBeGreaterThan(3 * width(mixed));
});

/** AR(1) around 0. */
function series(length: number, correlation: number, random: () => number): number[] {
  const values: number[] = [];
  let value = normalQuantile(random()) / Math.sqrt(1 - correlation ** 2);
  for (let index = 0; index < length; index++) {
    value = correlation * value + normalQuantile(random());
    values.push(value);
  }
  return values;
}

test.each([
  [20, 0.6, 0.92],
  [60, 0.8, 0.93],
])("%d values, r = %d: the bound holds in more than %d of 1,000 series", (length, r, least) => {
  const random = seededRandom(length);
  const bounds = Array.from({ length: 1000 }, () => series(length, r, random));
  const share = (interval: typeof meanInterval): number =>
    bounds.filter((values) => (interval(values, "ratio")?.high ?? 0) > 0).length / bounds.length;
  expect(share(dependentMeanInterval)).toBeGreaterThan(least);
  expect(share(meanInterval)).toBeLessThan(0.85);
});
