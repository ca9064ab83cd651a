import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { passageProbability, passageQuantile } from "./testdata/first-passage.ts";
import * as growths from "./growth.ts";
import { inverseGaussian, namedUniform, normals, stratifiedNormals } from "./random.ts";

const month = growths.daysPerMonth;
const monthly = (ratio: number): growths.Growth => ({
  form: "compounding",
  ratio,
  periodDays: month,
});
const quarterly = (ratio: number): growths.Growth => ({ ...monthly(ratio), periodDays: 3 * month });

describe("closed forms of the specification's growth", () => {
  test.each([
    ["compute to 80 %", 0.5, 0.8, monthly(0.2), 78.5],
    ["compute to 100 %", 0.5, 1, monthly(0.2), 115.7],
    ["storage to 10 TB", 2, 10, quarterly(0.5), 362.5],
    ["storage to 8 TB", 2, 8, quarterly(0.5), 281.8 + month],
    ["database to 10 TB", 0.5, 10, quarterly(0.25), 1225.9],
    ["compute to 100 %, read as linear", 0.5, 1, { ...monthly(0.2), form: "linear" }, 152.2],
    ["storage to 10 TB, read as linear", 2, 10, { ...quarterly(0.5), form: "linear" }, 730.5],
  ] as const)("%s", (_name, use, ceiling, growth, days) => {
    // Quoted to one decimal, not always rounded the same way.
    expect(Math.abs(growths.daysToReach(use, ceiling, growth) - days)).toBeLessThan(0.06);
  });

  test("the order date of compute was 12.8 days ago; at 100 % it is in 24.4 days", () => {
    const alert = growths.daysToReach(0.5, 0.8, monthly(0.2));
    expect(growths.orderByDays(alert, 3 * month)).toBeCloseTo(-12.8, 1);
    const full = growths.daysToReach(0.5, 1, monthly(0.2));
    expect(growths.orderByDays(full, 3 * month)).toBeCloseTo(24.4, 1);
    expect(growths.orderByDays(full, 3 * month, 14)).toBeCloseTo(10.4, 1);
  });

  test("utilisation at which to order: 57.9 % for 100 %, 46.3 % for 80 %", () => {
    expect(growths.triggerUse(0.5, 1, monthly(0.2), 3 * month)).toBeCloseTo(0.579, 3);
    expect(growths.triggerUse(0.5, 0.8, monthly(0.2), 3 * month)).toBeCloseTo(0.463, 3);
    const linear = { ...monthly(0.2), form: "linear" } as const;
    expect(growths.triggerUse(0.5, 0.8, linear, 3 * month)).toBeCloseTo(0.5, 10);
  });

  test("use that shrinks is ordered for at the ceiling, not above it", () => {
    expect(growths.triggerUse(0.5, 0.8, monthly(-0.2), 3 * month)).toBe(0.8);
    const linear = { ...monthly(-0.2), form: "linear" } as const;
    expect(growths.triggerUse(0.5, 0.8, linear, 3 * month)).toBe(0.8);
  });

  test("a purchase of 25 % buys 1.22 months at 20 % a month", () => {
    expect(growths.monthsBought(0.5, 0.8, monthly(0.2), 0.25)).toBeCloseTo(1.224, 3);
  });

  test("full already is 0 days, shrinking is never", () => {
    expect(growths.daysToReach(1, 1, monthly(0.2))).toBe(0);
    expect(growths.daysToReach(0.5, 1, monthly(-0.1))).toBe(Infinity);
    expect(growths.daysToReach(0.5, 1, monthly(0))).toBe(Infinity);
  });

  test("what has grown for the days to a ceiling is at the ceiling; more growth never comes later", () => {
    const form = fc.constantFrom("compounding", "linear");
    const ratio = fc.double({ min: 0.001, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        form,
        ratio,
        fc.double({ min: 1.01, max: 50, noNaN: true }),
        (any, rate, times) => {
          const growth = { form: any, ratio: rate, periodDays: 30 };
          const days = growths.daysToReach(1, times, growth);
          expect(growths.growthFactor(growth, days) / times).toBeCloseTo(1, 8);
          const faster = growths.daysToReach(1, times, { ...growth, ratio: rate * 1.1 });
          expect(faster).toBeLessThan(days);
        },
      ),
    );
  });
});

describe("first passage", () => {
  test("quantiles invert probabilities; noise hardly moves the median of a steady drift", () => {
    const motion = { distance: 0.47, drift: 0.006, volatility: 0.004 };
    for (const p of [0.1, 0.5, 0.9])
      expect(passageProbability(motion, passageQuantile(motion, p))).toBeCloseTo(p, 8);
    expect(passageQuantile(motion, 0.5)).toBeCloseTo(0.47 / 0.006, 0);
  });

  test("a barrier behind is reached at once; one drifted away from, perhaps never", () => {
    expect(passageQuantile({ distance: 0, drift: 1, volatility: 1 }, 0.9)).toBe(0);
    expect(passageProbability({ distance: 1, drift: 1, volatility: 1 }, 0)).toBe(0);
    const away = { distance: 1, drift: -1, volatility: 1 };
    expect(passageProbability(away, 1e6)).toBeCloseTo(Math.exp(-2), 6);
    expect(passageQuantile(away, 0.5)).toBe(Infinity);
    expect(passageProbability({ distance: 50, drift: 0.01, volatility: 0.1 }, 4000)).toBeLessThan(
      0.1,
    );
  });
});

describe("draws", () => {
  test("stratified normals have the moments of the distribution", () => {
    const values = stratifiedNormals(1000, namedUniform(1, "a"));
    const mean = values.reduce((sum, value) => sum + value, 0) / 1000;
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / 1000;
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 1);
  });

  test("inverse-Gaussian draws have their mean; with no noise they are it", () => {
    const uniform = namedUniform(2, "b");
    const normal = normals(uniform);
    let sum = 0;
    for (let draw = 0; draw < 20_000; draw++) sum += inverseGaussian(3, 12, normal, uniform);
    expect(sum / 20_000).toBeCloseTo(3, 1);
    expect(inverseGaussian(3, Infinity, normal, uniform)).toBe(3);
    expect(inverseGaussian(Infinity, 1, normal, uniform)).toBeGreaterThan(0);
  });
});
