import { formatValue } from "../../src/domain/number-text.ts";
import { formatElapsed } from "../../src/domain/time-text.ts";
import { scaleLinear } from "d3-scale";
import { area, curveLinear, curveStepAfter, line } from "d3-shape";
import type { Series } from "../../src/domain/report.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { markup, Markup } from "../markup.ts";
import { downsample, drawableParts, type Point } from "./downsample.ts";
import { percentOf, timeTicks, type Mark, type TimeFrame } from "./time-frame.ts";

/** A line of a panel. Colour and dash are classes of the stylesheet: every line differs in one of both. Points have shapes instead of dashes. */
export interface PanelLine {
  readonly label: string;
  readonly color: string;
  readonly dash: number;
  readonly style: Series["style"];
  readonly points: readonly Point[];
}

/** One chart of the column of charts. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly unit: UnitName;
  readonly lines: readonly PanelLine[];
  readonly limits: readonly { readonly label: string; readonly value: number }[];
  /** Pixels of the plot without its axis. */
  readonly plotHeight?: number;
}

const top = 18;
const usualPlotHeight = 92;
/** Which of its steps is usual for a line. Sizes are told where they change: one long wait in ten is no gap. */
export const usualQuantileOf: Readonly<Record<PanelLine["style"], number>> = {
  line: 0.5,
  area: 0.5,
  step: 0.9,
  points: 0.5,
};
const axisHeight = 20;
const plotWidth = 1000;

/**
 * Lines over time. The drawing stretches to any width while its letters keep their size: shapes stand in an inner
 * picture without fixed proportions, words in the outer one at percentages.
 * @param limit most points drawn for a line
 */
export function timeSeries(panel: Panel, frame: TimeFrame, limit: number): Markup {
  const { plotHeight = usualPlotHeight } = panel;
  const toY = valueScale(panel, plotHeight);
  const height = top + plotHeight + axisHeight;
  return markup`<svg class="chart" role="img" width="100%" height="${height}">
<title>${panel.title}</title><desc>${panel.description}</desc>
${frame.bands.map((band) => bandRect(band, frame, plotHeight))}${timeAxis(frame, plotHeight)}
<svg y="${top}" width="100%" height="${plotHeight}" viewBox="0 0 ${plotWidth} ${plotHeight}" preserveAspectRatio="none">
${gridLines(toY)}${panel.lines.map((each) => drawLine(each, frame, toY, limit))}${panel.limits.map(({ value }) => limitLine(toY(value)))}
</svg>
${valueLabels(panel, toY)}${panel.lines.map((each) => unboundedMarks(each, frame))}${frame.marks.map((mark) => markLine(mark, frame, plotHeight))}
</svg>`;
}

type Scale = (value: number) => number;

function valueScale(panel: Panel, plotHeight: number): Scale & { ticks: readonly number[] } {
  const values = panel.lines.flatMap(({ points }) => points.map(([, value]) => value));
  const finite = [...values, ...panel.limits.map(({ value }) => value)].filter(Number.isFinite);
  const most = finite.reduce((highest, value) => Math.max(highest, value), 0);
  const least = finite.reduce((lowest, value) => Math.min(lowest, value), 0);
  const scale = scaleLinear([least, most > least ? most * 1.06 : least + 1], [plotHeight, 2]);
  const toY = (value: number) => Math.round(scale(value) * 10) / 10;
  const isTold = (tick: number) =>
    tick !== 0 && (panel.unit !== "count" || most < 1 || Number.isInteger(tick));
  return Object.assign(toY, { ticks: scale.ticks(3).filter(isTold) });
}

const bandRect = (
  band: TimeFrame["bands"][number],
  frame: TimeFrame,
  plotHeight: number,
): Markup => {
  const from = percentOf(frame, band.from);
  const width = Math.round((percentOf(frame, band.to) - from) * 100) / 100;
  return markup`<rect class="band ${band.kind}" x="${from}%" y="${top}" width="${width}%" height="${plotHeight}"/>`;
};

