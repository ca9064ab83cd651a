/**
 * Numbers as text, here and nowhere else, so that a sentence and the table beside it read alike: three significant digits,
 * whole from 100 on, the unit beside the number, bytes in powers of 1000. A value that is not known is `absent`, never 0; a value that is
 * not zero is never rounded to zero, and none is rounded onto the limit that it is compared with (`formatApart`).
 */
import type { Estimate } from "./estimate.ts";
import type { UnitName } from "./units.ts";
import type { Limit } from "./verdict.ts";

export const absent = "–";
export const unbounded = "unbounded";

/** @param extra digits beyond the usual, where two close values must read differently    @returns "187 ms", "0.12 %", "10,240 /min" */
export function formatValue(value: number | undefined, unit: UnitName, extra = 0): string {
  if (value === undefined) return absent;
  return Number.isFinite(value) ? formatters[unit](value, extra) : unbounded;
}

/** Like `formatValue` with rates by their name: "10,240 requests/min". */
export const inSentence = (value: number, unit: UnitName): string =>
  namedRate(formatValue(value, unit));

/** As many digits as it takes to read differently from `limit`, unless both are equal. */
export function formatApart(value: number, limit: number, unit: UnitName): string {
  for (let extra = 0; extra < mostExtra; extra++) {
    const text = formatValue(value, unit, extra);
    if (value === limit || text !== formatValue(limit, unit, extra)) return text;
  }
  return formatValue(value, unit, mostExtra);
}

const mostExtra = 8;

export const apartInSentence = (value: number, limit: number, unit: UnitName): string =>
  namedRate(formatApart(value, limit, unit));

const namedRate = (text: string): string => text.replace(/ \/(s|min)$/, " requests/$1");

/** A latency; infinite where the request had no good answer. */
export const formatLatency = (ms: number | undefined): string =>
  ms === Number.POSITIVE_INFINITY ? "never answered" : formatValue(ms, "ms");

/** The measured value beside its limit: both read differently unless they are equal. */
export const formatPoint = (estimate: Estimate, limit: Limit): string =>
  estimate.unit === "ms" && estimate.point === Number.POSITIVE_INFINITY
    ? formatLatency(estimate.point)
    : formatApart(estimate.point, limit.value, estimate.unit);

/** @returns "181–194 ms", "≥ 181 ms" where nothing bounds it above, "unbounded" where nothing bounds it at all */
export function formatInterval(
  { low, high, unit }: Pick<Estimate, "low" | "high" | "unit">,
  limit?: Limit,
): string {
  const end = (value: number) => formatApart(value, limit?.value ?? value, unit);
  if (!Number.isFinite(low)) return Number.isFinite(high) ? `≤ ${end(high)}` : unbounded;
  if (!Number.isFinite(high)) return `≥ ${end(low)}`;
  return joinRange(end(low), end(high));
}

/** @returns "95.1–104 ms, 90 % interval, n = 4,120" */
export const intervalInSentence = (estimate: Estimate, limit?: Limit): string =>
  `${namedRate(formatInterval(estimate, limit))}, ${percent(estimate.confidence)} interval, n = ${formatCount(estimate.sampleCount)}`;

function joinRange(low: string, high: string): string {
  if (low === high) return low;
  const [lowUnit, highUnit] = [low, high].map((text) => text.slice(text.lastIndexOf(" ")));
  return lowUnit === highUnit
    ? `${low.slice(0, low.lastIndexOf(" "))}–${high}`
    : `${low} – ${high}`;
}

const signs = { below: "<", above: "≥", at: "=" } as const;

/** @param beside the measured value that stands beside it    @returns "< 200 ms", "≥ 10,000 /min" or "= 5" */
export const formatLimit = ({ value, unit, good }: Limit, beside = value): string =>
  `${good === "below" && value === 0 ? "≤" : signs[good]} ${formatApart(value, beside, unit)}`;

export const percent = (ratio: number): string => formatValue(ratio, "ratio");

/** With its sign: "+6.5 %", "−56 %", "0 %". */
export function signedPercent(ratio: number): string {
  if (ratio === 0 || !Number.isFinite(ratio)) return percent(ratio);
  return `${ratio < 0 ? "−" : "+"}${percent(Math.abs(ratio))}`;
}

/** @returns the share as "0.12 %"; absent where there is nothing to share */
export const formatShare = (part: number, whole: number): string =>
  whole === 0 ? absent : percent(part / whole);

/** How many times as large: "1.203"; three digits after the point, because 5 % is what matters and 0.1 % is not. */
export const formatRatio = (ratio: number): string =>
  ratio === Number.POSITIVE_INFINITY ? "∞" : group(ratio, ratio < 100 ? 3 : 0);

export const formatBytes = (value: number): string => formatValue(value, "bytes");

export const formatCount = (value: number | undefined): string => formatValue(value, "count");

/** `12.8`, `2`, `0.35`: at most so many decimals, none that are zero, for what is counted in such steps. */
export const decimal = (value: number, decimals = 1): string => trimZeros(group(value, decimals));

/** @returns "1 request", "4,120 requests" */
export const plural = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

const formatters: Readonly<Record<UnitName, (value: number, extra: number) => string>> = {
  ms: (ms, extra) =>
    Math.round(Math.abs(ms)) >= 1000
      ? `${significant(ms / 1000, extra)} s`
      : `${significant(ms, extra)} ms`,
  "1/s": (value, extra) => `${significant(value, extra)} /s`,
  "1/min": (value, extra) => `${significant(value, extra)} /min`,
  bytes: bytesText,
  cores: (value, extra) => `${significant(value, extra)} ${value === 1 ? "core" : "cores"}`,
  ratio: percentText,
  count: significant,
};

/** With the decimals that its distance to 0 or 100 needs: 99.98 %, not 100 %. */
function percentText(ratio: number, extra: number): string {
  const value = ratio * 100;
  const distance = Math.min(Math.abs(value), Math.abs(100 - value));
  const decimals = distance === 0 ? 0 : 1 - Math.min(0, Math.floor(Math.log10(distance)));
  return `${trimZeros(group(value, Math.min(decimals + extra, mostDecimals)))} %`;
}

/** Decimal units, as disks are sold. */
function bytesText(bytes: number, extra: number): string {
  const names = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  const rounded = Math.abs(Number(bytes.toPrecision(3)));
  const power = rounded < 1 ? 0 : Math.floor(Math.log10(rounded) / 3 + 1e-9);
  const index = Math.min(names.length - 1, power);
  return `${significant(bytes / 1000 ** index, extra)} ${names[index] ?? "B"}`;
}

const mostDecimals = 12;

function significant(value: number, extra: number): string {
  if (value === 0) return "0";
  const decimals = 2 + extra - Math.floor(Math.log10(Math.abs(value)));
  return trimZeros(group(value, Math.min(mostDecimals, Math.max(0, decimals))));
}

const group = (value: number, decimals: number): string =>
  formatOf(decimals).format(value).replace(/^-/, "−");

/** By decimals. Making a format takes thirty times as long as using it. */
const formats: Intl.NumberFormat[] = [];
const formatOf = (decimals: number): Intl.NumberFormat =>
  (formats[decimals] ??= new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }));

const trimZeros = (text: string): string =>
  text.includes(".") ? text.replace(/\.?0+$/, "") : text;
