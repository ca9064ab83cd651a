/**
 * Values with units as people write them: `90s`, `1h30m`, `200/s`, `10000/min`, `55%`. Each parser answers with
 * the value or with a problem that names what was expected; the caller gathers all problems.
 */
import type { Milliseconds, PerMinute } from "../domain/units.ts";
import { milliseconds, perMinute } from "../domain/units.ts";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

const millisecondsPer: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `250ms`, `90s`, `5m`, `1h30m`. Zero and bare numbers are refused: a number without a unit is a guess. */
export function parseDuration(text: string): Parsed<Milliseconds> {
  const wrong = {
    ok: false,
    problem: `"${text}" is not a duration: write a number with a unit, such as 90s, 5m or 1h30m`,
  } as const;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return wrong;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (millisecondsPer[unit ?? ""] ?? Number.NaN);
  }
  return total > 0 ? { ok: true, value: milliseconds(total) } : wrong;
}

/** `200/s`, `10000/min`, `10,500/min`. */
export function parseRate(text: string): Parsed<PerMinute> {
  const match = /^([\d,]+(?:\.\d+)?)\/(s|min|m)$/.exec(text);
  const amount = Number(match?.[1]?.replaceAll(",", ""));
  if (match === null || !(amount > 0)) {
    return {
      ok: false,
      problem: `"${text}" is not a rate: write requests per time, such as 200/s or 10500/min`,
    };
  }
  return { ok: true, value: perMinute(match[2] === "s" ? amount * 60 : amount) };
}

/** `0.55` or `55%`, a share of a whole. */
export function parseShare(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === "%" ? 100 : 1);
  return share >= 0 && share <= 1
    ? { ok: true, value: share }
    : { ok: false, problem: `"${text}" is not a share: write 0.55 or 55%` };
}

/** `name=value`, split at the first equals sign. */
export function parsePair(text: string): Parsed<readonly [name: string, value: string]> {
  const at = text.indexOf("=");
  return at > 0 && at < text.length - 1
    ? { ok: true, value: [text.slice(0, at), text.slice(at + 1)] }
    : { ok: false, problem: `"${text}" is not name=value` };
}
