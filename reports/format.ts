/**
 * Numbers become words here and nowhere else: one rounding, the unit always beside the number, UTC only.
 * Unknown is `absent`, never 0; a value that is not zero is never rounded to zero.
 */
import type { Estimate } from "../src/domain/estimate.ts";
import type { UnitName } from "../src/domain/units.ts";
import type { Limit } from "../src/domain/verdict.ts";

export const absent = "–";
const noBound = "no bound";

/** @param extra decimals beyond the usual, to tell two close values apart    @returns "187 ms", "0.12 %", "10,240 /min" */
export function formatValue(value: number | undefined, unit: UnitName, extra = 0): string {
  if (value === undefined) return absent;
  return Number.isFinite(value) ? formatters[unit](value, extra) : noBound;
}

/** Like `formatValue`, with as many decimals as it takes to look different from `other` where it is different. */
export function formatApart(value: number, other: number, unit: UnitName): string {
  for (let extra = 0; extra < 4; extra++) {
    const text = formatValue(value, unit, extra);
    if (value === other || text !== formatValue(other, unit, extra)) return text;
  }
  return formatValue(value, unit, 4);
}

/** A latency; infinite where the request had no good answer. */
export const formatLatency = (ms: number | undefined): string =>
  ms === Number.POSITIVE_INFINITY ? "never answered" : formatValue(ms, "ms");

/** The measured value beside its limit: both read differently unless they are equal. */
export const formatPoint = (estimate: Estimate, limit: Limit): string =>
  estimate.unit === "ms" && estimate.point === Number.POSITIVE_INFINITY
    ? formatLatency(estimate.point)
    : formatApart(estimate.point, limit.value, estimate.unit);

/** @returns "181–194 ms", "≥ 181 ms" where nothing bounds it above, "no bound" where nothing bounds it at all */
export function formatInterval(estimate: Estimate, limit?: Limit): string {
  const { low, high, unit } = estimate;
  const end = (value: number) => formatApart(value, limit?.value ?? value, unit);
  if (!Number.isFinite(low)) return Number.isFinite(high) ? `≤ ${end(high)}` : noBound;
  if (!Number.isFinite(high)) return `≥ ${end(low)}`;
  return joinRange(end(low), end(high));
}

function joinRange(low: string, high: string): string {
  if (low === high) return low;
  const [lowUnit, highUnit] = [low, high].map((text) => text.slice(text.lastIndexOf(" ")));
  return lowUnit === highUnit
    ? `${low.slice(0, low.lastIndexOf(" "))}–${high}`
    : `${low} – ${high}`;
}

/** @returns "< 200 ms" or "≥ 10,000 /min" */
export const formatLimit = (limit: Limit): string =>
  `${limit.good === "below" ? "<" : "≥"} ${formatValue(limit.value, limit.unit)}`;

/** Room as a share of the limit, with its sign: "+6.5 %", "−56 %". */
export function formatMargin(margin: number): string {
  if (!Number.isFinite(margin)) return noBound;
  if (margin === 0) return "0 %";
  return `${margin < 0 ? "−" : "+"}${formatters.ratio(Math.abs(margin), 0)}`;
}

export const formatCount = (value: number | undefined): string => formatValue(value, "count");

/** @returns the share as "0.12 %"; absent where there is nothing to share */
export const formatShare = (part: number, whole: number): string =>
  whole === 0 ? absent : formatValue(part / whole, "ratio");

/** @returns "4 min 30 s", "1 h 05 min", "2 d 3 h", "0.4 s" */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined) return absent;
  if (!Number.isFinite(ms)) return noBound;
  if (ms < 10_000) return `${trimZeros(group(ms / 1000, 1))} s`;
  const total = Math.round(ms / 1000);
  if (total < 60) return `${total} s`;
  if (total < 3600) return pair(total, 60, "min", "s");
  return total < 86_400
    ? pair(Math.round(total / 60), 60, "h", "min")
    : pair(Math.round(total / 3600), 24, "d", "h");
}

function pair(total: number, size: number, large: string, small: string): string {
  const rest = total % size;
  const whole = `${Math.floor(total / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** @param at epoch milliseconds    @returns "2026-03-14 01:30:00 UTC" */
export const formatInstant = (at: number | undefined): string =>
  at === undefined ? absent : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** Time of day, for instants whose date is told elsewhere. */
export const formatTimeOfDay = (at: number): string => formatInstant(at).slice(11);

/** @returns minutes and seconds since some start: "2:05", "1:02:05" */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, seconds] = [
    Math.floor(total / 3600),
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  const tail = `${seconds}`.padStart(2, "0");
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${`${minutes}`.padStart(2, "0")}:${tail}`;
}

const formatters: Record<UnitName, (value: number, extra: number) => string> = {
  ms: formatMs,
  "1/s": (value, extra) => `${trimZeros(significant(value, 3 + extra))} /s`,
  "1/min": (value, extra) => `${trimZeros(significant(value, 3 + extra))} /min`,
  bytes: formatBytes,
  cores: (value, extra) =>
    `${trimZeros(significant(value, 3 + extra))} ${value === 1 ? "core" : "cores"}`,
  ratio: formatRatio,
  count: (value, extra) => trimZeros(significant(value, 3 + extra)),
};

function formatMs(ms: number, extra: number): string {
  if (Math.round(Math.abs(ms)) >= 1000) return `${trimZeros(significant(ms / 1000, 3 + extra))} s`;
  if (ms === 0) return "0 ms";
  const size = Math.abs(ms);
  const decimals =
    size >= 9.95 ? 0 : size >= 0.995 ? 1 : Math.max(2, -Math.floor(Math.log10(size)));
  return `${group(ms, decimals + extra)} ms`;
}

/** Percent with the decimals that its distance to 0 or 100 needs: 99.98 %, not 100 %. */
function formatRatio(ratio: number, extra: number): string {
  const percent = ratio * 100;
  const distance = Math.min(Math.abs(percent), Math.abs(100 - percent));
  const decimals = distance === 0 ? 0 : 1 - Math.min(0, Math.floor(Math.log10(distance)));
  return `${trimZeros(group(percent, Math.min(decimals + extra, 8)))} %`;
}

function formatBytes(bytes: number, extra: number): string {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(
    names.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.abs(bytes) || 1) / 10)),
  );
  return `${trimZeros(significant(bytes / 1024 ** power, 3 + extra))} ${names[power]}`;
}

function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const decimals = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  return group(value, Math.min(8, Math.max(0, decimals)));
}

const group = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });

const trimZeros = (text: string): string =>
  text.includes(".") ? text.replace(/\.?0+$/, "") : text;
