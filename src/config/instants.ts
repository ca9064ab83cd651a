import type { Cell } from "./table.ts";

const earliest = Date.UTC(2000, 0) / 1000;
const latest = Date.UTC(2100, 0) / 1000;

/**
 * An instant as tables have it: ISO 8601 (without a zone it is UTC), or a number of seconds, milli-, micro- or
 * nanoseconds since 1970. Between 2000 and 2100 a number is an instant in one of these units at most.
 * @returns epoch milliseconds, `undefined` where it is none
 */
export function instantOf(cell: Cell): number | undefined {
  const text = String(cell ?? "").trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return epochMs(Number(text));
  const [, date, day = "-01", time = "T00:00:00", zone = "Z"] = iso.exec(text) ?? [];
  if (date === undefined) return undefined;
  const at = Date.parse(`${date}${day}${time.replace(" ", "T")}${zone.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : at;
}

const iso = /^(\d{4}-\d\d)(-\d\d)?([T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?\s?(Z|[+-]\d\d:\d\d)?$/i;

function epochMs(value: number): number | undefined {
  const unit = [1, 1e3, 1e6, 1e9].find(
    (perSecond) => value >= earliest * perSecond && value < latest * perSecond,
  );
  return unit === undefined ? undefined : (value / unit) * 1000;
}
