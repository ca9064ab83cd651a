import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawableParts, downsample, type Point } from "./downsample.ts";
import { inlineBar } from "./inline-bar.ts";
import { percentOf, timeStep, timeTicks } from "./time-frame.ts";
import { timeSeries } from "./time-series.ts";

const everySecond = (values: readonly number[]): readonly Point[] =>
  values.map((value, index) => [index * 1000, value]);

test("thinning keeps the limit, the ends, the largest and the smallest value, and the order", () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 1,
    maxLength: 3000,
  });
  fc.assert(
    fc.property(values, fc.integer({ min: 4, max: 600 }), (all, limit) => {
      const points = everySecond(all);
      const kept = downsample(points, limit);
      const numbers = kept.map(([, value]) => value);
      expect(kept.length).toBeLessThanOrEqual(Math.max(limit, 4));
      expect(Math.max(...numbers)).toBe(Math.max(...all));
      expect(Math.min(...numbers)).toBe(Math.min(...all));
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      expect(kept.every(([at], index) => index === 0 || at > (kept[index - 1]?.[0] ?? 0))).toBe(
        true,
      );
    }),
    { numRuns: 40 },
  );
});

test("a line is cut at a gap and at a value without bound", () => {
  const points: readonly Point[] = [
    [0, 1],
    [1000, 1],
    [2000, Infinity],
    [3000, 1],
    [4000, 1],
    [9000, 1],
  ];
  const parts = drawableParts(points, 600).map((part) => part.map(([at]) => at / 1000));
  expect(parts).toEqual([[0, 1], [3, 4], [9]]);
});

test.each([
  [30_000, 5000],
  [270_000, 60_000],
  [8 * 3_600_000, 7_200_000],
  [10 * 86_400_000, 2 * 86_400_000],
])("%s ms of run have a mark every %s ms", (span, step) => {
  expect(timeStep(span, 6)).toBe(step);
});

const frame = { from: 0, to: 270_000, origin: 0, bands: [], marks: [] };

test("marks of time are round, and instants outside the axis stay on it", () => {
  expect(timeTicks(frame)).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  expect([percentOf(frame, -1), percentOf(frame, 135_000), percentOf(frame, 1e9)]).toEqual([
    0, 50, 100,
  ]);
});

test.each([
  ["no point", []],
  ["one point", everySecond([3])],
  ["only zeros", everySecond([0, 0, 0])],
  ["only infinity", everySecond([Infinity, Infinity])],
  ["negative values", everySecond([-5, 5])],
])("a chart of %s is drawn without nonsense numbers", (_, points) => {
  const line = { label: "a", color: "other0", dash: 0, style: "area", points } as const;
  const panel = { title: "t", description: "d", unit: "count", lines: [line], limits: [] } as const;
  expect(timeSeries(panel, frame, 600).text).not.toMatch(/NaN|Infinity|undefined/);
});

test("a bar tells what is over its limit, and has room for what has no bound", () => {
  expect(inlineBar({ value: 300, most: 300, limit: 200, label: "x" }).text).toContain(
    'class="bar over"',
  );
  expect(inlineBar({ value: Infinity, most: 0, label: "x" }).text).not.toMatch(/NaN|Infinity/);
});
