/** The one drawing of every report: lines, areas, dots and levels over any two axes. Pure data in, SVG out. */
import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveLinear, curveStepAfter, line } from "d3-shape";
import type { UnitName } from "../../src/domain/units.ts";
import { markup, Markup } from "../markup.ts";

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly isLog?: boolean;
  readonly ticks: readonly Tick[];
  /** What it counts. */
  readonly label?: string;
}

/** A spare tick is left out where the window is narrow. */
export interface Tick {
  readonly at: number;
  readonly label: string;
  readonly isSpare?: boolean;
}

export type PlotPoint = readonly [x: number, y: number];

/** How a line's points are drawn; round and upright marks stand alone. */
export type LineShape = "line" | "step" | "area" | "round" | "upright";

/** Every `className` is a class of the stylesheet (`style-charts.ts`). */
export interface Plot {
  readonly title: string;
  /** In words, for those who do not see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Pixels, without axis and labels. */
  readonly plotHeight: number;
  /** Its x axis is elapsed time, in milliseconds since this origin: the page's script reads values from its lines. */
  readonly reading?: { readonly origin: number; readonly unit: UnitName };
  /** Stretches of the x axis on another ground. */
  readonly spans?: readonly {
    readonly className: string;
    readonly from: number;
    readonly to: number;
  }[];
  /** Between two heights: a filled band, or an upright stroke at each x. */
  readonly bands?: readonly {
    readonly className: string;
    readonly isStrokes?: boolean;
    readonly points: readonly (readonly [x: number, low: number, high: number])[];
  }[];
  /** Boxes of one kind, such as the cells of a heatmap. */
  readonly cells?: readonly {
    readonly className: string;
    readonly boxes: readonly (readonly [fromX: number, toX: number, fromY: number, toY: number])[];
  }[];
  /** A value that is not finite cuts the line. */
  readonly lines?: readonly {
    readonly className: string;
    readonly shape?: LineShape;
    readonly points: readonly PlotPoint[];
  }[];
  /** A dot above the picture is an arrow at its top. */
  readonly dots?: readonly PlotDot[];
  /** Instants: a label above the picture, in the first row with room for it, or a sign with the label as its title. */
  readonly uprights?: readonly {
    readonly className: string;
    readonly x: number;
    readonly label: string;
    readonly sign?: string;
  }[];
  readonly levels?: readonly {
    readonly className: string;
    readonly y: number;
    readonly label: string;
  }[];
}

export interface PlotDot {
  readonly className: string;
  readonly x: number;
  readonly y: number;
  /** Of this dot alone, on hover. */
  readonly words: string;
  /** In place of a circle: ◆, ×. */
  readonly sign?: string;
  /** Beside it, always shown. */
  readonly label?: string;
}

const plotWidth = 1000;
const labelRow = 15;

/**
 * The drawing stretches to any width while its letters keep their size: shapes stand in an inner picture without fixed
 * proportions, words and dots in the outer one at percentages.
 */
export function plotPicture(plot: Plot): Markup {
  const { plotHeight, uprights = [], levels = [], dots = [], spans = [] } = plot;
  const toX = scaleOf(plot.x, [0, 100]);
  const rows = labelRows(uprights, toX);
  const top = 8 + (Math.max(-1, ...rows) + 1) * labelRow;
  const bottom = top + plotHeight;
  const toY = scaleOf(plot.y, [plotHeight, 0]);
  return markup`<svg class="chart" role="img" width="100%" height="${bottom + (plot.x.label === undefined ? 20 : 36)}"${readingOf(plot)}>
<title>${plot.title}</title><desc>${plot.description}</desc>
${spans.map(({ className, from, to }) => markup`<rect class="span ${className}" x="${toX(from)}%" y="${top}" width="${round(toX(to) - toX(from))}%" height="${plotHeight}"/>`)}${plot.x.ticks.map((tick) => xTick(tick, toX(tick.at), bottom))}
<svg y="${top}" width="100%" height="${plotHeight}" viewBox="0 0 ${plotWidth} ${plotHeight}" preserveAspectRatio="none">
${shapes(plot, toX)}
</svg>
${plot.y.ticks.map(({ at, label }) => markup`<text class="value" x="-8" y="${round(top + toY(at) + 4)}" text-anchor="end">${label}</text>`)}${plot.x.label !== undefined && markup`<text class="axis" x="100%" y="${bottom + 32}" text-anchor="end">${plot.x.label}</text>`}
${apart(levels, toY).map(({ y, label, className }) => markup`<text class="level-label ${className}" x="100%" dx="-4" y="${round(top + toY(y) - 4)}" text-anchor="end">${label}</text>`)}${uprights.map((upright, index) => uprightMark(upright, { x: toX(upright.x), row: rows[index] ?? 0, bottom }))}${dots.map((each) => dotMark(each, { x: toX(each.x), y: round(top + toY(Math.min(each.y, plot.y.to))), isAbove: each.y > plot.y.to }))}
</svg>`;
}

