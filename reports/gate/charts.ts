/** The gate's own drawings: values of the runs, interval against the limit, ratio of every pair. */
import { formatValue } from "../../src/domain/number-text.ts";
import { scaleLinear, scaleLog } from "d3-scale";
import { markup, type Markup } from "../markup.ts";
import type { GateDocument, GateMetricResult } from "./document.ts";
import { limitOf, ratioWord, spanWord } from "./words.ts";

const round = (value: number): number => Math.round(value * 10) / 10;

const bar = { width: 190, height: 26 };

/** Ratio with its interval on a log scale, 1 marked, the good side of the limit tinted. */
export function ratioBar(metric: GateMetricResult, document: GateDocument): Markup | undefined {
  const { comparison, outcome, title, better } = metric;
  if (comparison === undefined) return undefined;
  const limit = limitOf(metric, document);
  const reach = Math.max(1.15, ...[comparison.low, comparison.high].map(farFromOne));
  const ends = [1 / Math.min(reach, 2), Math.min(reach, 2)] as const;
  const x = scaleLog()
    .domain(ends)
    .range([4, bar.width - 4])
    .clamp(true);
  const at = (ratio: number): number => round(x(Math.min(Math.max(ratio, 1e-9), 1e9)));
  const [low, high, point, edge] = [comparison.low, comparison.high, comparison.ratio, limit].map(
    at,
  );
  const good = better === "lower" ? [0, edge ?? 0] : [edge ?? 0, bar.width];
  const middle = bar.height / 2;
  const said = `${ratioWord(comparison.ratio)}, interval ${spanWord(comparison)}, limit ${ratioWord(limit)}, ${outcome}`;
  return markup`<svg class="interval ${outcome}" role="img" width="${bar.width}" height="${bar.height}" viewBox="0 0 ${bar.width} ${bar.height}"><title>${title}</title><desc>${said}</desc><rect class="good" x="${good[0] ?? 0}" y="4" width="${round((good[1] ?? 0) - (good[0] ?? 0))}" height="${bar.height - 8}" rx="2"/><path class="rail" d="M0,${middle}H${bar.width}"/><path class="one" d="M${at(1)},3V${bar.height - 3}"/><path class="limit" d="M${edge ?? 0},1V${bar.height - 1}"/><path class="span" d="M${low ?? 0},${middle}H${high ?? 0}M${low ?? 0},${middle - 4}v8M${high ?? 0},${middle - 4}v8"/><circle class="point" cx="${point ?? 0}" cy="${middle}" r="4.5"/></svg>`;
}

const farFromOne = (ratio: number): number =>
  (ratio < 1 ? 1 / Math.max(ratio, 1e-9) : ratio) * 1.02;

const strip = { width: 720, height: 92, left: 92, right: 16 };
const rows = [
  { arm: "baseline", y: 22 },
  { arm: "candidate", y: 54 },
] as const;

