import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveLinear, curveStepAfter, line } from "d3-shape";
import { markup, Markup } from "../markup.ts";

/** A picture over any axis. Looks are classes of the stylesheet; lines differ by colour and dash. */
export interface Plot {
  readonly title: string;
  readonly description: string;
  readonly x: {
    readonly from: number;
    readonly to: number;
    readonly ticks: readonly { readonly at: number; readonly label: string }[];
    /** What the axis counts. */
    readonly label: string;
  };
  readonly y: {
    readonly from: number;
    readonly to: number;
    readonly isLog?: boolean;
    readonly ticks: readonly { readonly at: number; readonly label: string }[];
  };
  readonly plotHeight: number;
  /** Between two heights. */
  readonly bands?: readonly {
    readonly look: string;
    readonly points: readonly (readonly [x: number, low: number, high: number])[];
  }[];
  readonly lines?: readonly {
    readonly look: string;
    readonly isStep?: boolean;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
  readonly dots?: readonly {
    readonly look: string;
    readonly x: number;
    /** Above the picture: an arrow at its top. */
    readonly y: number;
    readonly words: string;
  }[];
  /** Stretches of the x axis on another ground. */
  readonly spans?: readonly { readonly look: string; readonly from: number; readonly to: number }[];
  /** Moments, each label in a row of its own above the picture. */
  readonly uprights?: readonly {
    readonly look: string;
    readonly x: number;
    readonly label: string;
  }[];
  readonly levels?: readonly {
    readonly look: string;
    readonly y: number;
    readonly label: string;
  }[];
}

const plotWidth = 1000;
const labelRow = 15;
const axisHeight = 36;

/**
 * The drawing stretches to any width while its letters keep their size: shapes stand in an inner picture without fixed
 * proportions, words and dots in the outer one at percentages.
 */
export function plotPicture(plot: Plot): Markup {
  const { plotHeight, uprights = [], levels = [], dots = [], spans = [] } = plot;
  const top = 8 + uprights.length * labelRow;
  const toX = scaleOf(plot.x, [0, 100]);
  const toY = scaleOf(plot.y, [plotHeight, 0], plot.y.isLog);
  /** Lines leave the picture where their values do. */
  const toLineY = scaleOf(plot.y, [plotHeight, 0], plot.y.isLog, false);
  const bottom = top + plotHeight;
  return markup`<svg class="chart plot" role="img" width="100%" height="${bottom + axisHeight}">
<title>${plot.title}</title><desc>${plot.description}</desc>
${spans.map(({ look, from, to }) => markup`<rect class="stretch ${look}" x="${toX(from)}%" y="${top}" width="${round(toX(to) - toX(from))}%" height="${plotHeight}"/>`)}
<svg y="${top}" width="100%" height="${plotHeight}" viewBox="0 0 ${plotWidth} ${plotHeight}" preserveAspectRatio="none">
${plot.y.ticks.map(({ at }) => markup`<path class="grid" d="M0,${toY(at)}H${plotWidth}"/>`)}<path class="grid" d="M0,${plotHeight}H${plotWidth}"/>
${(plot.bands ?? []).map(({ look, points }) => markup`<path class="ground ${look}" d="${bandPath(points, toX, toLineY)}"/>`)}
${(plot.lines ?? []).map(({ look, points, isStep }) => markup`<path class="line ${look}" d="${linePath(points, { toX, toY: toLineY, isStep })}"/>`)}
${levels.map(({ look, y }) => markup`<path class="${look}" d="M0,${toY(y)}H${plotWidth}"/>`)}
</svg>
${plot.y.ticks.map(({ at, label }) => markup`<text class="value" x="-8" y="${top + toY(at) + 4}" text-anchor="end">${label}</text>`)}
${plot.x.ticks.map((tick) => tickMark(toX(tick.at), tick.label, bottom))}
<text class="axis" x="100%" y="${bottom + 32}" text-anchor="end">${plot.x.label}</text>
${apart(levels, toY).map(({ y, label, look }) => markup`<text class="level-label ${look}" x="100%" dx="-4" y="${round(top + toY(y) - 4)}" text-anchor="end">${label}</text>`)}
${uprights.map((upright, index) => uprightMark(upright, { x: toX(upright.x), y: 12 + index * labelRow, bottom }))}
${dots.map((each) => dot(each, toX(each.x), top + toY(Math.min(each.y, plot.y.to)), each.y > plot.y.to))}
</svg>`;
}

const letterHeight = 14;

/** Levels whose labels would lie on one that is shown already keep their line only. */
function apart<Level extends { readonly y: number }>(
  levels: readonly Level[],
  toY: Scale,
): readonly Level[] {
  const shown: Level[] = [];
  for (const level of levels.toReversed())
    if (shown.every((other) => Math.abs(toY(other.y) - toY(level.y)) >= letterHeight))
      shown.push(level);
  return shown;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Values beyond the axis end at its end. */
function scaleOf(
  { from, to }: { readonly from: number; readonly to: number },
  range: readonly [number, number],
  isLog = false,
  isClamped = true,
): (value: number) => number {
  const scale = (isLog ? scaleLog() : scaleLinear())
    .domain([from, to])
    .range(range)
    .clamp(isClamped);
  return (value) => round(scale(value));
}

type Scale = (value: number) => number;

const linePath = (
  points: readonly (readonly [number, number])[],
  { toX, toY, isStep = false }: { toX: Scale; toY: Scale; isStep?: boolean | undefined },
): Markup =>
  new Markup(
    line<readonly [number, number]>()
      .x(([x]) => toX(x) * (plotWidth / 100))
      .y(([, y]) => toY(y))
      .curve(isStep ? curveStepAfter : curveLinear)
      .digits(1)(points) ?? "",
  );

const bandPath = (
  points: readonly (readonly [number, number, number])[],
  toX: Scale,
  toY: Scale,
): Markup =>
  new Markup(
    area<readonly [number, number, number]>()
      .x(([x]) => toX(x) * (plotWidth / 100))
      .y0(([, low]) => toY(low))
      .y1(([, , high]) => toY(high))
      .digits(1)(points) ?? "",
  );

function tickMark(x: number, label: string, bottom: number): Markup {
  const anchor = x > 95 ? "end" : x < 3 ? "start" : "middle";
  return markup`<line class="tick" x1="${x}%" x2="${x}%" y1="${bottom}" y2="${bottom + 4}"/><text class="axis" x="${x}%" y="${bottom + 17}" text-anchor="${anchor}">${label}</text>`;
}

function uprightMark(
  { look, label }: { readonly look: string; readonly label: string },
  { x, y, bottom }: { readonly x: number; readonly y: number; readonly bottom: number },
): Markup {
  const [anchor, dx] = x > 55 ? ["end", -5] : ["start", 5];
  return markup`<line class="upright ${look}" x1="${x}%" x2="${x}%" y1="${y - 9}" y2="${bottom}"/><text class="upright-label ${look}" x="${x}%" dx="${dx}" y="${y}" text-anchor="${anchor}">${label}</text>`;
}

const dot = (
  { look, words }: { readonly look: string; readonly words: string },
  x: number,
  y: number,
  isAbove: boolean,
): Markup =>
  isAbove
    ? markup`<text class="unbounded ${look}" x="${x}%" y="${round(y) + 9}" text-anchor="middle">▲<title>${words}</title></text>`
    : markup`<circle class="point ${look}" cx="${x}%" cy="${round(y)}" r="4"><title>${words}</title></circle>`;

/** Round steps of an axis that begins at zero or elsewhere, about `count` of them. */
export const linearTicks = (
  from: number,
  to: number,
  count: number,
  label: (value: number) => string,
): readonly { readonly at: number; readonly label: string }[] =>
  scaleLinear([from, to], [0, 1])
    .ticks(count)
    .map((at) => ({ at, label: label(at) }));
