import { formatInterval, formatLimit, formatPoint } from "../../src/domain/number-text.ts";
import { scaleLinear } from "d3-scale";
import type { JudgedVerdict, Limit } from "../../src/domain/verdict.ts";
import { markup, type Markup } from "../markup.ts";

const width = 168;
const height = 22;
const middle = height / 2;

/**
 * An estimate with its interval against the limit, which always stands in the middle; the good side is tinted. The whole
 * width is 0 to twice the limit, and less where the good side is above: ± 20 %, for a share as much as is left to 100 %.
 */
export function intervalBar({ observed, limit, outcome, title }: JudgedVerdict): Markup {
  const scale = scaleLinear(domainOf(limit), [0, width]).clamp(true);
  const toX = (value: number) => Math.round(scale(clampInfinite(value, limit)) * 10) / 10;
  const [low, high, point] = [toX(observed.low), toX(observed.high), toX(observed.point)];
  const said = `${formatPoint(observed, limit)} (${formatInterval(observed, limit)}), limit ${formatLimit(limit)}, ${outcome}`;
  const good = limit.good === "below" ? 0 : width / 2;
  return markup`<svg class="interval ${outcome}" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${title}</title><desc>${said}</desc><rect class="good" x="${good}" y="3" width="${width / 2}" height="${height - 6}" rx="2"/><path class="rail" d="M0,${middle}H${width}"/><path class="limit" d="M${width / 2},1V${height - 1}"/><path class="span" d="M${low},${middle}H${high}"/>${high - low > 14 && endMarks(low, high)}${pointShape(point, outcome)}</svg>`;
}

/** Ends are marked where the point leaves room for them. */
const endMarks = (low: number, high: number): Markup =>
  markup`<path class="span" d="M${low},${middle - 4}v8M${high},${middle - 4}v8"/>`;

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
  if (good === "below") return [0, value * 2];
  return unit === "ratio" && value < 1 ? [value * 2 - 1, 1] : [value * 0.8, value * 1.2];
}

function clampInfinite(value: number, limit: Limit): number {
  if (Number.isFinite(value)) return value;
  const [low, high] = domainOf(limit);
  return value > 0 ? high : low;
}
