import { describe, expect, test } from "vitest";
import { dampedForecast, estimateDrift, readHistory, withPrior } from "./demand-history.ts";
import type { UsePoint } from "./demand-history.ts";

const month = 30.4375;
const history = (...uses: readonly number[]): UsePoint[] =>
  uses.map((use, index) => ({ day: index * month, use }));
const compounding = (ratio: number, months: number, wobble = 0): UsePoint[] =>
  history(
    ...Array.from(
      { length: months },
      (_, index) => 100 * (1 + ratio) ** index * (1 + wobble * (index % 2 === 0 ? 1 : -1)),
    ),
  );

describe("drift", () => {
  test("steady growth is found exactly, with no doubt", () => {
    const estimate = estimateDrift(compounding(0.2, 8), 0.95);
    expect(estimate.drift * month).toBeCloseTo(Math.log(1.2), 10);
    expect(estimate.high - estimate.low).toBeCloseTo(0, 10);
  });

  test("months of unequal length weigh by their days", () => {
    const points = [
      { day: 0, use: 1 },
      { day: 28, use: Math.exp(0.28) },
      { day: 59, use: Math.exp(0.59) },
    ];
    expect(estimateDrift(points, 0.95)).toMatchObject({ degreesOfFreedom: 1 });
    expect(estimateDrift(points, 0.95).drift).toBeCloseTo(0.01, 10);
  });

  test("one change has no spread: the interval is infinite", () => {
    expect(estimateDrift(history(1, 2), 0.95)).toMatchObject({ low: -Infinity, high: Infinity });
  });

  test("a prior pulls by its certainty", () => {
    const joined = withPrior({ drift: 1, standardError: 1 }, { drift: 3, error: 1 });
    expect(joined.drift).toBeCloseTo(2, 10);
    expect(joined.error).toBeCloseTo(Math.SQRT1_2, 10);
    expect(withPrior({ drift: 1, standardError: 0 }, { drift: 3, error: 1 }).drift).toBe(1);
    expect(withPrior({ drift: 1, standardError: 1 }, { drift: 3, error: 0 }).drift).toBe(3);
  });
});

describe("reading a history", () => {
  test.each([
    [history(), "0 points has no change"],
    [history(1), "1 point has no change"],
    [history(1, 2), "2 points has 1 change and no spread: give at least 4 months"],
    [history(1, 2, 3), "3 points has 2 changes"],
  ])("too short: %#", (points, words) => {
    const reading = readHistory(points);
    expect(reading.outcome).toBe("refused");
    expect(reading.outcome === "refused" ? reading.reason : "").toContain(words);
  });

  test("growth that goes on is used, its backtest beats no change", () => {
    const reading = readHistory(compounding(0.1, 12, 0.01));
    expect(reading.outcome).toBe("used");
    expect(reading.backtest?.driftScore).toBeLessThan(0.5);
    expect(reading.backtest?.forecasts).toBe(9);
  });

  test("a trend that turned is refused: no change would have been nearer", () => {
    const reading = readHistory(history(100, 150, 225, 220, 160, 170, 120, 130, 90));
    expect(reading.outcome).toBe("refused");
    expect(reading.outcome === "refused" ? reading.reason : "").toContain("times as wrong");
  });

  test("slowing growth is used, with a note that the dates may be early", () => {
    const slowing = history(100, 150, 195, 230, 255, 273, 285, 293, 298, 301);
    const reading = readHistory(slowing);
    expect(reading.outcome === "used" ? reading.notes.join() : reading.reason).toContain("slowing");
  });

  test("use that stands still exactly has nothing to lose against", () => {
    expect(readHistory(history(5, 5, 5, 5, 5)).outcome).toBe("used");
  });
});

test("a damped trend goes on by less each step", () => {
  const points = compounding(0.1, 10);
  const { use: one } = dampedForecast(points, month);
  const { use: two } = dampedForecast(points, 2 * month);
  const last = points.at(-1)?.use ?? 0;
  expect(one).toBeGreaterThan(last);
  expect(two / one).toBeLessThan(one / last);
});
