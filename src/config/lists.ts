/** Words of more than one part: `name=value`, `1-8, 11`. */
import { read, refused, type Parsed } from "../domain/parsed.ts";
import { parseRange, parseWholeNumber } from "../domain/quantity.ts";

/** `name=value`, split at the first equals sign. */
export function parsePair(text: string): Parsed<readonly [name: string, value: string]> {
  const at = text.indexOf("=");
  return at > 0 && at < text.length - 1
    ? read([text.slice(0, at), text.slice(at + 1)] as const)
    : refused(`"${text}" is not name=value`);
}

/** Identities are few: a greater number is a mistake. */
const mostNumbers = 10_000;

/** `1-8, 11`: whole numbers from 1, and ranges of them; each once, in the order given. */
export function parseNumbers(text: string): Parsed<readonly number[]> {
  const numbers = text.split(",").flatMap((part) => {
    const ends = parseRange(part.replace("-", ".."), (end) =>
      parseWholeNumber(end, { min: 1, max: mostNumbers }),
    );
    if (!ends.ok) return [Number.NaN];
    const { low, high } = ends.value;
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
  return numbers.some(Number.isNaN)
    ? refused(`"${text}" is not a list of numbers: write 1-8, 11`)
    : read([...new Set(numbers)]);
}