/** Ends of both axes, and the unit. */
const readingOf = ({ reading, x, y }: Plot): Markup | undefined =>
  reading &&
  markup` data-x="${x.from - reading.origin} ${x.to - reading.origin}" data-y="${y.from} ${y.to} ${reading.unit}${y.isLog === true && " log"}"`;

/** What stretches with the picture. Lines leave it where their values do. */
function shapes(plot: Plot, percentOf: Scale) {
  const { y, plotHeight, bands = [], cells = [], lines = [], levels = [] } = plot;
  const toX = (value: number) => percentOf(value) * (plotWidth / 100);
  const toY = scaleOf(y, [plotHeight, 0], false);
  const base = toY(Math.max(y.from, Math.min(0, y.to)));
  const rules = new Set([...y.ticks.map(({ at }) => toY(at)), ...(y.isLog === true ? [] : [base])]);
  return [
    [...rules].map((height) => markup`<path class="grid" d="M0,${height}H${plotWidth}"/>`),
    bands.map(({ className, points, isStrokes }) =>
      isStrokes === true
        ? markup`<path class="strokes ${className}" d="${new Markup(points.map(([at, low, high]) => `M${toX(at).toFixed(1)},${toY(low)}V${toY(high)}`).join(""))}"/>`
        : markup`<path class="ground ${className}" d="${bandPath(points, toX, toY)}"/>`,
    ),
    cells.map(({ className, boxes }) => {
      const drawn = boxes.map(
        ([left, right, low, high]) =>
          `M${toX(left).toFixed(1)},${toY(low).toFixed(1)}H${toX(right).toFixed(1)}V${toY(high).toFixed(1)}H${toX(left).toFixed(1)}z`,
      );
      return markup`<path class="cell ${className}" d="${new Markup(drawn.join(""))}"/>`;
    }),
    lines.map((each) => lineMark(each, { toX, toY, base })),
    levels.map(
      ({ className, y: value }) =>
        markup`<path class="${className}" d="M0,${toY(value)}H${plotWidth}"/>`,
    ),
  ];
}

/** Percent of the width that a letter takes in a narrow window. */
const letterWidth = 2;

/** Of each upright, the row of its label: the first in which it lies on no other. */
function labelRows(uprights: NonNullable<Plot["uprights"]>, toX: Scale): readonly number[] {
  const taken: (readonly [row: number, from: number, to: number])[] = [];
  return uprights.map(({ x, label, sign }) => {
    if (sign !== undefined) return 0;
    const at = toX(x);
    const width = label.length * letterWidth;
    const [from, to] = isLeftOf(at) ? [at - width, at] : [at, at + width];
    let row = 0;
    while (taken.some(([used, low, high]) => used === row && from < high && to > low)) row++;
    taken.push([row, from, to]);
    return row;
  });
}

/** Whether a label stands left of its mark. */
const isLeftOf = (percent: number): boolean => percent > 55;

type Scale = (value: number) => number;
type Line = NonNullable<Plot["lines"]>[number];

const round = (value: number): number => Math.round(value * 100) / 100;

/** Values beyond the axis end at its end, unless they may leave the picture. */
function scaleOf(
  { from, to, isLog = false }: Axis,
  range: readonly [number, number],
  isClamped = true,
): Scale {
  const scale = (isLog ? scaleLog() : scaleLinear())
    .domain([from, to])
    .range(range)
    .clamp(isClamped);
  return (value) => round(scale(value));
}

interface Scales {
  readonly toX: Scale;
  readonly toY: Scale;
  /** Height of zero, or of the end that is nearest to it. */
  readonly base: number;
}

/** Of heights: values are read from the drawing. */
const lineDigits = 2;

function lineMark({ className, shape = "line", points }: Line, { toX, toY, base }: Scales): Markup {
  if (shape === "round" || shape === "upright") {
    const marks = points
      .filter(([, value]) => Number.isFinite(value))
      .map(([at, value]) => `M${toX(at).toFixed(1)},${toY(value)}${pointShapes[shape]}`);
    return markup`<path class="line points ${className}" d="${new Markup(marks.join(""))}"/>`;
  }
  const x = ([at]: PlotPoint) => toX(at);
  const y = ([, value]: PlotPoint) => toY(value);
  const isDrawn = ([, value]: PlotPoint) => Number.isFinite(value);
  const curve = shape === "step" ? curveStepAfter : curveLinear;
  const stroke =
    line<PlotPoint>().x(x).y(y).defined(isDrawn).curve(curve).digits(lineDigits)(points) ?? "";
  const surface = area<PlotPoint>().x(x).y0(base).y1(y).defined(isDrawn).curve(curve).digits(1);
  return markup`${shape === "area" && markup`<path class="ground ${className}" d="${new Markup(surface(points) ?? "")}"/>`}<path class="line ${className}" d="${new Markup(stroke)}"/>`;
}

