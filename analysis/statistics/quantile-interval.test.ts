import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram, relativeError } from "../../src/domain/histogram.ts";
import { minimumQuantileCount, quantileInterval } from "./quantile-interval.ts";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Dealt out in turn, so that every batch looks alike. */
const dealt = (values: readonly number[], count = 20): Histogram[] =>
  Array.from({ length: count }, (_, batch) =>
    histogramOf(values.filter((_value, index) => index % count === batch)),
  );

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test.each([
  [0.95, 59],
  [0.99, 299],
  [0.999, 2995],
  [0.5, 5],
])("p = %d needs %d values", (q, expected) => {
  expect(minimumQuantileCount(q)).toBe(expected);
});

describe("few values", () => {
  test("no value: no estimate", () => {
    expect(quantileInterval([new Histogram()], 0.95, "ms")).toBeUndefined();
    expect(quantileInterval([], 0.95, "ms")).toBeUndefined();
  });

  test.each([1, 2, 58])("%d values: no upper bound, and a warning", (count) => {
    const estimate = quantileInterval([histogramOf(range(count))], 0.95, "ms");
    expect(estimate?.high).toBe(Infinity);
    expect(estimate?.low).toBeLessThan(count + 0.1);
    expect(estimate?.warnings.map(({ code }) => code)).toContain("too-few-samples");
  });

  test("59 values: the largest bounds it, a hair wider for the histogram", () => {
    const estimate = quantileInterval([histogramOf(range(59))], 0.95, "ms");
    expect(estimate?.high).toBeCloseTo(59 / (1 - relativeError), 6);
    expect(estimate?.warnings.map(({ code }) => code)).toEqual(["independence-assumed"]);
  });
});

describe("batches", () => {
  const values = range(10_000);

  test("alike: q ± t(19)·√(q(1−q)/n)", () => {
    const estimate = quantileInterval(dealt(values), 0.95, "ms");
    const half = 1.729132811521367 * Math.sqrt((0.95 * 0.05) / 10_000) * 10_000;
    const slack = 2 * relativeError * 9600;
    expect(Math.abs((estimate?.low ?? 0) - (9500 - half))).toBeLessThan(slack);
    expect(Math.abs((estimate?.high ?? 0) - (9500 + half))).toBeLessThan(slack);
    expect(estimate).toMatchObject({
      sampleCount: 10_000,
      unit: "ms",
      confidence: 0.9,
      warnings: [],
    });
  });

  test("unlike: a level that moves widens the interval", () => {
    const sorted = Array.from({ length: 20 }, (_, batch) =>
      histogramOf(values.slice(batch * 500, (batch + 1) * 500)),
    );
    const steady = quantileInterval(dealt(values), 0.95, "ms");
    const moving = quantileInterval(sorted, 0.95, "ms");
    expect(moving?.point).toBe(steady?.point);
    expect(moving?.low).toBeLessThan(steady?.low ?? 0);
    expect(moving?.high).toBeGreaterThan(steady?.high ?? 0);
  });
});

describe("failed and dropped requests", () => {
  test("more than the quantile leaves room for: unbounded, on both sides when it is certain", () => {
    const failed = [...range(900), ...Array.from({ length: 100 }, () => Infinity)];
    const estimate = quantileInterval(dealt(failed), 0.95, "ms");
    expect(estimate).toMatchObject({ point: Infinity, low: Infinity, high: Infinity });
  });

  test("a few only raise the upper end", () => {
    const failed = [...range(960), ...Array.from({ length: 40 }, () => Infinity)];
    const estimate = quantileInterval(dealt(failed), 0.95, "ms");
    expect(estimate?.point).toBeLessThan(1000);
    expect(estimate?.low).toBeLessThan(estimate?.point ?? 0);
    expect(estimate?.high).toBe(Infinity);
  });
});

test("the point lies inside, and the interval scales with the data", () => {
  const latency = fc.double({ min: 0.1, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 60, maxLength: 300 }), (values) => {
      const estimate = quantileInterval(dealt(values), 0.95, "ms");
      const tenfold = quantileInterval(dealt(values.map((value) => value * 10)), 0.95, "ms");
      const { point = 0, low = 0, high = 0 } = estimate ?? {};
      expect(low).toBeLessThanOrEqual(point);
      expect(high).toBeGreaterThanOrEqual(point);
      expect((tenfold?.point ?? 0) / point).toBeGreaterThan(10 * 0.98);
      expect((tenfold?.point ?? 0) / point).toBeLessThan(10 * 1.02);
    }),
    { numRuns: 30 },
  );
});
