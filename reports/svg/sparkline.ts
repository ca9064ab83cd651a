import { scaleLinear } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import { markup, Markup } from "../markup.ts";
import { downsample, type Point } from "./downsample.ts";

const width = 150;
const height = 30;
const mostPoints = 80;

/**
 * A step line in the size of a word, from 0 to the largest value.
 * @param label in words, for those who do not see it    @param most what the top stands for
 */
export function sparkline(points: readonly Point[], most: number, label: string): Markup {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const [from, to] = [finite.at(0)?.[0] ?? 0, finite.at(-1)?.[0] ?? 1];
  const toX = scaleLinear([from, to], [0, width]);
  const toY = scaleLinear([0, Math.max(most, 1)], [height - 1, 2]);
  const path = line<Point>()
    .x(([at]) => toX(at))
    .y(([, value]) => toY(value))
    .curve(curveStepAfter)
    .digits(1);
  const drawn = new Markup(path(downsample(finite, mostPoints)) ?? "");
  return markup`<svg class="sparkline" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${label}</title><path class="grid" d="M0,${height - 1}H${width}"/><path class="line other3" d="${drawn}"/></svg>`;
}
