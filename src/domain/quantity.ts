/**
 * The one grammar of values with units as people write them, on the command line, in files, in faults and in tables:
 * durations `250ms`, `1h 30m`, `2 weeks`; rates `200/s`, `3/1min`; shares `5%`, `0.05`; sizes `512M`, `1.5GiB`; growth
 * `60MB/h`, `15%/month`; factors `x1.6`; whole numbers `10,000`. Each parser answers with the value, exact before it is
 * rounded to a double, or with a problem that says what to write; the caller adds where it stood and gathers all of them.
 *
 * A value alone has a decimal point; a comma groups thousands, three digits each (`10,500/min`), and is refused anywhere
 * else: `10,5/s` is neither 105 nor a guess. Tables, which have more than one value to look at, also know decimal commas
 * (src/config/table-numbers.ts); their units are these.
 */
import { decimalOf, plus, scaled, toNumber, type Decimal } from "./exact-decimal.ts";
import { quantityNumber } from "./kubernetes-quantity.ts";
import { read, refused, type Parsed } from "./parsed.ts";
import { milliseconds, perMinute, type Milliseconds, type PerMinute } from "./units.ts";

// Numbers

/** Groups begin with a digit above 0, as in tables: `0,500` is a half with a decimal comma. */
const number = String.raw`(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?`;
const measured = new RegExp(`^(${number})\\s*([a-zµμ%]*)$`, "i");
/** Characters: nobody writes a longer one, and forms may take time squared to refuse what is. */
const longest = 100;

interface Measured {
  readonly amount: Decimal;
  readonly unit: string;
}

/** @returns `undefined` where it is no number ≥ 0 with a word behind it, or its commas do not group thousands */
function measuredIn(text: string): Measured | undefined {
  const trimmed = text.trim();
  const [, digits, unit = ""] = trimmed.length > longest ? [] : (measured.exec(trimmed) ?? []);
  return digits === undefined ? undefined : { amount: decimalIn(digits), unit };
}

function decimalIn(digits: string): Decimal {
  const [whole = "", fraction] = digits.replaceAll(",", "").split(".");
  return decimalOf(whole, fraction);
}

/** `"5 parsec" is not a duration: write 90s`. A comma in the wrong place may have meant a decimal point. */
function notA(kind: string, text: string, write: string): Parsed<never> {
  const comma = /\d,\d/.test(text)
    ? "; a comma only groups thousands, as in 10,500, the decimal mark is a point"
    : "";
  return refused(`"${text}" is not ${kind}: write ${write}${comma}`);
}

