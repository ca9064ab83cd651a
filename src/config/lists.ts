/** Words of more than one part: `name=value`, `1-8, 11`. */
import { read, refused, type Parsed } from "../domain/parsed.ts";

/** `name=value`, split at the first equals sign. */
export function parsePair(text: string): Parsed<readonly [name: string, value: string]> {
  const at = text.indexOf("=");
  return at > 0 && at < text.length - 1
    ? read([text.slice(0, at), text.slice(at + 1)] as const)
    : refused(`"${text}" is not name=value`);
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
    ? refused(`"${text}" is not a list of numbers: write 1-8, 11`)
    : read([...new Set(numbers)]);
}
