import * as fc from "fast-check";
import { Sample, center, shift } from "pragmastat";
import { describe, expect, test } from "vitest";
import { fewestJudged, independentShift, pairedShift } from "./hodges-lehmann.ts";
import { differences, walshAverages } from "./pair-values.ts";

// Hollander & Wolfe (1973), table 3.1: depression scale before and after; θ̂ = −0.46, interval (−0.786, −0.010).
const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
// Hollander & Wolfe (1973), table 4.1: R's wilcox.test gives 0.305, 95 % interval −0.15 to 0.76.
const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const earlier = [1.15, 0.88, 0.9, 0.74, 1.21];

describe("published examples", () => {
  test("paired: estimate, interval and p value", () => {
    const result = pairedShift(
      after.map((value, index) => value - (before[index] ?? 0)),
      0.025,
    );
    expect(result.point).toBeCloseTo(-0.46, 6);
    expect(result.low).toBeCloseTo(-0.786, 6);
    expect(result.high).toBeCloseTo(-0.01, 6);
    // R: V = 40, p = 0.01953 that before is not greater.
    const reversed = pairedShift(
      before.map((value, index) => value - (after[index] ?? 0)),
      0.025,
    );
    expect(reversed.chanceOfAtMost(0)).toBeCloseTo(0.019_531_25, 8);
  });

  test("two samples: estimate, interval and p value", () => {
    const result = independentShift(earlier, atTerm, 0.025);
    expect(result.point).toBeCloseTo(0.305, 6);
    expect(result.low).toBeCloseTo(-0.15, 6);
    expect(result.high).toBeCloseTo(0.76, 6);
    // R: W = 35, p = 0.1272 that at term is not greater.
    expect(result.chanceOfAtMost(0)).toBeCloseTo(0.127_206_1, 6);
  });
});

const values = (min: number) =>
  fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: min, maxLength: 30 });

test("the estimates are pragmastat's center and shift", () => {
  fc.assert(
    fc.property(values(1), values(1), (one, other) => {
      const ofPairs = pairedShift(one, 0.05).point;
      const ofSamples = independentShift(one, other, 0.05).point;
      expect(ofPairs).toBeCloseTo(center(Sample.of(one)).value, 6);
      expect(ofSamples).toBeCloseTo(shift(Sample.of(other), Sample.of(one)).value, 6);
    }),
    { numRuns: 60 },
  );
});

test("a lower bound above a limit and a p value at most α are the same claim", () => {
  fc.assert(
    fc.property(values(5), fc.double({ min: -20, max: 20, noNaN: true }), (pairs, limit) => {
      const { low, chanceOfAtMost } = pairedShift(pairs, 0.05);
      fc.pre(Math.abs(low - limit) > 1e-9);
      expect(low > limit).toBe(chanceOfAtMost(limit) <= 0.05);
    }),
  );
});

test("counting finds what listing finds, ties and all", () => {
  const small = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(small, small, fc.integer({ min: -12, max: 12 }), (one, other, limit) => {
      for (const make of [walshAverages, (a: number[], n?: number) => differences(a, other, n)]) {
        const [listed, counted] = [make(one), make(one, 0)];
        expect(counted.count).toBe(listed.count);
        expect(counted.countAtMost(limit)).toBe(listed.countAtMost(limit));
        for (let k = 1; k <= listed.count; k++)
          expect(counted.kth(k)).toBeCloseTo(listed.kth(k), 9);
      }
    }),
  );
});

test("bounds of tied data hold at least as often as they claim", () => {
  // All 4^6 samples of a distribution with many ties around 0: bounds miss 0 in at most α of them.
  const support = [-1, 0, 0, 1];
  let misses = 0;
  for (let code = 0; code < 4 ** 6; code++) {
    const sample = Array.from({ length: 6 }, (_, place) => support[(code >> (2 * place)) & 3] ?? 0);
    misses += Number(pairedShift(sample, 0.05).low > 0);
  }
  expect(misses / 4 ** 6).toBeLessThanOrEqual(0.05);
});

describe("few values", () => {
  test.each([1, 2, 3, 4])("%d pairs bound nothing", (n) => {
    const result = pairedShift(
      Array.from({ length: n }, (_, index) => index),
      0.05,
    );
    expect([result.low, result.high]).toEqual([-Infinity, Infinity]);
  });

  test("5 pairs: the smallest and the largest difference", () => {
    expect(pairedShift([5, 1, 4, 2, 3], 0.05)).toMatchObject({ low: 1, point: 3, high: 5 });
  });

  test("none at all is no sample", () => {
    expect(() => pairedShift([], 0.05)).toThrow(RangeError);
    expect(() => independentShift([1], [], 0.05)).toThrow(RangeError);
  });

  test("the fewest that are judged", () => {
    expect(fewestJudged("paired", 0.05)).toBe(5);
    expect(fewestJudged("paired", 0.01)).toBe(7);
    expect(fewestJudged("independent", 0.05)).toBe(5);
  });
});