interface Range {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

const isIn = (value: number, { min = -Infinity, max = Infinity }: Range): boolean =>
  value >= min && value <= max;

function rangeText({ min, max }: Range): string {
  if (max === undefined) return min === undefined ? "" : ` ≥ ${min}`;
  return min === undefined ? ` ≤ ${max}` : ` from ${min} to ${max}`;
}

/** `12`, `10,000`. */
export function parseWholeNumber(text: string, range: Range): Parsed<number> {
  const { amount, unit } = measuredIn(text) ?? {};
  const value = amount === undefined ? Number.NaN : toNumber(amount);
  return unit === "" && Number.isSafeInteger(value) && isIn(value, range)
    ? read(value)
    : refused(`"${text}" is not a whole number${rangeText(range)}`);
}

/** `0.35`, `12`: a number ≥ 0 without a unit. */
export function parseNumber(text: string, range: Range): Parsed<number> {
  const { amount, unit } = measuredIn(text) ?? {};
  const value = amount === undefined ? Number.NaN : toNumber(amount);
  return unit === "" && isIn(value, range)
    ? read(value)
    : refused(`"${text}" is not a number${rangeText(range)}`);
}

// Time

const second = 1_000_000_000n;
const nanosecondsPer = new Map(
  (
    [
      ["ns nsec nsecs nanosecond nanoseconds", 1n],
      ["us µs μs usec usecs µsec μsec microsec microsecs microsecond microseconds", 1000n],
      ["ms msec msecs milli millis millisec millisecs millisecond milliseconds", 1_000_000n],
      ["s sec secs second seconds", second],
      ["m min mins minute minutes", 60n * second],
      ["h hr hrs hour hours", 3600n * second],
      ["d day days", 86_400n * second],
      ["w week weeks", 604_800n * second],
      // Of the mean year of 365.25 days.
      ["mo month months", 2_629_800n * second],
      ["q quarter quarters", 7_889_400n * second],
      ["y year years", 31_557_600n * second],
    ] as const
  ).flatMap(([names, ns]) => names.split(" ").map((name) => [name, ns] as const)),
);

/** In any case, but for single letters: `M` is a million. */
const nanosecondsOf = (unit: string): bigint | undefined =>
  nanosecondsPer.get(unit) ??
  (unit.length > 1 ? nanosecondsPer.get(unit.toLowerCase()) : undefined);

/** @returns milliseconds per unit of time, `undefined` for other units */
export function unitMs(unit: string): number | undefined {
  const ns = nanosecondsOf(unit);
  return ns === undefined ? undefined : Number(ns) / 1e6;
}

const part = String.raw`(${number})\s*([a-zµμ]+)`;
const partOfDuration = new RegExp(part, "gi");
const wholeDuration = new RegExp(String.raw`^(?:${part}\s*)+$`, "i");

/** @returns `undefined` where it is no duration with units */
function nanosecondsIn(text: string): Decimal | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longest || !wholeDuration.test(trimmed)) return undefined;
  let sum = decimalOf("0");
  for (const [, digits = "", unit = ""] of trimmed.matchAll(partOfDuration)) {
    const ns = nanosecondsOf(unit);
    if (ns === undefined) return undefined;
    sum = plus(sum, scaled(decimalIn(digits), ns));
  }
  return sum;
}

const inMs = (ns: Decimal): number => toNumber(scaled(ns, 1n, -6));

/** Milliseconds ≥ 0. @returns `undefined` where it is no duration with units */
export function durationInMs(text: string): number | undefined {
  const ns = nanosecondsIn(text);
  return ns === undefined ? undefined : inMs(ns);
}

/** A hundred years: beyond that a value is a slip. */
const longestMs = 3_153_600_000_000;

/**
 * `250ms`, `90s`, `5m`, `1min`, `1h 30m`, `5 minutes`, `2 weeks`. A bare number is refused: without a unit it is a guess.
 * @param least zero is refused unless it is let in
 */
export function parseDuration(text: string, least?: "zero"): Parsed<Milliseconds> {
  const ms = durationInMs(text) ?? -1;
  if (ms > longestMs) return refused(`"${text}" is longer than 100 years`);
  return ms > 0 || (ms === 0 && least === "zero")
    ? read(milliseconds(ms))
    : notA("a duration", text, "a number with a unit, such as 90s, 5m, 1h30m or 2 weeks");
}

// Rates

const rateWords: ReadonlyMap<string, bigint> = new Map([
  ["rps", second],
  ["qps", second],
  ["tps", second],
  ["ops", second],
  ["rpm", 60n * second],
]);

/** @returns events per second in one of a unit such as `rps`, `undefined` for other units */
export function rateWord(unit: string): number | undefined {
  const ns = rateWords.get(unit.toLowerCase());
  return ns === undefined ? undefined : Number(second) / Number(ns);
}

/** What stands before the time, and the time: `/s`, `/10s`, ` per minute`. */
function perTime(text: string): { readonly before: string; readonly ns: Decimal } | undefined {
  const [, before, after = ""] = /^([^/]*?)\s*(?:\/|\bper\b)\s*(\S.*)$/i.exec(text.trim()) ?? [];
  const one = nanosecondsOf(after);
  const ns = one === undefined ? nanosecondsIn(after) : scaled(decimalOf("1"), one);
  return before === undefined || ns === undefined || ns.digits === 0n ? undefined : { before, ns };
}

