/** Charts over time on one shared axis, with the numbers of each as a table. */
import { scaleLinear } from "d3-scale";
import { formatLatency, formatValue, plural } from "../../src/domain/number-text.ts";
import type { Series } from "../../src/domain/report.ts";
import { formatDuration, formatElapsed } from "../../src/domain/time-text.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { column, numberColumn, tableOf, type Table } from "./block.ts";
import type { Chart, LegendEntry } from "./chart.ts";
import { downsample, drawableParts, type Point } from "./downsample.ts";
import type { LineShape, Plot, PlotDot, PlotPoint } from "./plot.ts";
import { percentOf, timeStep, timeTicks, type Mark, type TimeFrame } from "./time-frame.ts";

/** A line of a panel: every one differs in colour or dash. Points have shapes instead of dashes. */
export interface PanelLine {
  readonly label: string;
  readonly color: string;
  readonly dash: number;
  readonly style: Series["style"];
  readonly points: readonly Point[];
}

/** One chart of a column of charts. */
export interface Panel {
  readonly title: string;
  readonly unit: UnitName;
  readonly lines: readonly PanelLine[];
  readonly limits: readonly { readonly label: string; readonly value: number }[];
  /** Lines that had no room. */
  readonly hidden?: number;
  /** Pixels of the plot without its axis. */
  readonly plotHeight?: number;
  /** Its numbers stand in a table elsewhere on the page. */
  readonly isRepeated?: boolean;
}

const usualPlotHeight = 92;

/** Which of its steps is usual for a line. Sizes are recorded where they change: one long wait in ten is no gap. */
const usualQuantileOf: Readonly<Record<PanelLine["style"], number>> = {
  line: 0.5,
  area: 0.5,
  step: 0.9,
  points: 0.5,
};

/** @param pointsPerLine most points drawn of a line */
export function timeChart(given: Panel, frame: TimeFrame, pointsPerLine: number): Chart {
  const lines = given.lines.map((line) => ({ ...line, points: line.points.filter(isNumber) }));
  const lost = pointCount(given.lines) - pointCount(lines);
  return chartOf({ ...given, lines }, frame, pointsPerLine, lost);
}

const pointCount = (lines: readonly PanelLine[]): number =>
  lines.reduce((sum, { points }) => sum + points.length, 0);

/** An observer that divides by zero says NaN: that is no value, and no value without bound either. */
const isNumber = ([at, value]: Point): boolean => !Number.isNaN(value) && Number.isFinite(at);

/** @param lost values that were no numbers */
const chartOf = (panel: Panel, frame: TimeFrame, pointsPerLine: number, lost: number): Chart => ({
  title: panel.title,
  legend: [
    ...panel.lines.map((line): LegendEntry => ({
      className: classNameOf(line),
      shape: shapeOf(line),
      label: line.label,
      range: rangeOf(line, panel.unit),
    })),
    ...panel.limits.map(({ label }): LegendEntry => ({ className: "limit", shape: "line", label })),
  ],
  plots: [timePlot(panel, frame, pointsPerLine)],
  numbers: panel.isRepeated === true ? undefined : numbersOf(panel, frame),
  note:
    [
      ...((panel.hidden ?? 0) > 0 ? [`${panel.hidden} more lines are in verdicts.json.`] : []),
      ...(lost > 0 ? [`${plural(lost, "value")} left out: what was reported is no number.`] : []),
    ].join(" ") || undefined,
});

function timePlot(panel: Panel, frame: TimeFrame, pointsPerLine: number): Plot {
  return {
    title: panel.title,
    description: descriptionOf(panel, frame),
    plotHeight: panel.plotHeight ?? usualPlotHeight,
    reading: { origin: frame.origin, unit: panel.unit },
    ...alongTime(frame),
    y: valueAxis(panel),
    lines: panel.lines.map((line) => ({
      className: classNameOf(line),
      shape: shapeOf(line),
      points:
        line.style === "points"
          ? downsample(line.points.filter(isFinitePoint), pointsPerLine)
          : joined(drawableParts(line.points, pointsPerLine, usualQuantileOf[line.style])),
    })),
    levels: panel.limits.map(({ value }) => ({ className: "limit", y: value, label: "" })),
    dots: panel.lines.flatMap((line) => unbounded(line, frame)),
  };
}

/** What every plot over time has: the axis of the page, its stretches and its marks. */
export const alongTime = (frame: TimeFrame): Pick<Plot, "x" | "spans" | "uprights"> => ({
  x: {
    from: frame.from,
    to: frame.to,
    ticks: timeTicks(frame).map((at) => ({ at, label: formatElapsed(at - frame.origin) })),
  },
  spans: frame.bands
    .filter(({ kind }) => kind !== "judged")
    .map(({ kind, from, to }) => ({ className: kind, from, to })),
  uprights: frame.marks.map(markOf),
});

const isFinitePoint = ([, value]: Point): boolean => Number.isFinite(value);

