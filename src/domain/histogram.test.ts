import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram, relativeError } from "./histogram.ts";

const latencies = fc.array(fc.double({ min: 0.01, max: 1e7, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});
const quantiles = fc.double({ min: 0, max: 1, noNaN: true });

const of = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

/** Type 1 quantile of the values themselves. */
const exact = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length - 1e-9)) - 1] ?? Number.NaN;
};

describe("quantiles", () => {
  test("stay within the stated relative error of the exact ones", () => {
    fc.assert(
      fc.property(latencies, quantiles, (values, q) => {
        const wanted = exact(values, q);
        const got = of(values).quantile(q) ?? Number.NaN;
        expect(Math.abs(got - wanted)).toBeLessThanOrEqual(wanted * relativeError * 1.000001);
      }),
    );
  });

  test("grow with q", () => {
    fc.assert(
      fc.property(latencies, quantiles, quantiles, (values, a, b) => {
        const histogram = of(values);
        const low = histogram.quantile(Math.min(a, b)) ?? 0;
        expect(histogram.quantile(Math.max(a, b))).toBeGreaterThanOrEqual(low);
      }),
    );
  });

  test.each([
    ["one value is every quantile", [5], 0.95, 5],
    ["the largest is never exceeded", [1, 2, 1000], 1, 1000],
    ["the smallest is never undercut", [3, 4, 5], 0, 3],
    ["zero counts as the smallest value there is", [0, 0, 0], 0.5, 0],
  ])("%s", (_reason, values, q, wanted) => {
    expect(of(values).quantile(q)).toBe(wanted);
  });

  test("for comparisons they have no steps: within a bin of the exact one, and far nearer among many values", () => {
    fc.assert(
      fc.property(latencies, quantiles, (values, q) => {
        const wanted = exact(values, q);
        const got = of(values).smoothQuantile(q) ?? Number.NaN;
        expect(Math.abs(got - wanted)).toBeLessThanOrEqual(wanted * 2.02 * relativeError);
      }),
    );
    const many = Array.from({ length: 20_000 }, (_, index) => 100 + index / 100);
    for (const slower of [1, 1.001, 1.002, 1.004]) {
      const got = of(many.map((value) => value * slower)).smoothQuantile(0.95) ?? Number.NaN;
      expect(got / (exact(many, 0.95) * slower)).toBeCloseTo(1, 4);
    }
  });

  test("one without steps never falls as q grows", () => {
    fc.assert(
      fc.property(latencies, quantiles, quantiles, (values, a, b) => {
        const histogram = of(values);
        const low = histogram.smoothQuantile(Math.min(a, b)) ?? 0;
        expect(histogram.smoothQuantile(Math.max(a, b))).toBeGreaterThanOrEqual(low);
      }),
    );
  });

  test("an empty histogram has none", () => {
    expect(new Histogram().quantile(0.5)).toBeUndefined();
    expect(new Histogram().min).toBeUndefined();
    expect(new Histogram().max).toBeUndefined();
  });

  test("requests without an answer are slower than any limit", () => {
    const histogram = of([
      ...Array.from({ length: 94 }, () => 100),
      ...Array.from({ length: 6 }, () => Infinity),
    ]);
    expect(histogram.quantile(0.94)).toBeCloseTo(100, 0);
    expect(histogram.quantile(0.95)).toBe(Infinity);
    expect(histogram.countAbove(1e9)).toBe(6);
    expect(histogram.infinite).toBe(6);
  });

  test("no rank outside the sample, no value below zero, no NaN", () => {
    expect(() => of([1]).valueAtRank(2)).toThrow(RangeError);
    expect(() => of([1]).valueAtRank(0)).toThrow(RangeError);
    expect(() => new Histogram().record(-1)).toThrow(RangeError);
    expect(() => new Histogram().record(Number.NaN)).toThrow(RangeError);
  });
});

describe("merging", () => {
  test("is the histogram of all values, in any order", () => {
    fc.assert(
      fc.property(latencies, latencies, (a, b) => {
        const together = JSON.stringify({ ...of([...a, ...b]).toJSON(), sum: 0 });
        expect(JSON.stringify({ ...Histogram.merged([of(a), of(b)]).toJSON(), sum: 0 })).toBe(
          together,
        );
        expect(JSON.stringify({ ...of(b).merge(of(a)).toJSON(), sum: 0 })).toBe(together);
      }),
    );
  });
});

describe("the form on disk", () => {
  test("comes back as it went", () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = of([...values, Infinity]);
        expect(Histogram.fromJSON(histogram.toJSON()).toJSON()).toEqual(histogram.toJSON());
      }),
    );
  });

  test("counts that do not add up are refused", () => {
    expect(() => Histogram.fromJSON({ count: 2, infinite: 0, sum: 1, bins: [[5, 1]] })).toThrow(
      /bins hold 1/,
    );
    expect(() =>
      Histogram.fromJSON({ count: 1, infinite: 0, sum: 1, bins: [[99_999, 1]] }),
    ).toThrow(/no bin/);
  });
});

test("values above a limit are counted without those of its own bin", () => {
  expect(of([100, 200, 300]).countAbove(150)).toBe(2);
  expect(of([100, 200, 300]).countAbove(Infinity)).toBe(0);
  expect([...of([100, 200]).occupied()].map(([, count]) => count)).toEqual([1, 1]);
  expect(of([100, 200]).sum).toBe(300);
});
