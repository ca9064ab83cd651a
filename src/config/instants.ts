import { read, refused, type Parsed } from "../domain/parsed.ts";
import type { Cell } from "./table.ts";

const earliest = Date.UTC(2000, 0) / 1000;
const latest = Date.UTC(2100, 0) / 1000;

/**
 * An instant as tables have it: ISO 8601, or a year and the month as a word, without a zone in UTC; or a number of
 * seconds, milli-, micro- or nanoseconds since 1970. Between 2000 and 2100 a number is an instant in one of these units
 * at most. `02.01.2026` is none: it may be one of two days.
 * @returns epoch milliseconds, `undefined` where it is none
 */
export function instantOf(cell: Cell): number | undefined {
  const text = String(cell ?? "").trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return epochMs(Number(text));
  return isoInstant(text) ?? wordedInstant(text);
}

const iso =
  /^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?(?:[T ]+(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?))?\s?(Z|UTC|[+-]\d\d:?\d\d)?$/i;

function isoInstant(text: string): number | undefined {
  const [, year, month, day = "1", time = "00:00", zone = "Z"] = iso.exec(text) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const offset = /\d/.test(zone) ? zone.replace(/(\d\d):?(\d\d)$/, "$1:$2") : "Z";
  const at = Date.parse(`${date}T${time.padStart(5, "0").replace(/^(\d):/, "0$1:")}${offset}`);
  // A day such as 2026-02-30 would be read as another one.
  const isDay = new Date(Date.parse(`${date}T00:00Z`)).getUTCDate() === Number(day);
  return isDay && !Number.isNaN(at) ? at : undefined;
}

const month =
  /\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b/i;

function wordedInstant(text: string): number | undefined {
  if (text.length > 40 || !/\d{4}/.test(text) || !month.test(text)) return undefined;
  const hasZone = /(?:gmt|utc|\dz|:\d\d\s*[+-]\d\d:?\d\d)$/i.test(text);
  const at = Date.parse(hasZone ? text : `${text} UTC`);
  return Number.isNaN(at) ? undefined : at;
}

function epochMs(value: number): number | undefined {
  const unit = [1, 1e3, 1e6, 1e9].find(
    (perSecond) => value >= earliest * perSecond && value < latest * perSecond,
  );
  return unit === undefined ? undefined : (value / unit) * 1000;
}

/** `2026-12-24`: its first moment (UTC), epoch milliseconds. */
export function parseDay(text: string): Parsed<number> {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? isoInstant(text) : undefined;
  return at === undefined ? refused(`"${text}" is not a date: write 2026-12-24`) : read(at);
}
