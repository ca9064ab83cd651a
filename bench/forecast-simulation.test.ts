import { describe, expect, test } from "vitest";
import results from "./results/forecast.json" with { type: "json" };
import { horizons, meanOf, planned, scoreOf, smoothed } from "./forecast-simulation.ts";
import { seriesKinds, simulateSeries } from "./forecast-shapes-simulation.ts";
import { smoothedForecast } from "./forecast-smoothing-simulation.ts";

// A small edition of bench/forecast.ts: with six series a shape, bounds wider than the targets.
const seriesOf = (months: number, count: number, name?: string) =>
  seriesKinds
    .filter((kind) => name === undefined || kind.name === name)
    .flatMap((kind, index) =>
      Array.from({ length: count }, (_, number) =>
        simulateSeries(kind, { months, ahead: Math.max(...horizons), seed: 31 * index + number }),
      ),
    );

describe("eight shapes of use", () => {
  const series = seriesOf(24, 6);
  const plan = scoreOf(planned(200), series, 1);

  test("P10 to P90 hold about eight of ten months to come, and no history is refused", () => {
    expect(meanOf(plan.coverage)).toBeGreaterThan(0.7);
    expect(meanOf(plan.coverage)).toBeLessThan(0.9);
    expect(plan.refused).toBe(0);
  });

  test("closer than damped exponential smoothing by the interval score", () => {
    const reference = scoreOf(smoothed, series, 1);
    expect(meanOf(plan.intervalScore)).toBeLessThan(meanOf(reference.intervalScore));
  });
});

test("a flat history is narrow, and stays flat", () => {
  const [{ history } = { history: [] }] = seriesOf(12, 1, "flat");
  const bands = planned(200)(history, 1) ?? [];
  const { low = 0, middle = 0, high = 0 } = bands[11] ?? {};
  expect(middle / (history.at(-1) ?? 1)).toBeCloseTo(1, 1);
  expect(high / low).toBeLessThan(1.3);
});

describe("the reference", () => {
  test("goes on with a straight line, damped", () => {
    const line = Array.from({ length: 24 }, (_, month) => 1.02 ** month);
    const [first, , , , , sixth] = smoothedForecast(line, 6);
    expect((first?.middle ?? 0) / 1.02 ** 24).toBeCloseTo(1, 2);
    expect(sixth?.middle ?? 9).toBeLessThanOrEqual(1.02 ** 29 * 1.001);
    expect(sixth?.middle ?? 0).toBeGreaterThan(1.02 ** 24);
  });

  test("finds a season of two years", () => {
    const season = Array.from({ length: 36 }, (_, month) =>
      Math.exp(0.3 * Math.sin((month / 6) * Math.PI)),
    );
    const [, , third] = smoothedForecast(season, 3);
    expect(third?.middle ?? 0).toBeCloseTo(season[2] ?? 1, 1);
  });
});

test("the committed results keep the targets at each length", () => {
  expect(results.totals.map(({ months }) => months)).toEqual([12, 24, 36]);
  for (const row of results.totals) {
    expect(row.coverage).toBeGreaterThanOrEqual(0.75);
    expect(row.coverage).toBeLessThanOrEqual(0.85);
    expect(row.intervalScore).toBeLessThanOrEqual(row.referenceIntervalScore);
    expect(row.refusedRatio).toBeLessThanOrEqual(0.02);
  }
});
