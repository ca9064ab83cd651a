import { scaleLinear } from "d3-scale";
import { curveLinear, curveStepAfter, line } from "d3-shape";
import { markup, Markup } from "../markup.ts";
import { downsample, type Point } from "./downsample.ts";

const width = 150;
const height = 30;
const mostPoints = 90;

export interface Sparkline {
  /** Ascending; a value that is not finite is a gap. */
  readonly points: readonly Point[];
  /** What foot and top stand for; values beyond them are drawn there. */
  readonly domain: readonly [least: number, most: number];
  readonly isStep?: boolean;
  /** In words, for those who do not see it; absent beside the numbers of its row. */
  readonly label?: string;
}

/** A line in the size of a word. */
export function sparkline({ points, domain, isStep = false, label }: Sparkline): Markup {
  const [from, to] = [points.at(0)?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  const toX = scaleLinear([from, to], [0, width]);
  const toY = scaleLinear(domain, [height - 1, 2]).clamp(true);
  const path = line<Point>()
    .defined(([, value]) => Number.isFinite(value))
    .x(([at]) => toX(at))
    .y(([, value]) => toY(value))
    .curve(isStep ? curveStepAfter : curveLinear)
    .digits(1);
  const isWhole = points.every(([, value]) => Number.isFinite(value));
  const drawn = new Markup(path(isWhole ? downsample(points, mostPoints) : points) ?? "");
  const name = label === undefined ? markup`aria-hidden="true"` : markup`role="img"`;
  return markup`<svg class="sparkline" ${name} width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${label !== undefined && markup`<title>${label}</title>`}<path class="grid" d="M0,${height - 1}H${width}"/><path class="line" d="${drawn}"/></svg>`;
}
