import {
  carriageReturn,
  comma,
  newline,
  parseDecimal,
  quoteByte,
  splitCsvLine,
} from "./csv-line.ts";
import { readCsvHeader, type CsvColumns } from "./csv-columns.ts";
import { TagsCache, type TagsOf } from "./row-tags.ts";
import { parseTimestamp } from "./timestamp.ts";

/** A row that grows beyond this is not k6's. */
export const longestRow = 1 << 20;

export interface RowConsumer<Metric, Tags> {
  /** The metrics that are read; all other rows are passed over after a few bytes. */
  readonly wanted: readonly (readonly [name: string, metric: Metric])[];
  readonly requiredColumns: readonly string[];
  readonly tagsOf: TagsOf<Tags>;
  /** @param at epoch milliseconds @returns false where the row lacks something, which makes it malformed */
  measured(metric: Metric, at: number, value: number, tags: Tags): boolean;
  /** Takes what needs no tags, which are not read then. @returns false for other metrics */
  untagged?(metric: Metric, at: number, value: number): boolean;
  /**
   * Takes what a later reading needs: the header, each wanted row that it chooses by its metric, and each malformed one
   * (`undefined`). @param bytes valid during the call, from `start` to `end` without the line break
   */
  keep?(metric: Metric | "header" | undefined, bytes: Buffer, start: number, end: number): void;
  /** A wanted row that cannot be parsed, or one beyond 1 MiB. @param line where it begins, from 1 */
  malformed?(line: number, text: string): void;
}

interface WantedName<Metric> {
  readonly bytes: Uint8Array;
  readonly metric: Metric;
}

/**
 * The rows of k6's CSV, from chunks cut anywhere. Works on bytes: of the fourteen rows that a request makes, only the
 * wanted ones become values. Columns are found by the header, in any order. A quoted cell may hold line breaks: the row
 * goes on to the closing quote. Where a whole row follows an open quote, the row before was cut off.
 * @throws EngineError `unknown-csv`, from `push`, where the first line is no header of k6's
 */
export class SampleRows<Metric, Tags> {
  readonly #consumer: RowConsumer<Metric, Tags>;
  readonly #byFirstByte: readonly (readonly WantedName<Metric>[] | undefined)[];
  /** The beginning of a line whose end is still to come. */
  #rest: Buffer[] = [];
  #restLength = 0;
  /** Lines of a row whose quote is still open. */
  #open: Buffer[] = [];
  #openLength = 0;
  #openLine = 0;
  #delimiter: string | undefined;
  #columns: CsvColumns | undefined;
  #tags: TagsCache<Tags> | undefined;
  #lines = 0;
  #rows = 0;
  #malformed = 0;

  constructor(consumer: RowConsumer<Metric, Tags>) {
    this.#consumer = consumer;
    this.#byFirstByte = byFirstByte(consumer.wanted);
  }

  /** All rows so far, the header apart, whether wanted or not. */
  get rows(): number {
    return this.#rows;
  }

  /** Wanted rows that could not be read, and rows beyond 1 MiB. */
  get malformed(): number {
    return this.#malformed;
  }

  /** Lines of the file so far, the header included. */
  get lines(): number {
    return this.#lines;
  }

  /** Of the line whose end is still to come. Of a line beyond 1 MiB no more than that is kept. */
  get pendingBytes(): number {
    return this.#restLength;
  }

