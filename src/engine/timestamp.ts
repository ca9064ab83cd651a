import { parseDecimal } from "./csv-line.ts";

/**
 * The instant in bytes [start, end) of k6's CSV, in any of its six time formats: unix seconds, milli-, micro- or
 * nanoseconds, distinguished by their magnitude (until the year 5138), and RFC 3339 with any number of decimals.
 * @returns epoch milliseconds, NaN where it is none of them
 */
export function parseTimestamp(bytes: Buffer, start: number, end: number): number {
  const number = parseDecimal(bytes, start, end);
  return Number.isNaN(number) ? rfc3339(bytes.toString("latin1", start, end)) : epochMs(number);
}

/** @param timestamp Unix seconds, milli-, micro- or nanoseconds, distinguished by their magnitude */
export function epochMs(timestamp: number): number {
  if (timestamp < 1e11) return timestamp * 1000;
  if (timestamp < 1e14) return timestamp;
  return timestamp < 1e17 ? timestamp / 1000 : timestamp / 1e6;
}

const instant = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)? ?(Z|[+-]\d\d:\d\d)$/i;

/** The fraction apart: `Date` keeps whole milliseconds only. */
export function rfc3339(text: string): number {
  const [, date, time, fraction, zone] = instant.exec(text) ?? [];
  if (date === undefined) return Number.NaN;
  return Date.parse(`${date}T${time}${zone?.toUpperCase()}`) + Number(fraction ?? 0) * 1000;
}

const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

/**
 * Whether a run can have this time. Between 2000 and 2100 a number is an instant in one unit at most, so a timestamp
 * outside of it is of an unknown unit.
 */
export const isPlausibleInstant = (at: number): boolean => at >= earliest && at < latest;
