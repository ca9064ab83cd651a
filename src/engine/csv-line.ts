/** The bytes that structure k6's CSV (Go's encoding/csv). */
export const newline = 10;
export const carriageReturn = 13;
export const comma = 44;
export const quoteByte = 34;
const quote = '"';

/**
 * Splits one row into its fields; a quoted field may hold delimiters, line breaks, and quotes doubled.
 * @returns `undefined` where a quote is left open or text follows a closing one
 */
export function splitCsvLine(line: string, delimiter = ","): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const open = afterSpaces(line, at);
    if (line[open] !== quote) {
      const end = line.indexOf(delimiter, at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return fields;
      at = end + 1;
      continue;
    }
    const close = closingQuote(line, open + 1);
    if (close < 0) return undefined;
    const end = afterSpaces(line, close + 1);
    if (end < line.length && line[end] !== delimiter) return undefined;
    fields.push(line.slice(open + 1, close).replaceAll('""', quote));
    if (end === line.length) return fields;
    at = end + 1;
  }
  return fields;
}

/** Other tools write them around quotes; Go quotes a field that begins with one. */
function afterSpaces(line: string, from: number): number {
  let at = from;
  while (line[at] === " ") at++;
  return at;
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
 * @returns NaN for anything else
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