  /** @param chunk cut anywhere; not kept: the beginning of a line at its end is copied */
  push(chunk: Buffer): void {
    let start = 0;
    if (this.#restLength > 0) {
      const end = chunk.indexOf(newline);
      if (end < 0) return this.#keep(chunk);
      const line = Buffer.concat([...this.#rest, chunk.subarray(0, end)]);
      this.#rest = [];
      this.#restLength = 0;
      start = end + 1;
      this.#line(line, 0, line.length, line.indexOf(quoteByte) >= 0);
    }
    let quoteAt = chunk.indexOf(quoteByte, start);
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      if (quoteAt >= 0 && quoteAt < start) quoteAt = chunk.indexOf(quoteByte, start);
      this.#line(chunk, start, end, quoteAt >= 0 && quoteAt < end);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /**
   * The stream is over.
   * @returns false where it ends in the middle of a row. A last line without its end is ignored, unless `takeLast` and
   * it is whole
   */
  end(takeLast = false): boolean {
    const rest = Buffer.concat(this.#rest);
    const isCut = this.#restLength > 0 && !(takeLast && this.#isWholeRow(rest));
    if (this.#restLength > 0 && !isCut) this.#line(rest, 0, rest.length, true);
    this.#rest = [];
    this.#restLength = 0;
    return !isCut && this.#openLength === 0;
  }

  #keep(piece: Buffer): void {
    // A copy: a view would keep its whole chunk alive.
    if (this.#restLength < longestRow) this.#rest.push(Buffer.from(piece));
    this.#restLength += piece.length;
  }

  #line(bytes: Buffer, start: number, lineEnd: number, hasQuotes: boolean): void {
    const end = bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    this.#lines++;
    if (this.#openLength === 0) {
      const isHeader = this.#columns === undefined;
      if (!isHeader && hasQuotes && hasOpenQuote(bytes, start, end)) this.#hold(bytes, start, end);
      else this.#record(bytes, start, end, this.#lines);
      return;
    }
    const isClosing = hasQuotes && hasOpenQuote(bytes, start, end);
    if (!isClosing && this.#isWholeRow(bytes.subarray(start, end))) {
      this.#drop();
      this.#record(bytes, start, end, this.#lines);
      return;
    }
    this.#hold(bytes, start, end);
    if (this.#openLength >= longestRow) return this.#drop();
    if (!isClosing) return;
    const row = Buffer.concat(this.#open);
    this.#open = [];
    this.#openLength = 0;
    this.#record(row, 0, row.length - 1, this.#openLine);
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    if (this.#openLength === 0) this.#openLine = this.#lines;
    this.#open.push(Buffer.from(bytes.subarray(start, end)), lineBreak);
    this.#openLength += end - start + 1;
  }

  /** The row that is open was cut off. */
  #drop(): void {
    this.#rows++;
    this.#isMalformed(this.#openLine, Buffer.concat(this.#open.slice(0, 1)));
    this.#open = [];
    this.#openLength = 0;
  }

  #isMalformed(line: number, bytes: Buffer): void {
    this.#malformed++;
    this.#consumer.keep?.(undefined, bytes, 0, bytes.length);
    this.#consumer.malformed?.(line, bytes.toString("utf8", 0, 200));
  }

  #isWholeRow(bytes: Buffer): boolean {
    const columns = this.#columns;
    if (columns === undefined) return false;
    const fields = splitCsvLine(bytes.toString("utf8").replace(/\r$/, ""), columns.delimiter);
    const stamp = Buffer.from(fields?.[columns.timestamp]?.trim() ?? "");
    return (
      fields?.length === columns.width && Number.isFinite(parseTimestamp(stamp, 0, stamp.length))
    );
  }

  #record(bytes: Buffer, start: number, end: number, line: number): void {
    if (end <= start) return;
    if (this.#columns === undefined) {
      this.#consumer.keep?.("header", bytes, start, end);
      return this.#header(bytes.toString("utf8", start, end));
    }
    this.#rows++;
    const isRead =
      end - start < longestRow &&
      (this.#columns.measurementFirst && isPlain(bytes[start] ?? 0)
        ? this.#row(bytes, start, end)
        : this.#rowInOtherForm(bytes, start, end, this.#columns));
    if (!isRead) this.#isMalformed(line, bytes.subarray(start, end));
  }

  #header(line: string): void {
    const separator = /^"?sep=(.)"?$/i.exec(line)?.[1];
    if (separator !== undefined && this.#delimiter === undefined) {
      this.#delimiter = separator;
      return;
    }
    this.#columns = readCsvHeader(line, this.#consumer.requiredColumns, this.#delimiter);
    this.#tags = new TagsCache(this.#columns, this.#consumer.tagsOf);
  }

  /** @returns false where it is malformed */
  #row(bytes: Buffer, start: number, end: number): boolean {
    const metric = this.#wantedAt(bytes, start);
    if (metric === undefined) return true;
    const timestampAt = nextComma(bytes, start, end) + 1;
    const timestampEnd = nextComma(bytes, timestampAt, end);
    const valueEnd = nextComma(bytes, timestampEnd + 1, end);
    if (valueEnd >= end) return false;
    const at = parseTimestamp(bytes, timestampAt, timestampEnd);
    const value = parseDecimal(bytes, timestampEnd + 1, valueEnd);
    const isValue = Number.isFinite(at) && value >= 0;
    const isRead =
      (isValue && this.#consumer.untagged?.(metric, at, value) === true) ||
      this.#measured(metric, at, value, this.#tags?.after(bytes, valueEnd + 1, end));
    if (isRead) this.#consumer.keep?.(metric, bytes, start, end);
    return isRead;
  }

  /** Rows as another tool wrote them again: other order, quotes, spaces, delimiter, decimal comma, exponents. */
  #rowInOtherForm(bytes: Buffer, start: number, end: number, columns: CsvColumns): boolean {
    const line = bytes.toString("utf8", start, end);
    const fields = splitCsvLine(line, columns.delimiter)?.map((field) => field.trim());
    const name = fields?.[columns.metric];
    const metric = this.#consumer.wanted.find(([known]) => known === name)?.[1];
    if (fields === undefined || metric === undefined) return true;
    const stamp = Buffer.from(fields[columns.timestamp] ?? "");
    const at = parseTimestamp(stamp, 0, stamp.length);
    const value = decimal(fields[columns.value] ?? "", columns.delimiter !== ",");
    const isRead = this.#measured(metric, at, value, this.#consumer.tagsOf(fields, columns));
    if (isRead) this.#consumer.keep?.(metric, bytes, start, end);
    return isRead;
  }

  #wantedAt(bytes: Buffer, start: number): Metric | undefined {
    const candidates = this.#byFirstByte[bytes[start] ?? 0];
    if (candidates === undefined) return undefined;
    for (const { bytes: name, metric } of candidates) {
      if (startsWith(bytes, start, name)) return metric;
    }
    return undefined;
  }

  #measured(metric: Metric, at: number, value: number, tags: Tags | undefined): boolean {
    const isReadable = Number.isFinite(at) && value >= 0 && tags !== undefined;
    return isReadable && this.#consumer.measured(metric, at, value, tags);
  }
}

