import { scaleLinear, scaleLog } from "d3-scale";
import { formatInterval, formatLimit, formatPoint } from "../../src/domain/number-text.ts";
import type { JudgedVerdict, Limit } from "../../src/domain/verdict.ts";
import { markup, type Markup } from "../markup.ts";

export interface IntervalBar {
  readonly title: string;
  readonly description: string;
  /** Colours it, and shapes the point. */
  readonly outcome: JudgedVerdict["outcome"];
  readonly estimate: { readonly point: number; readonly low: number; readonly high: number };
  readonly limit: number;
  /** The side of the limit that is good. */
  readonly good: Limit["good"];
  /** Values beyond its ends are drawn at them. */
  readonly domain: readonly [from: number, to: number];
  readonly isLog?: boolean;
  /** Marked beside the limit: no change. */
  readonly reference?: number;
}

const width = 172;
const height = 22;
const middle = height / 2;

/** An estimate with its interval against a limit, in the size of a table's cell; the good side is tinted. */
export function intervalBar(bar: IntervalBar): Markup {
  const { title, description, outcome, estimate, good, domain, isLog = false, reference } = bar;
  const scale = (isLog ? scaleLog() : scaleLinear()).domain(domain).range([0, width]).clamp(true);
  const toX = (value: number) =>
    Math.round(scale(Math.min(Math.max(value, domain[0]), domain[1])) * 10) / 10;
  const [low, high, limit] = [toX(estimate.low), toX(estimate.high), toX(bar.limit)];
  const from = good === "above" ? limit : good === "below" ? 0 : limit - 3;
  const to = good === "above" ? width : good === "below" ? limit : limit + 3;
  return markup`<svg class="interval ${outcome}" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${title}</title><desc>${description}</desc><rect class="good" x="${from}" y="3" width="${Math.round((to - from) * 10) / 10}" height="${height - 6}" rx="2"/><path class="rail" d="M0,${middle}H${width}"/>${reference !== undefined && markup`<path class="reference" d="M${toX(reference)},3V${height - 3}"/>`}<path class="limit" d="M${limit},1V${height - 1}"/><path class="range" d="M${low},${middle}H${high}"/>${high - low > 14 && endMarks(low, high)}${pointShape(toX(estimate.point), outcome)}</svg>`;
}

/**
 * A verdict's estimate; its limit stands in the middle. The whole width is 0 to twice the limit, and less where the good
 * side is above: ± 20 %, for a share as much as is left to 100 %.
 */
export const verdictInterval = ({
  observed,
  limit,
  outcome,
  title,
}: JudgedVerdict): IntervalBar => ({
  title,
  description: `${formatPoint(observed, limit)} (${formatInterval(observed, limit)}), limit ${formatLimit(limit)}, ${outcome}`,
  outcome,
  estimate: observed,
  limit: limit.value,
  good: limit.good,
  domain: domainOf(limit),
});

/** Ends are marked where the point leaves room for them. */
const endMarks = (low: number, high: number): Markup =>
  markup`<path class="range" d="M${low},${middle - 4}v8M${high},${middle - 4}v8"/>`;

/** A disc is pass, a square is fail, a hollow square on its corner is doubt. */
function pointShape(x: number, outcome: JudgedVerdict["outcome"]): Markup {
  const at = Math.min(width - 5, Math.max(5, x));
  if (outcome === "pass") return markup`<circle class="point" cx="${at}" cy="${middle}" r="4.5"/>`;
  if (outcome === "inconclusive")
    return markup`<path class="point hollow" d="M${at - 5},${middle}l5,-5l5,5l-5,5z"/>`;
  return markup`<rect class="point" x="${at - 4.5}" y="${middle - 4.5}" width="9" height="9"/>`;
}

function domainOf({ value, unit, good }: Limit): readonly [number, number] {
  if (value === 0) return [-1, 1];
  if (good !== "above") return [0, value * 2];
  return unit === "ratio" && value < 1 ? [value * 2 - 1, 1] : [value * 0.8, value * 1.2];
}
