/** The trend of one metric, night by night: range of the runs, line, gaps, changes of level, outliers, limit. */
import { formatValue, plural } from "../../src/domain/number-text.ts";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { markup, Markup } from "../markup.ts";
import { isWorse, type SiteDocument, type SiteTrend } from "./document.ts";
import { changeSentence, changeText, valueText } from "./trend-words.ts";

const width = 1000;
const height = 260;
const top = 30;

/** Shapes stretch to any width while letters keep their size: two pictures, as in the reports' charts. */
export function trendChart(trend: SiteTrend, site: SiteDocument): Markup {
  const { points } = trend;
  const x = scaleLinear([0, Math.max(points.length - 1, 1)], [0, width]);
  const scale = valueScale(trend);
  const toX = (index: number): number => round(x(index));
  const toY = (value: number): number => round(scale(value));
  const percent = (index: number): number => round(x(index) / 10);
  const ticks = scale.ticks(4);
  const curve = line<number>(
    (index) => toX(index),
    (index) => toY(points[index]?.value ?? 0),
  );
  return markup`<svg class="trend" role="img" width="100%" height="${top + height + 24}" aria-labelledby="trend-title trend-text">
<title id="trend-title">${trend.title}, ${plural(points.length, "nightly run")}</title><desc id="trend-text">${description(trend, site)}</desc>
<svg y="${top}" width="100%" height="${height}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">
${ticks.map((tick) => markup`<path class="grid" d="M0,${toY(tick)}H${width}"/>`)}
${gaps(trend).map(([from, to]) => markup`<rect class="gap" x="${toX(from - 0.5)}" width="${round(toX(to + 0.5) - toX(from - 0.5))}" y="0" height="${height}"/>`)}
${points.map(({ low, high }, index) => low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high) && markup`<path class="range" d="M${toX(index)},${toY(low)}V${toY(high)}"/>`)}
${levels(trend).map(({ from, to, level }) => markup`<path class="level" d="M${toX(from)},${toY(level)}H${toX(to)}"/>`)}
${parts(trend).map((part) => markup`<path class="value" d="${new Markup(curve(part) ?? "")}"/>`)}
${site.marks.map(({ index }) => markup`<path class="environment" d="M${toX(index - 0.5)},${height - 12}V${height}"/>`)}
${trend.changePoints.map((change) => markup`<path class="change ${isWorse(trend, change) ? "worse" : "better"}" d="M${toX(change.index - 0.5)},0V${height}"/>`)}
${trend.limit !== undefined && markup`<path class="limit" d="M0,${toY(trend.limit.value)}H${width}"/>`}
</svg>
${trend.outliers.map((index) => markup`<circle class="outlier" cx="${percent(index)}%" cy="${top + toY(points[index]?.value ?? 0)}" r="4.5"/>`)}
${ticks.map((tick) => markup`<text x="-8" y="${top + toY(tick) + 4}" text-anchor="end">${formatValue(tick, trend.unit)}</text>`)}
${dateTicks(site).map(({ index, date }, order) => markup`<text class="${order % 2 === 1 ? "spare" : "date"}" x="${percent(index)}%" y="${top + height + 18}" text-anchor="middle">${date}</text>`)}
${trend.changePoints.map((change, order) => markup`<text class="change-label ${isWorse(trend, change) ? "worse" : "better"}" x="${percent(change.index - 0.5)}%" y="${order % 2 === 0 ? 12 : 25}" text-anchor="${change.index > points.length * 0.85 ? "end" : change.index < points.length * 0.1 ? "start" : "middle"}">${changeText(change)}</text>`)}
</svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** From the values, not from zero: a trend is about change, and its axis is labelled. */
function valueScale({ points, limit, changePoints }: SiteTrend) {
  const values = points.flatMap(({ value, low, high }) => [value, low, high]);
  const finite = [...values, ...changePoints.map(({ after }) => after)].filter(
    (value): value is number => value !== undefined && Number.isFinite(value),
  );
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const isNear = limit !== undefined && limit.value < most * 2 && limit.value > least / 2;
  const low = isNear ? Math.min(least, limit.value) : least;
  const high = isNear ? Math.max(most, limit.value) : most;
  if (!Number.isFinite(low)) return scaleLinear([0, 1], [height, 0]);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  return scaleLinear(
    [low < 0 ? low - room : Math.max(0, low - room), high + room],
    [height, 0],
  ).clamp(true);
}

const isDrawn = (value: number | undefined): boolean =>
  value !== undefined && Number.isFinite(value);

/** Stretches of nights with values: the line is cut at gaps. */
function parts({ points }: SiteTrend): number[][] {
  const found: number[][] = [];
  points.forEach(({ value }, index) => {
    if (!isDrawn(value)) return;
    if (index > 0 && isDrawn(points[index - 1]?.value)) found.at(-1)?.push(index);
    else found.push([index]);
  });
  return found;
}

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

function levels({
  points,
  changePoints,
}: SiteTrend): { from: number; to: number; level: number }[] {
  return changePoints.flatMap((change, order) => {
    const next = changePoints[order + 1]?.index ?? points.length;
    const after = { from: change.index, to: next - 1, level: change.after };
    return order === 0 ? [{ from: 0, to: change.index - 1, level: change.before }, after] : [after];
  });
}

function dateTicks({ nights }: SiteDocument): { index: number; date: string }[] {
  const step = Math.max(1, Math.ceil(nights.length / 6));
  return nights.flatMap(({ date }, index) =>
    index % step === 0 && (index === 0 || index < nights.length - step / 3)
      ? [{ index, date: nights.length > 60 ? date.slice(0, 7) : date.slice(5) }]
      : [],
  );
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