const timeAxis = (frame: TimeFrame, plotHeight: number): readonly Markup[] =>
  timeTicks(frame).map((at) => {
    const x = percentOf(frame, at);
    const anchor = x > 97 ? "end" : "middle";
    return markup`<line class="tick" x1="${x}%" x2="${x}%" y1="${top + plotHeight}" y2="${top + plotHeight + 4}"/><text class="axis" x="${x}%" y="${top + plotHeight + 16}" text-anchor="${anchor}">${formatElapsed(at - frame.origin)}</text>`;
  });

const gridLines = (toY: ReturnType<typeof valueScale>): readonly Markup[] =>
  [0, ...toY.ticks].map((tick) => markup`<path class="grid" d="M0,${toY(tick)}H${plotWidth}"/>`);

const valueLabels = (panel: Panel, toY: ReturnType<typeof valueScale>): readonly Markup[] =>
  [0, ...toY.ticks].map(
    (tick) =>
      markup`<text class="value" x="-8" y="${top + toY(tick) + 4}" text-anchor="end">${formatValue(tick, panel.unit)}</text>`,
  );

function drawLine(each: PanelLine, frame: TimeFrame, toY: Scale, limit: number): Markup {
  const toX = (at: number) => percentOf(frame, at) * (plotWidth / 100);
  if (each.style === "points") {
    const finite = each.points.filter(([, value]) => Number.isFinite(value));
    const dots = downsample(finite, limit).map(
      ([at, value]) => `M${toX(at).toFixed(1)},${toY(value)}${pointShape(each)}`,
    );
    return markup`<path class="line points ${each.color}" d="${new Markup(dots.join(""))}"/>`;
  }
  const curve = each.style === "step" ? curveStepAfter : curveLinear;
  const parts = drawableParts(each.points, limit, usualQuantileOf[each.style]);
  const x = ([at]: Point) => toX(at);
  const y = ([, value]: Point) => toY(value);
  const path = line<Point>().x(x).y(y).curve(curve).digits(1);
  const surface = area<Point>().x(x).y0(toY(0)).y1(y).curve(curve).digits(1);
  const ground = each.style === "area" ? parts.map((part) => surface(part) ?? "").join("") : "";
  const stroke = parts.map((part) => path(part) ?? "").join("");
  return markup`${ground !== "" && markup`<path class="ground ${each.color}" d="${new Markup(ground)}"/>`}<path class="line ${each.color} d${each.dash}" d="${new Markup(stroke)}"/>`;
}

/** Round, or upright: the plot is stretched sideways, where only a line without width keeps its shape. */
export const pointShape = ({ dash }: PanelLine): string => (dash % 2 === 0 ? "h0" : "m0,-4v8");

const limitLine = (y: number): Markup => markup`<path class="limit" d="M0,${y}H${plotWidth}"/>`;

/** Values without a bound leave the picture at the top: an arrow says where, ten at most. */
function unboundedMarks(each: PanelLine, frame: TimeFrame): readonly Markup[] {
  const places = each.points
    .filter(([, value]) => value === Number.POSITIVE_INFINITY)
    .map(([at]) => Math.round(percentOf(frame, at) / 2) * 2);
  return [...new Set(places)].map(
    (x) => markup`<text class="unbounded" x="${x}%" y="${top + 10}" text-anchor="middle">▲</text>`,
  );
}

const arrows = { up: "↑", down: "↓" } as const;

/** An abort is told in words; an autoscaler's steps are many, and a thin line with an arrow is enough. */
function markLine({ at, label, kind }: Mark, frame: TimeFrame, plotHeight: number): Markup {
  const x = percentOf(frame, at);
  const bar = markup`x1="${x}%" x2="${x}%" y1="${top - 6}" y2="${top + plotHeight}"`;
  if (kind !== "abort")
    return markup`<g><title>${label}</title><line class="step ${kind}" ${bar}/><text class="step-arrow" x="${x}%" y="${top - 7}" text-anchor="middle">${arrows[kind]}</text></g>`;
  const [anchor, dx] = x > 60 ? ["end", -5] : ["start", 5];
  return markup`<line class="mark" ${bar}/><text class="mark-label" x="${x}%" dx="${dx}" y="${top + 8}" text-anchor="${anchor}">✕ ${label}</text>`;
}