/** Every run a dot, baseline above candidate, the medians as strokes, on one scale. */
export function dotStrip(metric: GateMetricResult): Markup | undefined {
  const { values, unit, title } = metric;
  const known = [...values.baseline, ...values.candidate].filter(isBounded);
  if (known.length === 0) return undefined;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const pad = (most - least) * 0.08 || Math.abs(most) * 0.05 || (unit === "ratio" ? 0.01 : 1);
  const x = scaleLinear()
    .domain([Math.max(0, least - pad), most + pad])
    .range([strip.left, strip.width - strip.right])
    .clamp(true);
  const ticks = x.ticks(5);
  const labels = ticksText(ticks, unit);
  const medians = { baseline: metric.baselineMedian, candidate: metric.candidateMedian };
  const said = rows
    .map(
      ({ arm }) =>
        `${arm}: median ${formatValue(medians[arm], unit)} of ${values[arm].length} runs`,
    )
    .join("; ");
  return markup`<svg class="strip" role="img" viewBox="0 0 ${strip.width} ${strip.height}"><title>${title}</title><desc>${said}</desc>${ticks.map((tick, index) => markup`<path class="grid" d="M${round(x(tick))},8V70"/><text class="label-text" x="${round(x(tick))}" y="86" text-anchor="middle">${labels[index]}</text>`)}${rows.map(({ arm, y }) => markup`<text class="arm" x="0" y="${y + 4}">${arm}</text><path class="rail" d="M${strip.left},${y}H${strip.width - strip.right}"/>${values[arm].map((value, index) => dot(value, { arm, index, y, x, unit }))}${median(medians[arm], y, x)}`)}</svg>`;
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

interface DotPlace {
  readonly arm: string;
  readonly index: number;
  readonly y: number;
  readonly x: (value: number) => number;
  readonly unit: GateMetricResult["unit"];
}

/** Three heights in turn keep equal values apart; what never answered stands at the right end as a cross. */
function dot(value: number | null, { arm, index, y, x, unit }: DotPlace): Markup | undefined {
  if (value === null) return undefined;
  const [at, height] = [round(x(Math.min(value, 1e15))), y + ((index % 3) - 1) * 5];
  if (!Number.isFinite(value))
    return markup`<path class="never" d="M${at - 4},${height - 4}l8,8m0,-8l-8,8"><title>run ${index + 1}: never answered</title></path>`;
  const text = `${arm}, run ${index + 1}: ${formatValue(value, unit)}`;
  return markup`<circle class="dot ${arm}" cx="${at}" cy="${height}" r="4"><title>${text}</title></circle>`;
}

const median = (value: number | undefined, y: number, x: (value: number) => number) =>
  value !== undefined &&
  Number.isFinite(value) &&
  markup`<path class="median" d="M${round(x(value))},${y - 12}v24"/>`;

const pairs = { width: 720, height: 130, left: 60, right: 16, top: 12, bottom: 26 };

/** Candidate / baseline of every pair in the order of the gate; filled where the baseline ran first. */
export function pairChart(metric: GateMetricResult, document: GateDocument): Markup | undefined {
  const ratios = document.order.map((first, index) => {
    const [from, to] = [metric.values.baseline[index], metric.values.candidate[index]];
    const isKnown =
      isBounded(from ?? null) && isBounded(to ?? null) && (from ?? 0) > 0 && (to ?? 0) > 0;
    return { first, index, ratio: isKnown ? (to ?? 0) / (from ?? 1) : undefined };
  });
  const known = ratios.flatMap(({ ratio }) => ratio ?? []);
  if (known.length === 0) return undefined;
  const limit = limitOf(metric, document);
  const reach = Math.max(1.1, ...[...known, limit].map(farFromOne));
  const y = scaleLog()
    .domain([1 / reach, reach])
    .range([pairs.height - pairs.bottom, pairs.top]);
  const x = scaleLinear()
    .domain([0.5, ratios.length + 0.5])
    .range([pairs.left, pairs.width - pairs.right]);
  const line = (ratio: number, look: string, label: string): Markup =>
    markup`<path class="${look}" d="M${pairs.left},${round(y(ratio))}H${pairs.width - pairs.right}"/><text class="label-text" x="${pairs.left - 6}" y="${round(y(ratio)) + 4}" text-anchor="end">${label}</text>`;
  return markup`<svg class="strip" role="img" viewBox="0 0 ${pairs.width} ${pairs.height}"><title>${metric.title}: ratio of every pair</title>${line(1, "one", "")}${line(limit, "limit", ratioWord(limit))}${ratios.map(({ ratio, first, index }) => ratio !== undefined && markup`<circle class="pair ${first}-first" cx="${round(x(index + 1))}" cy="${round(y(ratio))}" r="4.5"><title>pair ${index + 1}, ${first} first: ${ratioWord(ratio)}</title></circle><text class="label-text" x="${round(x(index + 1))}" y="${pairs.height - 6}" text-anchor="middle">${index + 1}</text>`)}</svg>`;
}
