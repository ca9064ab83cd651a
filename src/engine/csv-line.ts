/** The bytes that structure k6's CSV (Go's encoding/csv). */
export const newline = 10;
export const carriageReturn = 13;
export const comma = 44;
const quote = '"';

/**
 * Splits one line into its fields; a quoted field may hold commas, and quotes doubled.
 * @returns `undefined` where a quote is left open or text follows a closing one
 */
export function splitCsvLine(line: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] !== quote) {
      const end = line.indexOf(",", at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return fields;
      at = end + 1;
      continue;
    }
    const end = closingQuote(line, at + 1);
    if (end < 0 || (end + 1 < line.length && line[end + 1] !== ",")) return undefined;
    fields.push(line.slice(at + 1, end).replaceAll('""', quote));
    if (end + 1 === line.length) return fields;
    at = end + 2;
  }
  return fields;
}

function closingQuote(line: string, from: number): number {
  let at = from;
  for (;;) {
    at = line.indexOf(quote, at);
    if (at < 0 || line[at + 1] !== quote) return at;
    at += 2;
  }
}

/**
 * The decimal number in bytes [start, end): digits with an optional sign and fraction, as Go's %f writes it.
 * @returns NaN where anything else stands there
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === 45;
  let at = negative ? start + 1 : start;
  let value = 0;
  let digits = 0;
  let scale = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
      if (scale > 0) scale *= 10;
    } else if (digit === -2 && scale === 0) scale = 1;
    else return Number.NaN;
  }
  if (digits === 0) return Number.NaN;
  // Beyond 2⁵³ the digits no longer fit: let the runtime read those.
  const read =
    value <= Number.MAX_SAFE_INTEGER
      ? value / (scale || 1)
      : Math.abs(Number(Buffer.from(bytes.subarray(start, end)).toString("latin1")));
  return negative ? -read : read;
}
