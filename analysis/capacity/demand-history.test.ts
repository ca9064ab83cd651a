import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { normal, seededRandom } from "../../src/domain/random.ts";
import { readDemandHistory } from "./demand-history.ts";
import type { HistoryReading, UsePoint } from "./demand-history.ts";

const month = 30.4375;
const history = (...uses: readonly number[]): UsePoint[] =>
  uses.map((use, index) => ({ day: index * month, use }));
const compounding = (ratio: number, months: number): UsePoint[] =>
  history(...Array.from({ length: months }, (_, index) => 100 * (1 + ratio) ** index));
const file = (name: string): UsePoint[] =>
  readFileSync(path.join(import.meta.dirname, "testdata", name), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [date = "", use = ""] = line.split(",");
      return {
        day: Date.parse(date.length === 7 ? `${date}-01` : date) / 86_400_000,
        use: Number.parseFloat(use) / 100,
      };
    });
const monthlyGrowth = (reading: HistoryReading) => {
  if (reading.outcome === "refused") throw new Error(reading.reason);
  const { point, low, high } = reading.growth;
  return { point: Math.expm1(point), low: Math.expm1(low), high: Math.expm1(high) };
};

describe("too short for a growth: refused, with today's level all the same", () => {
  test.each([
    [history(), "the history has 0 months (0 points)", undefined],
    [history(1), "the history has 1 month (1 point)", 1],
    [
      history(1, 2, 3),
      "the history has 3 months (3 points): too few for a growth, give at least 4",
      3,
    ],
    [
      Array.from({ length: 60 }, (_, day) => ({ day, use: 5 })),
      "the history has 2 months (60 points)",
      5,
    ],
  ])("%#", (points, words, newest) => {
    const reading = readDemandHistory(points);
    expect(reading.outcome === "refused" ? reading.reason : "").toContain(words);
    expect(reading.newest?.use).toBe(newest);
  });
});

describe("a history without growth is evidence of none", () => {
  const random = seededRandom(5);
  test.each([
    ["30 % each month, which a logarithm does not give back exactly", Array(12).fill(0.3)],
    ["37 % each month", Array(12).fill(0.37)],
    ["2 TB each month", Array(12).fill(2e12)],
    ["1 each month, 4 months", Array(4).fill(1)],
    ["37 % ± 0.8", Array.from({ length: 12 }, () => 0.37 + 0.008 * normal(random))],
  ] satisfies readonly (readonly [string, readonly number[]])[])("%s", (_, uses) => {
    const reading = readDemandHistory(history(...uses));
    const { point, low, high } = monthlyGrowth(reading);
    expect(Math.abs(point)).toBeLessThan(0.003);
    expect(low).toBeLessThanOrEqual(0);
    expect(high).toBeGreaterThan(0);
    expect(high).toBeLessThan(0.03);
    expect(reading.notes).toContain("its growth cannot be distinguished from no growth");
  });

  test("that never changes has no error to compare with, rather than an infinite one", () => {
    const reading = readDemandHistory(history(...Array<number>(12).fill(0.3)));
    expect(reading.outcome === "used" ? reading.backtest : undefined).toEqual({
      forecasts: 9,
      relativeError: undefined,
      coverage: 1,
    });
  });

  test("a trend that turned is a history too", () => {
    const { point, low, high } = monthlyGrowth(
      readDemandHistory(history(100, 150, 225, 220, 160, 170, 120, 130, 90)),
    );
    expect(low).toBeLessThan(-0.05);
    expect(high).toBeGreaterThan(0.05);
    expect(Math.abs(point)).toBeLessThan(0.1);
  });
});

describe("growth", () => {
  test.each([
    ["+20 % a month, exactly", compounding(0.2, 8), 0.2, 0.03],
    ["+1 % a month with a noise of 1 %", file("slow-growth.csv"), 0.01, 0.002],
    ["+1 % a month under a season of ±25 %", file("season.csv"), 0.01, 0.003],
    ["+1.8 % a month by day", file("daily.csv"), 0.018, 0.002],
    ["-5 % a month", compounding(-0.05, 12), -0.05, 0.01],
  ])("%s", (_, points, truth, error) => {
    const { point, low, high } = monthlyGrowth(readDemandHistory(points));
    expect(Math.abs(point - truth)).toBeLessThan(error);
    expect(low).toBeLessThan(truth);
    expect(high).toBeGreaterThan(truth * 0.999);
  });

  test("forecasts each month better than the month before does", () => {
    const reading = readDemandHistory(compounding(0.1, 12));
    expect(reading.outcome === "used" ? reading.backtest.relativeError : 1).toBeLessThan(0.5);
  });
});

const nameOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 7);
const weekend = (day: number): number => (day % 7 < 2 ? 0.5 : 1);

describe("points finer than a month", () => {
  test("days and their monthly means say the same", () => {
    const days = file("daily.csv");
    const means = [...new Set(days.map(({ day }) => nameOf(day)))].map((name) => {
      const points = days.filter(({ day }) => nameOf(day) === name);
      const use = points.reduce((sum, point) => sum + point.use, 0) / points.length;
      return { day: Date.parse(`${name}-01`) / 86_400_000, use };
    });
    const [fine, coarse] = [readDemandHistory(days), readDemandHistory(means)];
    expect(fine.months).toHaveLength(12);
    expect(monthlyGrowth(fine).point).toBeCloseTo(monthlyGrowth(coarse).point, 3);
    expect(fine.notes.join()).toContain("365 points, 1 day apart, averaged to 12 months");
  });

  test("the newest level of days is the mean of a week, that of weeks and months the newest", () => {
    const days = Array.from({ length: 200 }, (_, day) => ({ day, use: weekend(day) }));
    expect(readDemandHistory(days).newest).toMatchObject({ use: 6 / 7, averagedDays: 7 });
    const weeks = Array.from({ length: 30 }, (_, week) => ({ day: 7 * week, use: week + 1 }));
    expect(readDemandHistory(weeks).newest?.use).toBe(30);
    expect(readDemandHistory(history(1, 2, 3, 4)).newest?.use).toBe(4);
  });

  test("a month with less than half of its days was not measured", () => {
    const days = Array.from({ length: 365 }, (_, day) => ({ day, use: 1 })).filter(
      ({ day }) => day < 150 || day > 172,
    );
    expect(readDemandHistory(days).months).toHaveLength(11);
  });
});

describe("what a history is not", () => {
  test("points after the plan's date are left out, and counted", () => {
    const reading = readDemandHistory(history(1, 2, 3, 4, 5, 6), { planDay: 4 * month });
    expect(reading.newest?.use).toBe(5);
    expect(reading.notes).toContain("1 point after the plan's date left out");
  });

  test("without the unit of its resource it has a growth and no level", () => {
    const reading = readDemandHistory(compounding(0.1, 12), {
      unitProblem: "its column has no unit",
    });
    expect(reading.newest).toBeUndefined();
    expect(monthlyGrowth(reading).point).toBeCloseTo(0.1, 1);
    expect(reading.notes[0]).toBe(
      "its column has no unit: the history says how use grew, not what is used today",
    );
  });
});
