import { describe, expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { daysPerMonth } from "./growth.ts";
import { quantilesOf, simulateDemand } from "./simulate-demand.ts";
import { drawUsage, estimateUsage, growthAhead, monthOfYear } from "./usage-model.ts";

const random = seededRandom(7);
const months = (count: number, of: (month: number) => number) =>
  Array.from({ length: count }, (_, month) => ({ month, logUse: of(month) }));
const noisy = (sigma: number): number => sigma * normal(random);

const wave = (month: number, amplitude: number): number =>
  amplitude * Math.sin((month / 6) * Math.PI);

test("one month is no history", () => {
  expect(() => estimateUsage([{ month: 0, logUse: 0 }])).toThrow(RangeError);
});

test("weights add up to one, and forecasts are for every month after the third", () => {
  const model = estimateUsage(months(30, (month) => 0.01 * month + noisy(0.02)));
  expect(model.models.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 1);
  expect(model.oneStep).toHaveLength(27);
  expect(model.oneStep.every(({ probability }) => probability > 0 && probability < 1)).toBe(true);
});

test("the level, a straight line and what scatters round it: the limits of the filter", () => {
  const line = months(24, (month) => 3 + 0.02 * month);
  const { point, standardError } = growthAhead(estimateUsage(line, { trend: "drift" }));
  expect(point).toBeCloseTo(0.02, 3);
  expect(standardError).toBeLessThan(0.003);
});

test.each([
  [23, 0],
  [36, 1],
])("a season of ±30 %% needs two years: %d months give it the weight %d", (count, weight) => {
  const { models } = estimateUsage(months(count, (month) => wave(month, 0.3) + noisy(0.01)));
  const seasonal = models.filter(({ hasSeason }) => hasSeason);
  expect(seasonal.reduce((sum, one) => sum + one.weight, 0)).toBeCloseTo(weight, 2);
});

describe("a stated growth beside the history", () => {
  const prior = { growth: 0.18, error: 0.045 };
  test("decides where the history says little", () => {
    const scattered = months(4, (month) => 0.1 * month + [0.3, -0.3, 0.2, -0.2][month]!);
    const { point } = growthAhead(estimateUsage(scattered, { prior }));
    expect(point).toBeGreaterThan(growthAhead(estimateUsage(scattered)).point);
  });
  test("has no weight against a history that contradicts it", () => {
    const flat = months(8, () => 1);
    expect(growthAhead(estimateUsage(flat, { prior })).point).toBeLessThan(0.002);
  });
});

test("a gap is a month that was not measured, not a month of no change", () => {
  const all = months(24, (month) => 0.03 * month);
  const gaps = all.filter(({ month }) => month % 3 !== 1);
  expect(growthAhead(estimateUsage(gaps)).point).toBeCloseTo(
    growthAhead(estimateUsage(all)).point,
    2,
  );
});

test("days are simulated as months are drawn: the same use a year ahead", () => {
  const model = estimateUsage(months(36, (month) => 0.01 * month + wave(month, 0.1) + noisy(0.03)));
  const paths = 4000;
  const { factors } = simulateDemand({ form: "measured", model, monthsSince: 0, logToday: 0 }, [], {
    paths,
    months: 12,
    seed: 1,
    name: "compute",
  });
  const uniform = seededRandom(2);
  const draws = drawUsage(model, paths, uniform, () => normal(uniform));
  const year = draws.map((draw) => {
    let { level, growth } = draw;
    for (let ahead = 0; ahead < 12; ahead++) {
      level += growth + draw.changeSigma * normal(uniform);
      growth *= draw.damping;
    }
    const own = draw.season?.[monthOfYear(model.lastMonth + 12)] ?? 0;
    return Math.exp(level + own + draw.noiseSigma * normal(uniform));
  });
  const daily = quantilesOf(factors[12] ?? new Float64Array());
  const monthly = quantilesOf(Float64Array.from(year));
  for (const key of ["p10", "p50", "p90"] as const)
    expect(daily[key] / monthly[key]).toBeCloseTo(1, 1.5);
});

test("a barrier between two years is crossed in the season's peak, not between the peaks", () => {
  const model = estimateUsage(
    months(48, (month) => 0.3 * Math.cos((month / 6) * Math.PI) + 0.001 * noisy(1)),
  );
  const { crossings } = simulateDemand(
    { form: "measured", model, monthsSince: 0, logToday: Math.log(1) },
    [Math.exp(0.2)],
    { paths: 200, months: 24, seed: 1, name: "compute" },
  );
  // The last month is eleven; the peak is month 48, a month ahead.
  const { p50 } = quantilesOf(crossings[0] ?? new Float64Array());
  expect(p50 / daysPerMonth).toBeGreaterThan(0.4);
  expect(p50 / daysPerMonth).toBeLessThan(1.6);
});
