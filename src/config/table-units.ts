/**
 * Units in tables: behind a number (`150 ms`) or in the name of its column (`p95 (ms)`, `latency_s`,
 * `requestsPerMinute`). One grammar of units for every command.
 */
import { rateWord, unitBytes, unitMs, unitRatio } from "../domain/quantity.ts";

/** `bytes/s` and unknown units are dimensions too: values of one dimension can be converted into each other. */
export type Dimension = "none" | "time" | "bytes" | "rate" | "share" | (string & {});

interface Measure {
  readonly dimension: Dimension;
  /** Milliseconds, bytes, events per second or a ratio in one unit; 1 for an unknown unit. */
  readonly factor: number;
  readonly isKnown?: false;
}

/** Words that say what was counted. */
const counted = /^(?:vus?|users?|clients?|threads?|connections?|processes|requests?|reqs?|pods?)$/i;
export function measureOf(unit: string): Measure {
  if (unit === "" || counted.test(unit)) return { dimension: "none", factor: 1 };
  const share = unitRatio(unit);
  if (share !== undefined) return { dimension: "share", factor: share };
  const ms = unitMs(unit);
  if (ms !== undefined) return { dimension: "time", factor: ms };
  const bytes = unitBytes(unit);
  if (bytes !== undefined) return { dimension: "bytes", factor: bytes };
  const [, of = "", per = ""] = /^([^/]*)\/([^/]+)$/.exec(unit) ?? [];
  const perMs = unitMs(per);
  const rate = perMs === undefined ? rateWord(unit) : 1000 / perMs;
  if (rate === undefined) return { dimension: unit, factor: 1, isKnown: false };
  const size = unitBytes(of);
  if (size !== undefined) return { dimension: "bytes/s", factor: size * rate };
  if (unitMs(of) !== undefined) return { dimension: unit, factor: 1, isKnown: false };
  return { dimension: "rate", factor: rate };
}

/** @returns what makes a value in `from` one in `to`; `undefined` where the dimensions differ */
export function converter(from: string, to: string): ((value: number) => number) | undefined {
  const [source, target] = [measureOf(from), measureOf(to)];
  if (source.dimension !== target.dimension) return undefined;
  const [up, down] = [source.factor / target.factor, target.factor / source.factor];
  // Division by the larger one keeps 41.5 % at 0.415.
  return up < 1 ? (value) => value / down : (value) => value * up;
}

const isKnown = (unit: string): boolean =>
  unit !== "" && !counted.test(unit) && measureOf(unit).isKnown !== false;

/** Names compare without case and punctuation. */
export const plainName = (name: string): string =>
  name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

export interface Heading {
  /** The plain name, without its unit. */
  readonly name: string;
  /** Empty where the heading has none. */
  readonly unit: string;
}

const bracketed = /^(.*?)\s*[([]\s*([^()[\]]+?)\s*[)\]]$/;
const perTime =
  /^(.*?)[\s_.-]*(?:per[\s_.-]*(seconds?|minutes?|hours?)|(?:\/\s*|(?<=[\s_.-])per[\s_.-]+)(s|sec|min|h))$/i;
/** No `min`, which is the least value, and no letter but `s`: `plan_b` is a name. */
const suffix = String.raw`milliseconds?|millis|msec|microseconds?|nanoseconds?|ms|us|µs|ns|secs?|seconds?|s|bytes|[kmgtp]i?b`;
const apart = new RegExp(String.raw`^(.+?)[\s_.-]+(${suffix})$`, "i");
const humped = /^(.*[a-z\d])(Ms|Us|Ns|S|Sec|Secs|Seconds|Millis|Milliseconds|Bytes)$/;
/** Written together only behind words for a time: `items` has no unit. */
const together = /^(latency|responsetime|duration|elapsed|mean|avg|p\d+)(ms|us|s)$/i;

/** Longer names have no unit: the forms take time squared to refuse them. */
const longestHeading = 100;

export function headingOf(text: string): Heading {
  if (text.length > longestHeading) return { name: plainName(text), unit: "" };
  const [, inside = "", unit = ""] = bracketed.exec(text) ?? [];
  if (isKnown(unit)) return { name: plainName(inside), unit };
  const [, before, word, letter] = perTime.exec(text) ?? [];
  const per = word ?? letter;
  if (before !== undefined && per !== undefined)
    return { name: plainName(before), unit: `/${per.toLowerCase()}` };
  for (const form of [apart, humped, together]) {
    const [, name, tail] = form.exec(text) ?? [];
    if (name !== undefined && tail !== undefined)
      return { name: plainName(name), unit: tail.toLowerCase() };
  }
  return { name: plainName(text), unit: rateWord(plainName(text)) === undefined ? "" : text };
}