function eventsIn(text: string): { readonly count: Decimal; readonly ns: Decimal } | undefined {
  const per = perTime(text);
  const { amount, unit } = measuredIn(per?.before ?? text) ?? {};
  if (amount === undefined || unit === undefined) return undefined;
  if (per !== undefined) return unit === "" ? { count: amount, ns: per.ns } : undefined;
  const ns = rateWords.get(unit.toLowerCase());
  return ns === undefined ? undefined : { count: amount, ns: scaled(decimalOf("1"), ns) };
}

/** `200/s`, `10,500/min`, `3/1min`, `200 rps`. */
export function parseRate(text: string): Parsed<PerMinute> {
  const events = eventsIn(text);
  return events === undefined || events.count.digits === 0n
    ? notA("a rate", text, "requests per time, such as 200/s or 10500/min")
    : read(perMinute(toNumber(scaled(events.count, 60n * second)) / toNumber(events.ns)));
}

/** So many within a time. */
export interface Limit {
  readonly count: number;
  readonly withinMs: number;
}

/** `100/10s`, `3/min`: a whole number within a time; 0 allows none. */
export function parseLimit(text: string): Parsed<Limit> {
  const { count, ns } = eventsIn(text) ?? {};
  const value = count === undefined ? Number.NaN : toNumber(count);
  return ns !== undefined && Number.isSafeInteger(value)
    ? read({ count: value, withinMs: inMs(ns) })
    : notA("a limit", text, "a whole number within a time, such as 100/10s");
}

// Shares

/** `%`, `percent` and `pct` are hundredths, `ratio` and no unit are whole. */
const shareExponent = (unit: string): number | undefined => {
  if (/^(?:%|percent|pct)$/i.test(unit)) return -2;
  return unit === "" || /^ratio$/i.test(unit) ? 0 : undefined;
};

/** @returns the ratio in one unit, `undefined` for other units */
export function unitRatio(unit: string): number | undefined {
  const exponent = shareExponent(unit);
  return exponent === undefined ? undefined : 10 ** exponent;
}

/** A ratio ≥ 0, above 1 too. */
function ratioIn(text: string): number | undefined {
  const { amount, unit = "" } = measuredIn(text) ?? {};
  const exponent = shareExponent(unit);
  return amount === undefined || exponent === undefined
    ? undefined
    : toNumber(scaled(amount, 1n, exponent));
}

/** `0.55` or `55%`, a share of a whole. */
export function parseShare(text: string): Parsed<number> {
  const share = ratioIn(text);
  return share !== undefined && share <= 1
    ? read(share)
    : notA("a share", text, "0.55 or 55%, at most 100%");
}

// Sizes

/** `GB` as disks are sold, `GiB` and Kubernetes' `Gi` in powers of 1024. */
const bytesPer = new Map([
  ["b", 1n],
  ["byte", 1n],
  ["bytes", 1n],
  ...["k", "m", "g", "t", "p", "e"].flatMap((prefix, index): [string, bigint][] => [
    [`${prefix}b`, 1000n ** BigInt(index + 1)],
    [`${prefix}i`, 1024n ** BigInt(index + 1)],
    [`${prefix}ib`, 1024n ** BigInt(index + 1)],
  ]),
]);

/** @returns bytes per unit in any case, `undefined` for other units */
export function unitBytes(unit: string): number | undefined {
  const bytes = bytesPer.get(unit.toLowerCase());
  return bytes === undefined ? undefined : Number(bytes);
}

/** Alone, where only a size can be meant, a capital is enough: `512M`, as in Kubernetes. */
const bytesOf = (unit: string): bigint | undefined =>
  bytesPer.get(unit.toLowerCase()) ??
  bytesPer.get(/^[kKMGTPE]$/.test(unit) ? `${unit.toLowerCase()}b` : "");

function bytesIn(text: string): Decimal | undefined {
  const { amount, unit = "" } = measuredIn(text) ?? {};
  const bytes = bytesOf(unit);
  return amount === undefined || bytes === undefined || amount.digits === 0n
    ? undefined
    : scaled(amount, bytes);
}