/** Parts of a line as one, cut between them. */
const joined = (parts: readonly (readonly Point[])[]): readonly PlotPoint[] =>
  parts.flatMap((part, index) => (index === 0 ? part : [[part[0]?.[0] ?? 0, Number.NaN], ...part]));

const classNameOf = ({ color, dash, style }: PanelLine): string =>
  style === "points" ? color : `${color} d${dash}`;

const shapeOf = ({ dash, style }: PanelLine): LineShape =>
  style === "points" ? (dash % 2 === 0 ? "round" : "upright") : style;

/** From zero, or from below it; counts have whole ticks only. */
function valueAxis({ lines, limits, unit }: Panel): Plot["y"] {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const finite = [...values, ...limits.map(({ value }) => value)].filter(Number.isFinite);
  const most = finite.reduce((highest, value) => Math.max(highest, value), 0);
  const least = finite.reduce((lowest, value) => Math.min(lowest, value), 0);
  const to = most > least ? most * 1.08 : least + 1;
  const isShown = (tick: number) =>
    tick !== 0 && (unit !== "count" || most < 1 || Number.isInteger(tick));
  const ticks = [0, ...scaleLinear([least, to], [0, 1]).ticks(3).filter(isShown)];
  return { from: least, to, ticks: ticks.map((at) => ({ at, label: formatValue(at, unit) })) };
}

/** Values without a bound leave the picture at the top: arrows say where, one in every fiftieth of the width. */
function unbounded({ label, points }: PanelLine, frame: TimeFrame): readonly PlotDot[] {
  const places = points
    .filter(([, value]) => value === Number.POSITIVE_INFINITY)
    .map(([at]) => Math.round(percentOf(frame, at) / 2) * 2);
  return [...new Set(places)].map((percent) => ({
    className: "limit",
    x: frame.from + (frame.to - frame.from) * (percent / 100),
    y: Number.POSITIVE_INFINITY,
    words: `${label}: without bound`,
  }));
}

const signs = { up: "↑", down: "↓" } as const;

/** An abort and an event are labelled; an autoscaler's steps are many, and a thin line with an arrow is enough. */
const markOf = ({ at, label, kind }: Mark) =>
  kind === "abort" || kind === "event"
    ? { className: kind, x: at, label: `${kind === "abort" ? "✕" : "▼"} ${label}` }
    : { className: kind, x: at, label, sign: signs[kind] };

const textOf = (value: number | undefined, unit: UnitName): string =>
  unit === "ms" ? formatLatency(value) : formatValue(value, unit);

function rangeOf({ points }: PanelLine, unit: UnitName): string {
  if (points.length === 0) return "no value";
  const values = points.map(([, value]) => value);
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return low === high ? textOf(low, unit) : `${textOf(low, unit)} to ${textOf(high, unit)}`;
}

function descriptionOf(panel: Panel, frame: TimeFrame): string {
  const lines = panel.lines.map((line) => {
    const [at] = line.points.reduce((best, point) => (point[1] > best[1] ? point : best), [0, -1]);
    if (line.points.length === 0) return `${line.label}: no value.`;
    return `${line.label}: ${rangeOf(line, panel.unit)}, largest at ${formatElapsed(at - frame.origin)}.`;
  });
  return [...lines, ...panel.limits.map(({ label }) => `Limit ${label}.`)].join(" ");
}

const mostRows = 24;

/** The largest value in each stretch of time. */
function numbersOf({ title, unit, lines }: Panel, frame: TimeFrame): Table {
  const step = timeStep(frame.to - frame.from, mostRows);
  const first = Math.floor((frame.from - frame.origin) / step);
  const count = Math.ceil((frame.to - frame.origin) / step) - first;
  const stretches = Array.from({ length: count }, (_, index) => first + index);
  return tableOf(
    { id: "numbers", title: `${title}: largest value in each ${formatDuration(step)}` },
    stretches,
    [
      column("from", "From", (stretch) => formatElapsed(stretch * step)),
      ...lines.map((line) => {
        const largest = largestByStep(line, frame.origin, step);
        return numberColumn<number>(line.label, line.label, (stretch) =>
          textOf(largest.get(stretch), unit),
        );
      }),
    ],
  );
}

function largestByStep(line: PanelLine, origin: number, step: number): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  const indexOf = (at: number) => Math.floor((at - origin) / step);
  const record = (index: number, value: number) =>
    values.set(index, Math.max(values.get(index) ?? Number.NEGATIVE_INFINITY, value));
  for (const [at, value] of line.points) record(indexOf(at), value);
  for (const [[from, value], [to]] of line.style === "step" ? heldSteps(line) : [])
    for (let index = indexOf(from) + 1; index <= indexOf(to); index++) record(index, value);
  return values;
}

/** From each point of a step line to the next one that it lasts to; not across gaps. */
const heldSteps = ({ points, style }: PanelLine): readonly (readonly [Point, Point])[] =>
  drawableParts(points, Math.max(4, points.length), usualQuantileOf[style]).flatMap((part) =>
    part.slice(1).flatMap((to, index) => {
      const from = part[index];
      return from === undefined ? [] : [[from, to] as const];
    }),
  );
