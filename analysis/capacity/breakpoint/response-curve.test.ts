import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "../../../src/domain/histogram.ts";
import { isotonic } from "./isotonic.ts";
import { bracketOf, crossingOfChord, crossingOfCurve, fitQueueCurve } from "./response-curve.ts";
import { resampledQuantile, tailBlocks } from "./tail-blocks.ts";

const points = (greatest: number, power: number) =>
  [40, 50, 60, 70, 80, 90].map((offeredPerSecond) => {
    const use = offeredPerSecond / greatest;
    return {
      offeredPerSecond,
      p95Ms: 100 + 20 * (use / (1 - use)) ** power,
      relativeError: 0.02,
    };
  });

describe("a queue's curve", () => {
  test.each([
    ["as theory has it", 1],
    ["flatter", 0.8],
    ["steeper, several servers", 1.8],
  ])("%s: found again where the levels lie on it", (_reason, power) => {
    const curve = fitQueueCurve(points(100, power), { maxThroughput: 100, limitMs: 200 });
    const waiting = 5 ** (1 / power);
    const truth = (100 * waiting) / (1 + waiting);
    expect((curve && crossingOfCurve(curve, 200)) ?? 0).toBeGreaterThan(0.99 * truth);
    expect((curve && crossingOfCurve(curve, 200)) ?? 0).toBeLessThan(1.01 * truth);
  });

  test("a straight line on logarithms reads too little where the curve bends up", () => {
    const levels = points(100, 1);
    const chord = crossingOfChord(bracketOf(levels, 200), 200) ?? 0;
    expect(chord).toBeGreaterThan(80);
    expect(chord).toBeLessThan(100 * (5 / 6));
  });

  test("takes three levels below the greatest throughput, and a limit above its base", () => {
    const few = points(100, 1).slice(0, 2);
    expect(fitQueueCurve(few, { maxThroughput: 100, limitMs: 200 })).toBeUndefined();
    const curve = fitQueueCurve(points(100, 1), { maxThroughput: 100, limitMs: 200 });
    expect(curve && crossingOfCurve(curve, 50)).toBeUndefined();
  });

  test("times that do not grow reach no limit before the greatest throughput", () => {
    const flat = points(100, 1).map((point) => ({ ...point, p95Ms: 100 }));
    const curve = fitQueueCurve(flat, { maxThroughput: 100, limitMs: 200 });
    expect(curve && crossingOfCurve(curve, 200)).toBe(100);
  });
});

test("the bracket pools what falls: one slow level among quick ones is noise", () => {
  const levels = points(100, 1).map((point, index) =>
    index === 1 ? { ...point, p95Ms: 210 } : point,
  );
  expect(bracketOf(levels, 200).below?.offeredPerSecond).toBe(80);
  expect(bracketOf(levels, 10).below).toBeUndefined();
  expect(bracketOf(levels, 1e6).above).toBeUndefined();
});

test("isotonic: never falls, keeps the weighted mean, leaves what rises", () => {
  const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, (list) => {
      const weights = list.map((_, index) => 1 + (index % 3));
      const fitted = isotonic(list, weights);
      for (const [index, value] of fitted.entries())
        expect(value).toBeGreaterThanOrEqual((fitted[index - 1] ?? -Infinity) - 1e-9);
      const sum = (all: readonly number[]) =>
        all.reduce((total, value, index) => total + value * (weights[index] ?? 0), 0);
      expect(sum(fitted)).toBeCloseTo(sum(list), 6);
      const sorted = list.toSorted((a, b) => a - b);
      const kept = isotonic(sorted, weights);
      for (const [index, value] of sorted.entries()) expect(kept[index]).toBeCloseTo(value, 9);
    }),
  );
});

test("slices drawn once each give the quantile of their histograms together", () => {
  const slices = [1, 2, 3].map((seed) => {
    const histogram = new Histogram();
    for (let value = 1; value <= 100; value++) histogram.record(value * seed);
    return histogram;
  });
  const blocks = tailBlocks(slices);
  const exact = Histogram.merged(slices).quantile(0.95) ?? 0;
  expect((resampledQuantile(blocks, [0, 1, 2], 0.95) ?? 0) / exact).toBeCloseTo(1, 2);
  expect(resampledQuantile(blocks, [0, 0, 0], 0.95)).toBeCloseTo(95, -0.5);
  slices[0]?.record(Infinity, 20);
  expect(resampledQuantile(tailBlocks(slices), [0, 0, 0], 0.95)).toBe(Infinity);
  expect(resampledQuantile(tailBlocks([]), [], 0.95)).toBeUndefined();
});