/** Round, or upright: the plot is stretched sideways, where only a line without width keeps its shape. */
export const pointShapes = { round: "h0", upright: "m0,-4v8" } as const;

const bandPath = (
  points: readonly (readonly [number, number, number])[],
  toX: Scale,
  toY: Scale,
): Markup =>
  new Markup(
    area<readonly [number, number, number]>()
      .x(([x]) => toX(x))
      .y0(([, low]) => toY(low))
      .y1(([, , high]) => toY(high))
      .digits(1)(points) ?? "",
  );

const letterHeight = 14;

/** Levels whose labels would lie on one that is shown already keep their line only. */
function apart<Level extends { readonly y: number; readonly label: string }>(
  levels: readonly Level[],
  toY: Scale,
): readonly Level[] {
  const shown: Level[] = [];
  for (const level of levels.toReversed())
    if (
      level.label !== "" &&
      shown.every(({ y }) => Math.abs(toY(y) - toY(level.y)) >= letterHeight)
    )
      shown.push(level);
  return shown;
}

function xTick({ label, isSpare }: Tick, x: number, bottom: number): Markup {
  const anchor = x > 95 ? "end" : x < 3 ? "start" : "middle";
  return markup`<line class="tick" x1="${x}%" x2="${x}%" y1="${bottom}" y2="${bottom + 4}"/><text class="axis${isSpare === true && " spare"}" x="${x}%" y="${bottom + 16}" text-anchor="${anchor}">${label}</text>`;
}

function uprightMark(
  { className, label, sign }: NonNullable<Plot["uprights"]>[number],
  { x, row, bottom }: { readonly x: number; readonly row: number; readonly bottom: number },
): Markup {
  const y = 12 + row * labelRow;
  if (sign !== undefined)
    return markup`<g><title>${label}</title><line class="upright ${className}" x1="${x}%" x2="${x}%" y1="${y + 3}" y2="${bottom}"/><text class="upright-sign" x="${x}%" y="${y}" text-anchor="middle">${sign}</text></g>`;
  const [anchor, dx] = isLeftOf(x) ? ["end", -5] : ["start", 5];
  return markup`<line class="upright ${className}" x1="${x}%" x2="${x}%" y1="${y - 9}" y2="${bottom}"/><text class="upright-label ${className}" x="${x}%" dx="${dx}" y="${y}" text-anchor="${anchor}">${label}</text>`;
}

function dotMark(
  { className, words, sign, label }: PlotDot,
  { x, y, isAbove }: { readonly x: number; readonly y: number; readonly isAbove: boolean },
): Markup {
  const shown = isAbove ? "▲" : sign;
  const [anchor, dx] = isLeftOf(x) ? ["end", -14] : ["start", 14];
  const mark =
    shown === undefined
      ? markup`<circle class="dot ${className}" cx="${x}%" cy="${y}"><title>${words}</title></circle>`
      : markup`<text class="dot-sign ${className}${isAbove && " unbounded"}" x="${x}%" y="${round(y + (isAbove ? 9 : 4))}" text-anchor="middle">${shown}<title>${words}</title></text>`;
  return markup`${mark}${label !== undefined && markup`<text class="dot-label ${className}" x="${x}%" dx="${dx}" y="${round(y - 8)}" text-anchor="${anchor}">${label}</text>`}`;
}

/** A linear axis with ticks at round steps, about `count` of them. */
export const linearAxis = (
  [from, to]: readonly [from: number, to: number],
  count: number,
  format: (value: number) => string,
  label?: string,
): Axis => ({
  from,
  to,
  ticks: scaleLinear([from, to], [0, 1])
    .ticks(count)
    .map((at) => ({ at, label: format(at) })),
  label,
});

/** On a logarithmic axis: 1, 2, 5 of each factor of ten, or fewer of them where that is more than about `count`. */
export function logTicks(
  [from, to]: readonly [from: number, to: number],
  count: number,
  format: (value: number) => string,
): readonly Tick[] {
  const low = Math.floor(Math.log10(from));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(to)) - low + 1 },
    (_, index) => 10 ** (low + index),
  );
  const choices = [[1, 2, 5], [1, 3], [1]].map((steps) =>
    decades
      .flatMap((decade) => steps.map((step) => Number((decade * step).toPrecision(1))))
      .filter((at) => at >= from && at <= to),
  );
  const chosen = choices.find((each) => each.length <= count * 1.5) ?? choices.at(-1) ?? [];
  return chosen.map((at) => ({ at, label: format(at) }));
}

/** With some room beyond the greatest value. */
export const axisFromZero = (
  most: number,
  count: number,
  format: (value: number) => string,
  label?: string,
): Axis => linearAxis([0, most * 1.06], count, format, label);

/** A description: each item in words. */
export const inWords = <Item>(
  items: readonly Item[],
  of: (item: Item, index: number) => string,
): string => items.map(of).join("; ");