const lineBreak = Buffer.from("\n");

/** Neither a quote nor a space: k6 writes names of metrics as they are. */
const isPlain = (byte: number): boolean => byte !== quoteByte && byte !== 32;

function hasOpenQuote(bytes: Buffer, start: number, end: number): boolean {
  let isOpen = false;
  for (let at = start; at < end; at++) if (bytes[at] === quoteByte) isOpen = !isOpen;
  return isOpen;
}

function decimal(text: string, hasDecimalComma: boolean): number {
  const plain = hasDecimalComma ? text.replace(",", ".") : text;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** @returns `end` where there is none; a loop, because a search by the runtime costs more for a few bytes */
function nextComma(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== comma) at++;
  return at;
}

/** Each name with the comma after it: `iterations,` is not `iteration_duration`. */
function byFirstByte<Metric>(
  wanted: RowConsumer<Metric, unknown>["wanted"],
): readonly (readonly WantedName<Metric>[] | undefined)[] {
  const table: WantedName<Metric>[][] = [];
  for (const [name, metric] of wanted) {
    const bytes = Buffer.from(`${name},`);
    const first = bytes[0] ?? 0;
    table[first] = [...(table[first] ?? []), { bytes, metric }];
  }
  return Array.from({ length: 256 }, (_, byte) => table[byte]);
}

function startsWith(bytes: Buffer, start: number, beginning: Uint8Array): boolean {
  for (let index = 0; index < beginning.length; index++) {
    if (bytes[start + index] !== beginning[index]) return false;
  }
  return true;
}
