/**
 * Values with units as people write them: `90s`, `1h30m`, `200/s`, `10000/min`, `55%`, `500GB`, `256Mi`, `200m`. Each
 * parser answers with the value or with a problem that names what was expected; the caller gathers all problems.
 *
 * A value alone has a decimal point; a comma groups thousands, three digits each (`10,500/min`), and is refused anywhere
 * else: `10,5/s` is neither 105 nor a guess. Tables, which have more than one value to look at, also know decimal commas
 * (table-numbers.ts).
 */
import type { Milliseconds, PerMinute } from "../domain/units.ts";
import { milliseconds, perMinute } from "../domain/units.ts";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

/** Groups begin with a digit above 0, as in table-numbers.ts: `0,500` is a half with a decimal comma. */
const digits = String.raw`\d+(?:\.\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?`;
const numberAndUnit = new RegExp(`^(${digits})\\s*([a-zµμ%][a-zµμ]*)?$`, "i");

/** @returns `undefined` where it is no number ≥ 0, or its commas do not group thousands */
function measured(text: string): { readonly amount: number; readonly unit: string } | undefined {
  const [, number, unit = ""] = numberAndUnit.exec(text) ?? [];
  return number === undefined ? undefined : { amount: Number(number.replaceAll(",", "")), unit };
}

/** What a comma in the wrong place may have meant. */
const commaHint = (text: string): string =>
  /\d,\d/.test(text)
    ? "; a comma only groups thousands, as in 10,500, the decimal mark is a point"
    : "";

// Time

const millisecondsPer: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** @returns milliseconds per unit of time, `undefined` for other units */
export const unitMs = (unit: string): number | undefined => millisecondsPer[unit];

/** `250ms`, `90s`, `5m`, `1min`, `1h30m`. Zero and bare numbers are refused: a number without a unit is a guess. */
export function parseDuration(text: string): Parsed<Milliseconds> {
  const total = durationInMs(text) ?? 0;
  return total > 0
    ? { ok: true, value: milliseconds(total) }
    : {
        ok: false,
        problem: `"${text}" is not a duration: write a number with a unit, such as 90s, 5m or 1h30m${commaHint(text)}`,
      };
}

const timeUnit = String.raw`(?:ns|us|µs|μs|ms|min|s|m|h|d)`;
const wholeDuration = new RegExp(String.raw`^(?:\d+(?:\.\d+)?${timeUnit})+$`);
const partOfDuration = new RegExp(String.raw`(\d+(?:\.\d+)?)(${timeUnit})`, "g");

/** Milliseconds ≥ 0. @returns `undefined` where it is no duration with units */
export function durationInMs(text: string): number | undefined {
  if (!wholeDuration.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ""] of text.matchAll(partOfDuration))
    total += Number(amount) * (millisecondsPer[unit] ?? Number.NaN);
  return total;
}

/** `200/s`, `10000/min`, `10,500/min`. */
export function parseRate(text: string): Parsed<PerMinute> {
  const [, number = "", unit] = /^(.+?)\s*\/\s*(s|min|m)$/.exec(text) ?? [];
  const read = measured(number);
  return unit !== undefined && read?.unit === "" && read.amount > 0
    ? { ok: true, value: perMinute(unit === "s" ? read.amount * 60 : read.amount) }
    : {
        ok: false,
        problem: `"${text}" is not a rate: write requests per time, such as 200/s or 10500/min${commaHint(text)}`,
      };
}

// Shares

/** `0.55` or `55%`, a share of a whole. */
export function parseShare(text: string): Parsed<number> {
  const read = measured(text);
  const share = read === undefined ? undefined : shareOf(read.amount, read.unit);
  return share !== undefined && share <= 1
    ? { ok: true, value: share }
    : { ok: false, problem: `"${text}" is not a share: write 0.55 or 55%${commaHint(text)}` };
}

/** A ratio, above 1 too. @returns `undefined` where the unit is another than `%` or none */
function shareOf(amount: number, unit: string): number | undefined {
  if (unit === "%") return amount / 100;
  return unit === "" ? amount : undefined;
}

// Sizes

const powers: readonly (readonly [prefix: string, thousands: number])[] = [
  ["k", 1],
  ["m", 2],
  ["g", 3],
  ["t", 4],
  ["p", 5],
  ["e", 6],
];

/** `GB` as disks are sold, `GiB` and Kubernetes' `Gi` in powers of 1024. */
const bytesPer: Readonly<Record<string, number>> = Object.fromEntries([
  ["b", 1],
  ...powers.flatMap(([prefix, power]) => [
    [`${prefix}b`, 1000 ** power],
    [`${prefix}i`, 1024 ** power],
    [`${prefix}ib`, 1024 ** power],
  ]),
]);

/** @returns bytes per unit in any case, `undefined` for other units */
export const unitBytes = (unit: string): number | undefined => bytesPer[unit.toLowerCase()];

/** `2TB`, `500 GB`, `256Mi`, `1.5GiB`: bytes > 0. */
export function parseBytes(text: string): Parsed<number> {
  const read = measured(text);
  const factor = read === undefined ? undefined : unitBytes(read.unit);
  return read !== undefined && factor !== undefined && read.amount > 0
    ? { ok: true, value: read.amount * factor }
    : {
        ok: false,
        problem: `"${text}" is not a size: write 500GB, 2TB or 256Mi${commaHint(text)}`,
      };
}

/** `0.5`, `200m`: cores as Kubernetes writes them. */
export function parseCores(text: string): Parsed<number> {
  const read = measured(text);
  return read !== undefined && (read.unit === "" || read.unit === "m")
    ? { ok: true, value: read.unit === "m" ? read.amount / 1000 : read.amount }
    : {
        ok: false,
        problem: `"${text}" is not an amount of CPU: write 0.5 or 500m${commaHint(text)}`,
      };
}

/** A number > 0 without a unit: `1.5`, `10,500`. */
export function parseFactor(text: string): Parsed<number> {
  const read = measured(text);
  return read?.unit === "" && read.amount > 0
    ? { ok: true, value: read.amount }
    : {
        ok: false,
        problem: `"${text}" is not a factor: write a number above 0, such as 1.5${commaHint(text)}`,
      };
}

/** `name=value`, split at the first equals sign. */
export function parsePair(text: string): Parsed<readonly [name: string, value: string]> {
  const at = text.indexOf("=");
  return at > 0 && at < text.length - 1
    ? { ok: true, value: [text.slice(0, at), text.slice(at + 1)] }
    : { ok: false, problem: `"${text}" is not name=value` };
}

/** Identities are few: a longer range is a mistake. */
const mostNumbers = 10_000;

/** `1-8, 11`: whole numbers from 1, and ranges of them; each once, in the order given. */
export function parseNumbers(text: string): Parsed<readonly number[]> {
  const numbers = text.split(",").flatMap((part) => {
    const [, from = "", to = from] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part) ?? [];
    const length = Number(to) - Number(from) + 1;
    if (from === "" || Number(from) < 1 || length < 1) return [Number.NaN];
    return Array.from(
      { length: Math.min(length, mostNumbers) },
      (_, index) => Number(from) + index,
    );
  });
  return numbers.some(Number.isNaN)
    ? { ok: false, problem: `"${text}" is not a list of numbers: write 1-8, 11` }
    : { ok: true, value: [...new Set(numbers)] };
}
