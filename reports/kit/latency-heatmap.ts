/** Latency over time as a heatmap: the darker a cell, the more of that moment's requests took so long. */
import { formatCount, formatLatency, formatValue, plural } from "../../src/domain/number-text.ts";
import type { LatencyColumn, LatencyOverTime } from "../../src/domain/latency-distribution.ts";
import { formatDuration, formatElapsed } from "../../src/domain/time-text.ts";
import { column, numberColumn, tableOf, type Table } from "./block.ts";
import { key, type Chart, type LegendEntry } from "./chart.ts";
import { logTicks, type Plot, type PlotPoint } from "./plot.ts";
import { alongTime } from "./time-chart.ts";
import type { TimeFrame } from "./time-frame.ts";

/** Shares of a column's requests from which a cell is darker. */
const shades = [0, 0.02, 0.1, 0.25, 0.5];

const legendOf = (
  hasFailed: boolean,
  limits: readonly { readonly label: string }[],
): readonly LegendEntry[] => [
  ...shades.map((from, shade) => {
    const next = shades[shade + 1];
    const label =
      next === undefined
        ? `above ${formatValue(from, "ratio")}`
        : `to ${formatValue(next, "ratio")}`;
    return key(`cell shade${shade}`, "ground", label);
  }),
  ...(hasFailed ? [key("cell failed", "ground", "without a good answer")] : []),
  key("other0 d0", "line", "p95"),
  key("other0 d2", "line", "p50"),
  ...limits.map(({ label }) => key("limit", "line", label)),
];

/** @param limits of the p95, milliseconds */
export function latencyHeatmap(
  title: string,
  given: LatencyOverTime,
  frame: TimeFrame,
  limits: readonly { readonly label: string; readonly value: number }[],
): Chart {
  const plot = plotOf(title, given, frame, limits);
  return {
    title,
    legend: legendOf(
      given.columns.some(({ failed }) => failed > 0),
      limits,
    ),
    plots: [plot],
    numbers: numbersOf(title, given, frame),
  };
}

function plotOf(
  title: string,
  given: LatencyOverTime,
  frame: TimeFrame,
  limits: readonly { readonly value: number }[],
): Plot {
  const { bandEndsMs, columns } = given;
  const [low = 1, high = 10] = [bandEndsMs[0], bandEndsMs.at(-1)];
  // What failed has a row of its own above all others.
  const row = (high / low) ** 0.08;
  const to = columns.some(({ failed }) => failed > 0) ? high * row * row : high;
  const line = (of: (each: LatencyColumn) => number): PlotPoint[] =>
    columns.map((each) => [middle(each, given, frame), of(each)]);
  return {
    title,
    description: descriptionOf(given, frame),
    plotHeight: 150,
    reading: { origin: frame.origin, unit: "ms" },
    ...alongTime(frame),
    y: {
      from: low,
      to,
      isLog: true,
      ticks: logTicks([low, high], 4, (value) => formatValue(value, "ms")),
    },
    cells: [
      ...shades.map((_, shade) => ({
        className: `shade${shade}`,
        boxes: bandEndsMs
          .slice(1)
          .flatMap((end, band) =>
            joined(
              columns
                .filter((each) => shadeOf(each.counts[band] ?? 0, each) === shade)
                .map((each) => span(each, given, frame)),
            ).map(([from, until]) => [from, until, bandEndsMs[band] ?? low, end] as const),
          ),
      })),
      {
        className: "failed",
        boxes: columns
          .filter(({ failed }) => failed > 0)
          .map((each) => [...span(each, given, frame), high * row, to] as const),
      },
    ].filter(({ boxes }) => boxes.length > 0),
    lines: [
      { className: "other0 d0", points: line(({ p95Ms }) => p95Ms) },
      { className: "other0 d2", points: line(({ p50Ms }) => p50Ms) },
    ],
    levels: limits
      .filter(({ value }) => value >= low && value <= high)
      .map(({ value }) => ({ className: "limit", y: value, label: "" })),
  };
}

type Span = readonly [from: number, to: number];

/** Stretches that touch as one: neighbouring cells of a shade are one box. */
function joined(spans: readonly Span[]): readonly Span[] {
  const done: Span[] = [];
  for (const [from, to] of spans) {
    const last = done.at(-1);
    if (last?.[1] === from) done[done.length - 1] = [last[0], to];
    else done.push([from, to]);
  }
  return done;
}

const requestsOf = ({ counts, failed }: LatencyColumn): number =>
  counts.reduce((sum, count) => sum + count, failed);

/** Absent: nothing is drawn. */
const shadeOf = (count: number, all: LatencyColumn): number | undefined =>
  count === 0 ? undefined : shades.findLastIndex((from) => count / requestsOf(all) > from);

const span = (
  { at }: LatencyColumn,
  { columnMs }: LatencyOverTime,
  { from, to }: TimeFrame,
): Span => [Math.max(at, from), Math.min(at + columnMs, to)];

const middle = (each: LatencyColumn, given: LatencyOverTime, frame: TimeFrame): number => {
  const [from, to] = span(each, given, frame);
  return (from + to) / 2;
};

function descriptionOf({ columns, columnMs, bandEndsMs }: LatencyOverTime, frame: TimeFrame) {
  if (columns.length === 0) return "No request was measured.";
  const slowest = columns.reduce((worst, each) => (each.p95Ms > worst.p95Ms ? each : worst));
  const failed = columns.reduce((sum, each) => sum + each.failed, 0);
  return `${plural(columns.length, "column")} of ${formatDuration(columnMs)}, latencies from ${formatLatency(bandEndsMs[0])} to ${formatLatency(bandEndsMs.at(-1))}. Largest p95 ${formatLatency(slowest.p95Ms)} at ${formatElapsed(slowest.at - frame.origin)}. ${plural(failed, "request")} without a good answer.`;
}

const latencyColumn = (id: string, of: (each: LatencyColumn) => number) =>
  numberColumn(id, id, (each: LatencyColumn) => formatLatency(of(each)));

function numbersOf(title: string, { columns, columnMs }: LatencyOverTime, frame: TimeFrame): Table {
  return tableOf({ id: "numbers", title: `${title}: each ${formatDuration(columnMs)}` }, columns, [
    column("from", "From", ({ at }: LatencyColumn) => formatElapsed(at - frame.origin)),
    numberColumn("requests", "Requests", (each: LatencyColumn) => formatCount(requestsOf(each))),
    latencyColumn("p50", ({ p50Ms }) => p50Ms),
    latencyColumn("p95", ({ p95Ms }) => p95Ms),
    numberColumn("failed", "Without a good answer", ({ failed }: LatencyColumn) =>
      formatCount(failed),
    ),
  ]);
}