/** `2TB`, `500 GB`, `512M`, `256Mi`, `1.5GiB`: bytes > 0. */
export function parseBytes(text: string): Parsed<number> {
  const bytes = bytesIn(text);
  return bytes === undefined ? notA("a size", text, "500GB, 2TB or 256Mi") : read(toNumber(bytes));
}

/** So many bytes within a time. */
export interface ByteRate {
  readonly bytes: number;
  readonly withinMs: number;
}

/** `60MB/h`, `50MB/min`, `100GB/month`: bytes > 0 within a time. */
export function parseByteRate(text: string): Parsed<ByteRate> {
  const per = perTime(text);
  const bytes = bytesIn(per?.before ?? text);
  if (bytes === undefined) return notA("a size per time", text, "50MB/min or 100GB/month");
  return per === undefined
    ? refused(`"${text}" has no period: write ${text}/min, ${text}/h or ${text}/month`)
    : read({ bytes: toNumber(bytes), withinMs: inMs(per.ns) });
}

// Growth and factors

/** So much more, or less, after each period. */
export interface Growth {
  /** Above 0: more. */
  readonly ratio: number;
  readonly periodMs: number;
}

/** `0.15/month`, `15%/month`, `-5%/quarter`: a rate without a period says nothing. */
export function parseGrowth(text: string): Parsed<Growth> {
  const [, sign = "", size = ""] = /^\s*([+−-]?)(.*)$/su.exec(text) ?? [];
  const per = perTime(size);
  const ratio = ratioIn(per?.before ?? size.replace(/\/.*/s, ""));
  if (ratio === undefined) return notA("a growth", text, "0.15/month or 15%/month");
  if (per !== undefined)
    return read({
      ratio: sign === "" || sign === "+" ? ratio : -ratio + 0,
      periodMs: inMs(per.ns),
    });
  const period = /\/\s*(.*)$/.exec(text)?.[1];
  return period === undefined
    ? refused(`"${text}" has no period: write ${text}/month or ${text}/quarter`)
    : refused(`"${text}": "${period}" is not a period: write day, week, month, quarter or year`);
}

/** `x1.6`, `×1.6`, `1.5`, `10,500`: a number > 0. */
export function parseFactor(text: string): Parsed<number> {
  const parsed = parseNumber(text.replace(/^\s*[x×]\s*/i, ""), {});
  return parsed.ok && parsed.value > 0
    ? parsed
    : notA("a factor", text, "a number above 0, such as x1.6 or 1.6");
}

/** `0.5`, `500m`: cores as Kubernetes writes them. */
export function parseCores(text: string): Parsed<number> {
  const cores = quantityNumber(text.trim());
  return cores !== undefined && cores >= 0
    ? read(cores)
    : notA("an amount of CPU", text, "cores such as 0.5 or 500m");
}

/** Both ends of `LOW..HIGH`. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** `2..4`, `0.5..0.9`: each end as a value alone is written; such a value is both ends. */
export function parseRange(text: string, parse: (text: string) => Parsed<number>): Parsed<Ends> {
  const [low = "", high = low, ...more] = text.split("..");
  const [from, to] = [parse(low), parse(high)];
  if (!from.ok) return from;
  if (!to.ok) return to;
  return more.length === 0 && from.value <= to.value
    ? read({ low: from.value, high: to.value })
    : refused(`"${text}" is not a range: write the lower end first, as in 2..4`);
}

/** The same parser for what has to lie above 0, or below an end: `a share above 0%`. */
export const within =
  <Value extends number>(
    parse: (text: string) => Parsed<Value>,
    fits: (value: Value) => boolean,
    expected: string,
  ) =>
  (text: string): Parsed<Value> => {
    const parsed = parse(text);
    return !parsed.ok || fits(parsed.value) ? parsed : refused(`"${text}" is not ${expected}`);
  };
