/** The gate's pictures: the interval against the limit, the values of all runs, the ratio of every pair. */
import { decimal, formatValue } from "../../src/domain/number-text.ts";
import { scaleLinear } from "d3-scale";
import type { Chart } from "../kit/chart.ts";
import type { Axis, PlotDot } from "../kit/plot.ts";
import type { IntervalBar } from "../kit/interval-bar.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import { changeWord, limitOf, ratioWord, spanWord } from "./words.ts";

/** Ratio with its interval on a log scale, 1 marked, the good side of the limit tinted. */
export function ratioInterval(
  metric: GateMetricResult,
  comparison: NonNullable<GateMetricResult["comparison"]>,
  document: GateDocument,
): IntervalBar {
  const { outcome, title, better } = metric;
  const { ratio, low, high } = comparison;
  const limit = limitOf(metric, document);
  const reach = Math.min(2, Math.max(1.15, farFromOne(low), farFromOne(high)));
  return {
    title,
    description: `${ratioWord(ratio)}, interval ${spanWord(comparison)}, limit ${ratioWord(limit)}, ${outcome}`,
    outcome,
    estimate: { point: ratio, low, high },
    limit,
    good: better === "lower" ? "below" : "above",
    domain: [1 / reach, reach],
    isLog: true,
    reference: 1,
  };
}

const farFromOne = (ratio: number): number =>
  (ratio < 1 ? 1 / Math.max(ratio, 1e-9) : ratio) * 1.02;

const arms = [
  { arm: "baseline", y: 1 },
  { arm: "candidate", y: 0 },
] as const;

/** Every run a dot, baseline above candidate, the medians as strokes, on one scale. */
export function runsChart(metric: GateMetricResult): Chart | undefined {
  const { values, unit, title } = metric;
  const known = [...values.baseline, ...values.candidate].filter(isBounded);
  if (known.length === 0) return undefined;
  const x = valueAxis(known, unit);
  const medians = { baseline: metric.baselineMedian, candidate: metric.candidateMedian };
  return {
    title: `${title}: ${changeWord(metric.comparison?.ratio)}`,
    legend: [],
    plots: [
      {
        title,
        description: arms
          .map(
            ({ arm }) =>
              `${arm}: median ${formatValue(medians[arm], unit)} of ${values[arm].length} runs`,
          )
          .join("; "),
        plotHeight: 76,
        x,
        y: { from: -0.5, to: 1.5, ticks: arms.map(({ arm, y }) => ({ at: y, label: arm })) },
        bands: arms.flatMap(({ arm, y }) => {
          const median = medians[arm];
          return median === undefined || !Number.isFinite(median)
            ? []
            : [
                {
                  className: "median",
                  isStrokes: true,
                  points: [[median, y - 0.35, y + 0.35] as const],
                },
              ];
        }),
        dots: arms.flatMap(({ arm, y }) =>
          values[arm].flatMap((value, index) => runDot(value, { arm, index, y, to: x.to, unit })),
        ),
      },
    ],
  };
}

function valueAxis(values: readonly number[], unit: GateMetricResult["unit"]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least) * 0.08 || Math.abs(most) * 0.05 || (unit === "ratio" ? 0.01 : 1);
  const [from, to] = [Math.max(0, least - room), most + room];
  const ticks = scaleLinear([from, to], [0, 1]).ticks(5);
  const labels = ticksText(ticks, unit);
  return { from, to, ticks: ticks.map((at, index) => ({ at, label: labels[index] ?? "" })) };
}

/** As many decimals as it takes to tell neighbours apart. */
function ticksText(ticks: readonly number[], unit: GateMetricResult["unit"]): string[] {
  for (let extra = 0; extra < 4; extra++) {
    const texts = ticks.map((tick) => formatValue(tick, unit, extra));
    if (new Set(texts).size === texts.length) return texts;
  }
  return ticks.map((tick) => formatValue(tick, unit, 4));
}

const isBounded = (value: number | null): value is number =>
  value !== null && Number.isFinite(value);

interface RunPlace {
  readonly arm: string;
  readonly index: number;
  readonly y: number;
  /** The right end of the axis. */
  readonly to: number;
  readonly unit: GateMetricResult["unit"];
}

/** Three heights in turn keep equal values apart; what never answered stands at the right end as a cross. */
function runDot(
  value: number | null,
  { arm, index, y: row, to, unit }: RunPlace,
): readonly PlotDot[] {
  if (value === null) return [];
  const y = row + (1 - (index % 3)) * 0.15;
  const place = `${arm}, run ${index + 1}`;
  return Number.isFinite(value)
    ? [{ className: arm, x: value, y, words: `${place}: ${formatValue(value, unit)}` }]
    : [{ className: "never", x: to, y, sign: "×", words: `${place}: never answered` }];
}

/** Candidate / baseline of every pair in the order of the gate; filled where the baseline ran first. */
export function pairsChart(metric: GateMetricResult, document: GateDocument): Chart | undefined {
  const ratios = document.order.flatMap((first, index) => {
    const [from, to] = [
      metric.values.baseline[index] ?? null,
      metric.values.candidate[index] ?? null,
    ];
    const isKnown = isBounded(from) && isBounded(to) && from > 0 && to > 0;
    return isKnown ? [{ first, pair: index + 1, ratio: to / from }] : [];
  });
  if (ratios.length === 0) return undefined;
  const limit = limitOf(metric, document);
  const reach = Math.max(1.1, ...[...ratios.map(({ ratio }) => ratio), limit].map(farFromOne));
  return {
    title: `${metric.title}: ${driftWord(metric)}`,
    legend: [],
    plots: [
      {
        title: `${metric.title}: ratio of every pair`,
        description: ratios
          .map(({ pair, ratio, first }) => `pair ${pair}, ${first} first: ${ratioWord(ratio)}`)
          .join("; "),
        plotHeight: 92,
        x: {
          from: 0.5,
          to: document.order.length + 0.5,
          ticks: document.order.map((_, index) => ({ at: index + 1, label: `${index + 1}` })),
          label: "pair",
        },
        y: {
          from: 1 / reach,
          to: reach,
          isLog: true,
          ticks: [{ at: limit, label: ratioWord(limit) }],
        },
        levels: [
          { className: "reference", y: 1, label: "" },
          { className: "limit", y: limit, label: "" },
        ],
        dots: ratios.map(({ pair, ratio, first }) => ({
          className: `${first}-first`,
          x: pair,
          y: ratio,
          words: `pair ${pair}, ${first} first: ${ratioWord(ratio)}`,
        })),
      },
    ],
  };
}

function driftWord({ driftPValue, comparison }: GateMetricResult): string {
  const design =
    comparison === undefined
      ? ""
      : `judged ${comparison.design.design}: ${comparison.design.reason}`;
  if (driftPValue === undefined) return design;
  const drift = driftPValue <= 0.1 ? "the level drifts" : "no drift";
  return `${drift} (p ${decimal(driftPValue, 2)}); ${design}`;
}
