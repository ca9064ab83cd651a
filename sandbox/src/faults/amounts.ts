/**
 * Amounts of faults: quantities as everywhere (src/domain/quantity.ts), within the bounds of a fault and so that they can
 * be written again as they were read. Larger amounts than these are slips.
 */
import { mapParsed, type Parsed } from "../../../src/domain/parsed.ts";
import * as quantity from "../../../src/domain/quantity.ts";
import type { Limit } from "../../../src/domain/quantity.ts";

/** Up to here a number is written without an exponent. */
const isPlain = (value: number): boolean => value >= 1e-6 && value <= 1e12;
const mostMs = 30 * 86_400_000;
const mostCount = 1e9;
const mostBytes = 1e12;

const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;

/** `x1.05` or `×1.05`, above 0. */
export const readFactor = quantity.within(
  quantity.parseFactor,
  isPlain,
  "a factor from x0.000001 to x1000000000000",
);

/** `5%` or `0.05`, above 0 and at most 100 %. @returns 0..1 */
export const readShare = quantity.within(
  quantity.parseShare,
  (ratio) => isPlain(ratio * 100),
  "a share from 0.000001% to 100%",
);

export const writeShare = (ratio: number): string => `${Number((ratio * 100).toPrecision(15))}%`;

/** `800ms`, `90s`, `1.5min`, and zero where it is let in. @returns milliseconds */
export const readDuration = (text: string, least?: "zero"): Parsed<number> =>
  quantity.within(
    () => mapParsed(quantity.parseDuration(text, least), toMicroseconds),
    (ms) => (ms > 0 || least === "zero") && ms <= mostMs,
    "a duration from 1us to 30d",
  )(text);

export const writeDuration = (ms: number): string =>
  ms % 1000 === 0 && ms > 0 ? `${ms / 1000}s` : `${ms}ms`;

/** `100/10s`, `3/min`. */
export function readLimit(text: string): Parsed<Limit> {
  const parsed = quantity.parseLimit(text);
  if (!parsed.ok) return parsed;
  const withinMs = toMicroseconds(parsed.value.withinMs);
  return parsed.value.count < mostCount && withinMs > 0 && withinMs <= mostMs
    ? { ok: true, value: { ...parsed.value, withinMs } }
    : { ok: false, problem: `"${text}" is not a limit of up to ${mostCount} within 30d` };
}

export const writeLimit = ({ count, withinMs }: Limit): string =>
  `${count}/${writeDuration(withinMs)}`;

/** `50MB/min`, `1kB/s`, `3GB/h`. @returns bytes per minute, whole */
export const readGrowth = quantity.within(
  (text) =>
    mapParsed(quantity.parseByteRate(text), ({ bytes, withinMs }) =>
      Math.round((bytes * 60_000) / withinMs),
    ),
  (bytes) => bytes > 0 && bytes <= mostBytes,
  "a growth from 1B/min to 1TB/min",
);

export function writeGrowth(bytesPerMinute: number): string {
  return bytesPerMinute % 1e3 === 0
    ? `${bytesPerMinute / 1e6}MB/min`
    : `${bytesPerMinute / 1e3}kB/min`;
}
