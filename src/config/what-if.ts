/** `--set growth.compute=0.15/month`: names that exist, values with units, every problem at once. */
import type { SettingKind } from "../domain/capacity-plan.ts";
import { suggestion } from "./nearest.ts";
import type { Problems } from "./problems.ts";
import {
  parseBytes,
  parseCores,
  parseFactor,
  parsePair,
  parseRate,
  parseShare,
} from "./quantity.ts";
import type { Parsed } from "./quantity.ts";

export interface Change {
  readonly path: string;
  readonly text: string;
  /** In the planner's units: ratio, days, bytes, requests per minute, cores. */
  readonly value: number;
  /** Of a growth, or the length of a spike; else 0. */
  readonly periodDays: number;
  /** Epoch milliseconds of a spike's first day; else absent. */
  readonly atMs?: number;
}

/** @param known every path with its kind @returns the changes that could be read; problems are noted */
export function readChanges(
  flag: string,
  texts: readonly string[],
  known: Readonly<Record<string, SettingKind>>,
  problems: Problems,
): readonly Change[] {
  return texts.flatMap((text) => {
    const pair = problems.take(flag, parsePair(text));
    if (pair === undefined) return [];
    const [path, value] = pair;
    const kind = Object.hasOwn(known, path) ? known[path] : undefined;
    if (kind === undefined) {
      problems.add(`${flag}: there is no "${path}": ${nearestPath(path, Object.keys(known))}`);
      return [];
    }
    const parsed = problems.take(`${flag} ${path}`, parseValue(kind, value));
    return parsed === undefined ? [] : [{ path, text: value, ...parsed }];
  });
}

/** The near name, or those that begin alike: all of them would fill the screen. */
function nearestPath(path: string, known: readonly string[]): string {
  const head = path.split(".")[0] ?? "";
  const alike = known.filter((name) => name.split(".")[0] === head);
  const names =
    alike.length > 0 ? alike : [...new Set(known.map((name) => name.split(".")[0] ?? ""))];
  const near = suggestion(path, known);
  return near.startsWith("did") ? near : `known: ${names.join(", ")}`;
}

type Value = Pick<Change, "value" | "periodDays" | "atMs">;

export function parseValue(kind: SettingKind, text: string): Parsed<Value> {
  switch (kind) {
    case "growth":
      return parseGrowth(text);
    case "duration":
      return parseDays(text);
    case "share":
      return plain(parseShare(text));
    case "rate":
      return plain(parseRate(text));
    case "count":
      return /^\d+$/.test(text)
        ? { ok: true, value: { value: Number(text), periodDays: 0 } }
        : { ok: false, problem: `"${text}" is not a whole number` };
    case "bytes":
      return plain(parseBytes(text));
    case "bytes/month":
      return parseBytesPerMonth(text);
    case "cores":
      return plain(parseCores(text));
    case "factor":
      return plain(parseFactor(text));
    case "spike":
      return parseSpike(text);
  }
  return kind satisfies never;
}

const plain = (parsed: Parsed<number>): Parsed<Value> =>
  parsed.ok ? { ok: true, value: { value: parsed.value, periodDays: 0 } } : parsed;

const month = 365.25 / 12;
const daysPer: Readonly<Record<string, number>> = {
  day: 1,
  week: 7,
  month,
  quarter: 3 * month,
  year: 12 * month,
};
const short: Readonly<Record<string, string>> = {
  d: "day",
  w: "week",
  mo: "month",
  q: "quarter",
  y: "year",
};

const daysOf = (unit: string): number | undefined => daysPer[short[unit] ?? unit.replace(/s$/, "")];

/** `0.15/month`, `15%/month`, `-5%/quarter`: a rate without a period says nothing. */
function parseGrowth(text: string): Parsed<Value> {
  const match = /^([+-]?\d+(?:\.\d+)?)(%?)(?:\/([a-z]+))?$/i.exec(text);
  if (match === null)
    return { ok: false, problem: `"${text}" is not a growth: write 0.15/month or 15%/month` };
  const [, amount = "", percentSign, period] = match;
  if (period === undefined)
    return {
      ok: false,
      problem: `"${text}" has no period: write ${text}/month or ${text}/quarter`,
    };
  const periodDays = daysOf(period.toLowerCase());
  if (periodDays === undefined)
    return {
      ok: false,
      problem: `"${period}" is not a period: ${suggestion(period, Object.keys(daysPer))}`,
    };
  const value = Number(amount) / (percentSign === "%" ? 100 : 1);
  if (value <= -1)
    return { ok: false, problem: `"${text}" would leave nothing after one ${period}` };
  return { ok: true, value: { value, periodDays } };
}

/** `2026-12-24 x2.5 for 7d`: traffic a multiple of what it would be, from a day on. */
function parseSpike(text: string): Parsed<Value> {
  const match = /^(\d{4}-\d{2}-\d{2})\s+x(\d+(?:\.\d+)?)\s+for\s+(.+)$/.exec(text);
  if (match === null)
    return { ok: false, problem: `"${text}" is not a spike: write 2026-12-24 x2.5 for 7d` };
  const [, date = "", factor = "", length = ""] = match;
  const atMs = Date.parse(date);
  if (Number.isNaN(atMs) || !new Date(atMs).toISOString().startsWith(date))
    return { ok: false, problem: `"${date}" is not a date: write 2026-12-24` };
  const days = parseDays(length);
  if (!days.ok) return days;
  if (days.value.value < 1)
    return { ok: false, problem: `"${length}" is too short: a spike lasts a day at least` };
  if (!(Number(factor) > 0))
    return { ok: false, problem: `"x${factor}" is not a factor: write a number above 0` };
  return { ok: true, value: { value: Number(factor), periodDays: days.value.value, atMs } };
}

/** `14d`, `2 weeks`, `3months`, `1 quarter`; 0 with a unit is a lead time that does not exist. */
function parseDays(text: string): Parsed<Value> {
  const match = /^([+-]?\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text);
  const days = match === null ? undefined : daysOf((match[2] ?? "").toLowerCase());
  if (match === null || days === undefined)
    return {
      ok: false,
      problem: `"${text}" is not a time: write 14d, 2 weeks, 3 months or 1 quarter`,
    };
  const value = Number(match[1]) * days;
  return value < 0
    ? { ok: false, problem: `"${text}" is negative: nothing arrives before it is ordered` }
    : { ok: true, value: { value, periodDays: 0 } };
}

function parseBytesPerMonth(text: string): Parsed<Value> {
  const match = /^(.*)\/month$/.exec(text);
  return match === null
    ? { ok: false, problem: `"${text}" has no period: write 100GB/month` }
    : plain(parseBytes(match[1] ?? ""));
}
