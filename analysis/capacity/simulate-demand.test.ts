import { describe, expect, test } from "vitest";
import { passageErrors } from "../../bench/capacity-simulation.ts";
import { daysPerMonth } from "./growth.ts";
import { interpolatedQuantile } from "../../src/domain/sorted-quantile.ts";
import { simulateDemand } from "./simulate-demand.ts";
import type { DriftBelief } from "./simulate-demand.ts";

const compute: DriftBelief = {
  form: "compounding",
  drift: Math.log(1.2) / daysPerMonth,
  driftError: 0,
  volatility: 0.02 / Math.sqrt(daysPerMonth),
};
const options = { paths: 2000, months: 24, seed: 1, name: "compute" };

test("P10, P50 and P90 lie within 1 % of the inverse-Gaussian first passage", () => {
  for (const monthlyVolatility of [0.02, 0.05]) {
    const run = {
      monthlyDrift: Math.log(1.2),
      multiples: [1.6, 2, 5, 200],
      paths: 10_000,
      seed: 1,
    };
    for (const error of passageErrors({ ...run, monthlyVolatility }))
      expect(error).toBeLessThan(0.01);
  }
});

const times = (belief: DriftBelief, multiples: readonly number[], seed = 1): Float64Array[] =>
  simulateDemand(belief, multiples, { ...options, seed }).crossings.map((one) => one.toSorted());

/** Days between P10 and P90 of reaching 1.6 times today's use. */
function width(belief: DriftBelief): number {
  const [days = new Float64Array()] = times(belief, [1.6]);
  return interpolatedQuantile(days, 0.9) - interpolatedQuantile(days, 0.1);
}

describe("paths", () => {
  test("the same seed gives the same answer, another seed another, another name another", () => {
    expect(times(compute, [1.6])).toEqual(times(compute, [1.6]));
    expect(times(compute, [1.6])).not.toEqual(times(compute, [1.6], 2));
    const other = simulateDemand(compute, [1.6], { ...options, name: "storage" });
    expect(other.crossings[0]?.toSorted()).not.toEqual(times(compute, [1.6])[0]);
  });

  test("without any doubt every path is the closed form, within the horizon and beyond it", () => {
    const sure = { ...compute, volatility: 0 };
    const [soon, late] = times(sure, [1.6, 1000]);
    for (const value of [soon?.[0], soon?.at(-1)]) expect(value).toBeCloseTo(78.46, 1);
    expect(late?.[0]).toBeCloseTo((Math.log(1000) / Math.log(1.2)) * daysPerMonth, 6);
    const linear = { ...sure, form: "linear", drift: 0.2 / daysPerMonth } as const;
    expect(times(linear, [2])[0]?.[0]).toBeCloseTo(5 * daysPerMonth, 6);
  });

  test("higher barriers are crossed later on every path; those behind at once", () => {
    const { crossings } = simulateDemand(
      { ...compute, volatility: 0.1 },
      [0.9, 1, 1.01, 1.02, 1.5],
      options,
    );
    for (let path = 0; path < options.paths; path++) {
      const order = crossings.map((one) => one[path] ?? Number.NaN);
      expect(order.slice(0, 2)).toEqual([0, 0]);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  test("shrinking demand may never get there", () => {
    const [never] = times({ ...compute, drift: -compute.drift, volatility: 0 }, [1.5]);
    expect(never?.[0]).toBe(Infinity);
    const [rarely] = times({ ...compute, drift: -compute.drift, volatility: 0.03 }, [1.5]);
    expect(interpolatedQuantile(rarely ?? new Float64Array(), 0.9)).toBe(Infinity);
  });

  test("an error of the rate widens the dates", () => {
    const unsure = { ...compute, driftError: compute.drift / 4 };
    expect(width(unsure)).toBeGreaterThan(2 * width(compute));
  });

  test("use by month grows with the drift, and starts at today's", () => {
    const { factors } = simulateDemand(compute, [], options);
    expect(factors).toHaveLength(25);
    expect(factors[0]?.every((value) => value === 1)).toBe(true);
    expect(interpolatedQuantile(factors[12]?.toSorted() ?? [], 0.5)).toBeCloseTo(1.2 ** 12, 0);
  });
});
