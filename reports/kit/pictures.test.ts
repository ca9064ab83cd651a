import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawableParts, downsample, type Point } from "./downsample.ts";
import { inlineBar } from "./inline-bar.ts";
import { sparkline } from "./sparkline.ts";
import { stackedBar } from "./stacked-bar.ts";
import { percentOf, timeStep, timeTicks, type TimeFrame } from "./time-frame.ts";
import { plotPicture } from "./plot.ts";
import { timeChart, type Panel } from "./time-chart.ts";

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

test("a line of steps may wait long between changes, and still shows where nothing was measured", () => {
  const waits = [100, 100, 5, 5, 5, 5, 5, 5, 5, 100, 100];
  const at = (index: number) => waits.slice(0, index).reduce((sum, wait) => sum + wait, 0) * 1000;
  const points = Array.from({ length: waits.length + 1 }, (_, index): Point => [at(index), index]);
  expect(drawableParts(points, 600, 0.9)).toHaveLength(1);
  expect(drawableParts(points, 600).length).toBeGreaterThan(1);
  const regular = everySecond(Array.from({ length: 40 }, () => 3));
  const gap = [...regular, ...regular.map(([time, value]): Point => [time + 60_000, value])];
  expect(drawableParts(gap, 600, 0.9)).toHaveLength(2);
});

test.each([
  [30_000, 5000],
  [270_000, 60_000],
  [8 * 3_600_000, 7_200_000],
  [10 * 86_400_000, 2 * 86_400_000],
])("%s ms of run have a mark every %s ms", (span, step) => {
  expect(timeStep(span, 6)).toBe(step);
});

const timeSeries = (panel: Panel, at: TimeFrame, limit: number) =>
  plotPicture(timeChart(panel, at, limit).plots[0]!);

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
  const panel = { title: "t", unit: "count", lines: [line], limits: [] } as const;
  expect(timeSeries(panel, frame, 600).text).not.toMatch(/NaN|Infinity|undefined/);
});

test("points stand alone: nothing is drawn between them, and what has no bound is an arrow", () => {
  const points = everySecond([1, 2, Infinity, 3]);
  const line = { label: "a", color: "other0", dash: 0, style: "points", points } as const;
  const panel = { title: "t", unit: "ms", lines: [line], limits: [] } as const;
  const { text } = timeSeries(panel, frame, 600);
  const [, drawn = ""] = /class="line points other0" d="([^"]*)"/.exec(text) ?? [];
  expect(drawn.match(/M[\d.]+,[\d.]+h0/g)).toHaveLength(3);
  expect(drawn).not.toMatch(/[LHC]/);
  expect(text.match(/▲/g)).toHaveLength(1);
  const upright = timeSeries({ ...panel, lines: [{ ...line, dash: 1 }] }, frame, 600).text;
  expect(upright).toMatch(/M[\d.]+,[\d.]+m0,-4v8/);
});

test("a bar tells what is over its limit, and has room for what has no bound", () => {
  expect(inlineBar({ value: 300, most: 300, limit: 200, label: "x" }).text).toContain(
    'class="bar over"',
  );
  expect(inlineBar({ value: Infinity, most: 0, label: "x" }).text).not.toMatch(/NaN|Infinity/);
});

test("parts of a bar stand one after the other and fill no more than its share", () => {
  const parts = [
    { kind: 0, value: 25, text: "a" },
    { kind: 1, value: 1, text: "b" },
    { kind: 2, value: 24, text: "c" },
  ];
  const { text } = stackedBar({ parts, most: 100, label: "x" });
  expect([...text.matchAll(/x="([\d.]+)%" width="([\d.]+)%"/g)].map(([, x, w]) => [x, w])).toEqual([
    ["0", "25"],
    ["25", "1"],
    ["26", "24"],
  ]);
  expect([...text.matchAll(/>([abc])<\/text>/g)].map(([, word]) => word)).toEqual(["a", "c"]);
  expect(stackedBar({ parts, most: 0, label: "x" }).text).not.toMatch(/NaN|Infinity/);
});

test.each([
  ["no point", []],
  ["one point", everySecond([2])],
  ["infinity", everySecond([1, Infinity, 3])],
])("a small line of %s is drawn without nonsense numbers", (_, points) => {
  expect(sparkline({ points, domain: [0, 1], label: "x" }).text).not.toMatch(
    /NaN|Infinity|undefined/,
  );
});

test("steps of an autoscaler are arrows with words, an abort is words", () => {
  const points = everySecond([1, 2]);
  const line = { label: "a", color: "other0", dash: 0, style: "step", points } as const;
  const panel = { title: "t", unit: "count", lines: [line], limits: [] } as const;
  const marks = [
    { at: 0, label: "2 → 4 at 0:00", kind: "up" },
    { at: 1000, label: "4 → 3 at 0:01", kind: "down" },
    { at: 2000, label: "abort", kind: "abort" },
  ] as const;
  const { text } = timeSeries({ ...panel, plotHeight: 50 }, { ...frame, marks }, 600);
  expect(text).toMatch(/<title>2 → 4 at 0:00<\/title>.*↑.*↓.*✕ abort/s);
});
