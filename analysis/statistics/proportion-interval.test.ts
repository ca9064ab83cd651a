import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  clopperPearson,
  effectiveCount,
  minimumProportionCount,
  proportionInterval,
  smallestDetectableShare,
} from "./proportion-interval.ts";

const isProven = (hits: number, count: number) => clopperPearson(hits, count, 0.05).high < 0.001;
const isRefuted = (hits: number, count: number) => clopperPearson(hits, count, 0.05).low > 0.001;

const batches = (hits: (batch: number) => number) =>
  Array.from({ length: 20 }, (_, batch) => ({ count: 100, hits: hits(batch) }));

// R: binom.test(hits, count)$conf.int, two-sided 95 %
test.each([
  [10, 100, 0.025, 0.0490046892, 0.1762225983],
  [0, 10, 0.025, 0, 0.3084971079],
  [10, 10, 0.025, 0.6915028921, 1],
  [0, 1, 0.05, 0, 0.95],
  [1, 2, 0.05, 0.0253205655, 0.9746794345],
])("%d of %d", (hits, count, alpha, low, high) => {
  const bounds = clopperPearson(hits, count, alpha);
  expect(bounds.low).toBeCloseTo(low, 8);
  expect(bounds.high).toBeCloseTo(high, 8);
});

describe("availability of 99.9 %", () => {
  test.each([
    [100_000, 83, 118],
    [10_000, 4, 16],
    [3000, 0, 7],
  ])("of %d requests it takes ≤ %d failures to pass, ≥ %d to fail", (count, pass, fail) => {
    expect([isProven(pass, count), isProven(pass + 1, count)]).toEqual([true, false]);
    expect([isRefuted(fail, count), isRefuted(fail - 1, count)]).toEqual([true, false]);
  });
});

test.each([
  [0.001, 2995],
  [0.01, 299],
  [0.05, 59],
  [0, Infinity],
])("to show at most %d takes %d trials", (allowed, expected) => {
  expect(minimumProportionCount(allowed)).toBe(expected);
});

describe("batches", () => {
  test("no trial: no estimate", () => {
    expect(proportionInterval([])).toBeUndefined();
    expect(proportionInterval([{ count: 0, hits: 0 }])).toBeUndefined();
  });

  test("evenly spread hits keep all trials", () => {
    expect(effectiveCount(batches(() => 2))).toBe(2000);
  });

  test("a burst is worth one event, and widens both sides", () => {
    const burst = batches((batch) => (batch === 7 ? 40 : 0));
    const spread = proportionInterval(batches(() => 2));
    const clustered = proportionInterval(burst);
    expect(effectiveCount(burst)).toBeLessThan(60);
    expect(clustered?.point).toBe(spread?.point);
    expect(clustered?.low).toBeLessThan(spread?.low ?? 0);
    expect(clustered?.high).toBeGreaterThan(spread?.high ?? 1);
  });

  test("the share lies inside its interval, in 0..1", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 20, maxLength: 20 }), (hits) => {
        const {
          point = 0,
          low = 0,
          high = 0,
        } = proportionInterval(batches((batch) => hits[batch] ?? 0)) ?? {};
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(point);
        expect(high).toBeGreaterThanOrEqual(point);
        expect(high).toBeLessThanOrEqual(1);
      }),
      { numRuns: 50 },
    );
  });
});

describe("smallest detectable share", () => {
  test("lies beyond the allowed one, nearer with more trials", () => {
    const few = smallestDetectableShare(0.01, 500) ?? 0;
    const many = smallestDetectableShare(0.01, 50_000) ?? 0;
    expect(many).toBeGreaterThan(0.01);
    expect(few).toBeGreaterThan(many);
  });

  test("absent where even nothing but failures could not show it", () => {
    expect(smallestDetectableShare(0.9, 1)).toBeUndefined();
    expect(smallestDetectableShare(0.01, 0)).toBeUndefined();
  });
});
