/** `--set growth.compute=0.15/month`: names that exist, values with units, every problem at once. */
import { dayMs } from "../domain/units.ts";
import type { SettingKind } from "../domain/capacity-plan.ts";
import { mapParsed, read, refused, type Parsed } from "../domain/parsed.ts";
import {
  parseByteRate,
  parseBytes,
  parseCores,
  parseDuration,
  parseFactor,
  parseGrowth,
  parseRate,
  parseShare,
  parseWholeNumber,
} from "../domain/quantity.ts";
import { parseDay } from "./instants.ts";
import { parsePair } from "./lists.ts";
import { suggestion } from "./nearest.ts";

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

/** `growth.compute=0.15/month`. @param known every path with its kind */
export function parseChange(
  text: string,
  known: Readonly<Record<string, SettingKind>>,
): Parsed<Change> {
  const pair = parsePair(text);
  if (!pair.ok) return pair;
  const [path, value] = pair.value;
  const kind = Object.hasOwn(known, path) ? known[path] : undefined;
  if (kind === undefined)
    return refused(`there is no "${path}": ${nearestPath(path, Object.keys(known))}`);
  const parsed = parseValue(kind, value);
  return parsed.ok
    ? read({ path, text: value, ...parsed.value })
    : refused(`${path}: ${parsed.problem}`);
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

const monthMs = (365.25 / 12) * dayMs;

export function parseValue(kind: SettingKind, text: string): Parsed<Value> {
  switch (kind) {
    case "growth":
      return readGrowth(text);
    case "duration":
      return readDays(text);
    case "share":
      return plain(parseShare(text));
    case "rate":
      return plain(parseRate(text));
    case "count":
      return plain(parseWholeNumber(text, { min: 0 }));
    case "bytes":
      return plain(parseBytes(text));
    case "bytes/month":
      return plain(
        mapParsed(parseByteRate(text), ({ bytes, withinMs }) => bytes * (monthMs / withinMs)),
      );
    case "cores":
      return plain(parseCores(text));
    case "factor":
      return plain(parseFactor(text));
    case "spike":
      return readSpike(text);
  }
  return kind satisfies never;
}

const plain = (parsed: Parsed<number>): Parsed<Value> =>
  mapParsed(parsed, (value) => ({ value, periodDays: 0 }));

function readGrowth(text: string): Parsed<Value> {
  const parsed = parseGrowth(text);
  if (!parsed.ok) return parsed;
  const { ratio, periodMs } = parsed.value;
  return ratio <= -1
    ? refused(`"${text}" would leave nothing after one period`)
    : read({ value: ratio, periodDays: periodMs / dayMs });
}

/** `14d`, `2 weeks`, `3months`, `1 quarter`; 0 with a unit is a lead time that does not exist. */
const readDays = (text: string): Parsed<Value> =>
  text.trimStart().startsWith("-")
    ? refused(`"${text}" is negative: nothing arrives before it is ordered`)
    : plain(mapParsed(parseDuration(text, "zero"), (ms) => ms / dayMs));

/** `2026-12-24 x2.5 for 7d`: traffic a multiple of what it would be, from a day on. */
function readSpike(text: string): Parsed<Value> {
  const [, date = "", times, length = ""] = /^(\S+)\s+(\S+)\s+for\s+(.+)$/.exec(text) ?? [];
  if (times === undefined) return refused(`"${text}" is not a spike: write 2026-12-24 x2.5 for 7d`);
  const [at, factor, days] = [parseDay(date), parseFactor(times), readDays(length)];
  if (!at.ok) return at;
  if (!factor.ok) return factor;
  if (!days.ok) return days;
  return days.value.value < 1
    ? refused(`"${length}" is too short: a spike lasts a day at least`)
    : read({ value: factor.value, periodDays: days.value.value, atMs: at.value });
}
