import { expect, test } from "vitest";
import { milliseconds } from "../../src/domain/units.ts";
import type { LatencyOverTime } from "../../src/domain/latency-distribution.ts";
import { latencyHeatmap } from "./latency-heatmap.ts";
import { percentileChart } from "./percentile-chart.ts";

const frame = { from: 0, to: 20_000, origin: 0, bands: [], marks: [] };
const given: LatencyOverTime = {
  columnMs: milliseconds(10_000),
  bandEndsMs: [1, 10, 100],
  columns: [
    { at: 0, counts: [99, 1], failed: 0, p50Ms: 4, p95Ms: 8 },
    { at: 10_000, counts: [10, 60], failed: 30, p50Ms: 40, p95Ms: Infinity },
  ],
};

test("a cell is the darker the greater its share of the column's requests, what failed has a row above", () => {
  const { plots, legend, numbers } = latencyHeatmap("API", given, frame, []);
  const cells = new Map((plots[0]?.cells ?? []).map(({ className, boxes }) => [className, boxes]));
  expect(cells.get("shade0")).toEqual([[0, 10_000, 10, 100]]);
  // A tenth is not more than a tenth.
  expect(cells.get("shade1")).toEqual([[10_000, 20_000, 1, 10]]);
  expect(cells.get("shade4")).toEqual([
    [0, 10_000, 1, 10],
    [10_000, 20_000, 10, 100],
  ]);
  const [failed] = cells.get("failed") ?? [];
  expect(failed?.slice(0, 2)).toEqual([10_000, 20_000]);
  expect(failed?.[2]).toBeGreaterThan(100);
  expect(legend.map(({ label }) => label)).toContain("without a good answer");
  expect(numbers?.rows[1]?.map((cell) => (typeof cell === "string" ? cell : cell.text))).toEqual([
    "0:10",
    "100",
    "40 ms",
    "never answered",
    "30",
  ]);
});

test("a limit outside the bands is in the legend alone", () => {
  const limits = [{ label: "limit < 500 ms", value: 500 }];
  const chart = latencyHeatmap("API", given, frame, limits);
  expect(chart.plots[0]?.levels).toEqual([]);
  expect(chart.legend.at(-1)?.label).toBe("limit < 500 ms");
});

test("nothing measured says so", () => {
  const nothing = { columnMs: milliseconds(10_000), bandEndsMs: [], columns: [] };
  expect(latencyHeatmap("API", nothing, frame, []).plots[0]?.description).toBe(
    "No request was measured.",
  );
});

test("percentiles stand on an axis in nines; one without an answer ends its curve", () => {
  const chart = percentileChart("Latency", [
    {
      label: "Before",
      className: "baseline d1",
      requests: 1000,
      percentiles: [
        [0.5, 20],
        [0.9, 80],
        [0.99, Infinity],
      ],
    },
  ]);
  const [plot] = chart?.plots ?? [];
  expect(plot?.x.ticks.map(({ label }) => label)).toEqual(["least", "p50", "p90", "p99"]);
  expect(plot?.x.to).toBeCloseTo(100, 9);
  expect(plot?.lines?.[0]?.points.map(([x]) => Math.round(x))).toEqual([2, 10, 100]);
  expect(plot?.lines?.[0]?.points.at(-1)?.[1]).toBe(Infinity);
});

test("no curve without two points", () => {
  const one = { label: "a", className: "main", requests: 12, percentiles: [[0, 5] as const] };
  expect(percentileChart("Latency", [one])).toBeUndefined();
});
