/** The trend of one metric, run by run: range of the runs, line, gaps, changes of level, outliers, limit. */
import { formatValue, plural } from "../../src/domain/number-text.ts";
import { isoDate } from "../../src/domain/time-text.ts";
import { symbols } from "../wording.ts";
import type { Chart, LegendEntry } from "../kit/chart.ts";
import { linearAxis, type Axis, type PlotPoint, type Tick } from "../kit/plot.ts";
import { isWorse, type SiteDocument, type SiteTrend } from "./document.ts";
import { changeSentence, changeText, valueText } from "./trend-words.ts";

const legend: readonly LegendEntry[] = [
  { className: "main", shape: "line", label: "median of the runs of a nightly run" },
  { className: "main", shape: "upright", label: "smallest to largest run" },
  { className: "level", shape: "line", label: "level between changes" },
  { className: "worse", shape: "line", label: "change for the worse" },
  { className: "better", shape: "line", label: "for the better" },
  { className: "outlier", shape: "dot", label: "outlier" },
  { className: "missing", shape: "ground", label: "no valid run" },
];
const limitEntry: LegendEntry = { className: "limit", shape: "line", label: "limit" };
const environmentEntry: LegendEntry = {
  className: "environment",
  shape: "upright",
  label: "environment changed",
};

const gateEntry: LegendEntry = {
  className: "environment",
  shape: "dot",
  label: `release gate: ${symbols.pass} pass, ${symbols.fail} fail, ${symbols.inconclusive} inconclusive, ${symbols.invalid} invalid`,
};

const gateLooks = {
  pass: "better",
  fail: "worse",
  inconclusive: "outlier",
  invalid: "environment",
} as const;

/** At the foot, between the nightly runs before and after it. */
const gateDots = ({ gates, nightlyRuns }: SiteDocument, { from }: Axis) =>
  gates.map(({ at, outcome, candidate }) => ({
    className: gateLooks[outcome],
    x: Math.min(
      Math.max(0, nightlyRuns.findLastIndex((night) => night.at <= at) + 0.5),
      Math.max(nightlyRuns.length - 1, 1),
    ),
    y: from,
    sign: symbols[outcome],
    words: `Release gate of ${isoDate(at)}: ${outcome}, ${candidate}`,
  }));

export function trendChart(trend: SiteTrend, site: SiteDocument): Chart {
  const { points, changePoints, limit, outliers } = trend;
  const y = valueAxis(trend);
  const valueAt = (index: number): number => points[index]?.value ?? Number.NaN;
  return {
    title: `${trend.title}, ${plural(points.length, "nightly run")}`,
    legend: [
      ...legend,
      ...(limit === undefined ? [] : [limitEntry]),
      ...(site.marks.length === 0 ? [] : [environmentEntry]),
      ...(site.gates.length === 0 ? [] : [gateEntry]),
    ],
    plots: [
      {
        title: trend.title,
        description: description(trend, site),
        plotHeight: 260,
        x: { from: 0, to: Math.max(points.length - 1, 1), ticks: dateTicks(site) },
        y,
        spans: gaps(trend).map(([from, to]) => ({
          className: "missing",
          from: from - 0.5,
          to: to + 0.5,
        })),
        bands: [
          { className: "main", isStrokes: true, points: rangesOf(trend) },
          { className: "environment", isStrokes: true, points: marksAtFoot(site, y) },
        ],
        lines: [
          ...levels(trend).map((part) => ({ className: "level", points: part })),
          {
            className: "main",
            points: points.map((_, index): PlotPoint => [index, valueAt(index)]),
          },
        ],
        dots: [
          ...outliers.map((index) => ({
            className: "outlier",
            x: index,
            y: valueAt(index),
            words: `${site.nightlyRuns[index]?.date ?? ""}: ${valueText(points[index]?.value, trend)}`,
          })),
          ...gateDots(site, y),
        ],
        uprights: changePoints.map((change) => ({
          className: isWorse(trend, change) ? "worse" : "better",
          x: change.index - 0.5,
          label: changeText(change),
        })),
        levels: limit === undefined ? [] : [{ className: "limit", y: limit.value, label: "" }],
      },
    ],
  };
}

const isDrawn = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value);

/** From the values, not from zero: a trend is about change, and its axis is labelled. */
function valueAxis({ points, limit, changePoints, unit }: SiteTrend): Axis {
  const values = points.flatMap(({ value, low, high }) => [value, low, high]);
  const finite = [...values, ...changePoints.map(({ after }) => after)].filter(isDrawn);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  if (!Number.isFinite(least)) return { from: 0, to: 1, ticks: [] };
  const isNear = limit !== undefined && limit.value < most * 2 && limit.value > least / 2;
  const low = isNear ? Math.min(least, limit.value) : least;
  const high = isNear ? Math.max(most, limit.value) : most;
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const [from, to] = [low < 0 ? low - room : Math.max(0, low - room), high + room];
  return linearAxis([from, to], 4, (value) => formatValue(value, unit));
}

type Range = readonly [x: number, low: number, high: number];

const rangesOf = ({ points }: SiteTrend): readonly Range[] =>
  points.flatMap(({ low, high }, index): Range[] =>
    isDrawn(low) && isDrawn(high) ? [[index, low, high]] : [],
  );

/** Short strokes from the foot of the picture: what else changed before that run. */
const marksAtFoot = ({ marks }: SiteDocument, { from, to }: Axis): readonly Range[] =>
  marks.map(({ index }) => [index - 0.5, from, from + (to - from) * 0.05]);

function gaps({ points }: SiteTrend): (readonly [number, number])[] {
  const found: [number, number][] = [];
  points.forEach(({ value }, index) => {
    const last = found.at(-1);
    if (isDrawn(value)) return;
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else found.push([index, index]);
  });
  return found;
}

const level = (from: number, to: number, value: number): readonly PlotPoint[] => [
  [from, value],
  [to, value],
];

function levels({ points, changePoints }: SiteTrend): readonly (readonly PlotPoint[])[] {
  return changePoints.flatMap((change, order) => {
    const next = changePoints[order + 1]?.index ?? points.length;
    const after = level(change.index, next - 1, change.after);
    return order === 0 ? [level(0, change.index - 1, change.before), after] : [after];
  });
}

/** About six dates; every second one gives way where the window is narrow. */
function dateTicks({ nightlyRuns }: SiteDocument): readonly Tick[] {
  const step = Math.max(1, Math.ceil(nightlyRuns.length / 6));
  return nightlyRuns
    .flatMap(({ date }, index) =>
      index % step === 0 && (index === 0 || index < nightlyRuns.length - step / 3)
        ? [{ at: index, label: nightlyRuns.length > 60 ? date.slice(0, 7) : date.slice(5) }]
        : [],
    )
    .map((tick, order) => ({ ...tick, isSpare: order % 2 === 1 }));
}

function description(trend: SiteTrend, site: SiteDocument): string {
  const measured = trend.points.filter(({ value }) => value !== undefined);
  const changes = trend.changePoints.map((change) => changeSentence(change, trend, site));
  return [
    `${measured.length} of ${plural(trend.points.length, "nightly run")} measured, last ${valueText(measured.at(-1)?.value, trend)}.`,
    changes.length === 0 ? "No change of level." : `Changes of level: ${changes.join("; ")}.`,
    `${trend.outliers.length} outliers. The table below has every night.`,
  ].join(" ");
}
