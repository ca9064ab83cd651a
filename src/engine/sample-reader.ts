import { metricNames } from "../domain/sample.ts";
import { carriageReturn, comma, newline, parseDecimal, splitCsvLine } from "./csv-line.ts";
import { readCsvHeader, type CsvColumns } from "./csv-columns.ts";
import { RowTagsCache, rowTags, type RowTags } from "./row-tags.ts";
import type { SampleSink } from "./sample-sink.ts";

type Metric = keyof typeof metricNames | "iterations" | "dropped" | "users";

/** The rows that are read; all others are passed over after a few bytes. The last three are k6's own. */
const wanted: readonly (readonly [name: string, metric: Metric])[] = [
  [metricNames.response, "response"],
  [metricNames.page, "page"],
  [metricNames.lag, "lag"],
  [metricNames.loadStart, "loadStart"],
  [metricNames.failure, "failure"],
  ["iterations", "iterations"],
  ["dropped_iterations", "dropped"],
  ["vus", "users"],
];

/** A line that grows beyond this is not k6's: it is counted as malformed and passed over. */
const longestLine = 1 << 20;

interface WantedName {
  readonly bytes: Uint8Array;
  readonly metric: Metric;
}

/**
 * Reads k6's CSV as it comes, in chunks cut anywhere. Works on bytes: of the fourteen rows that a request
 * makes, only the wanted ones (`metricNames`, iterations, drops, users) become values. Columns are found
 * by the header. A malformed row is counted and passed over; a last line without its end is ignored.
 * @throws EngineError `unknown-csv`, from `push`, where the first line is no header of k6's
 */
export class SampleReader {
  readonly #sink: SampleSink;
  readonly #byFirstByte = wantedByFirstByte();
  /** The beginning of a line whose end is still to come. */
  #rest: Buffer[] = [];
  #restLength = 0;
  #columns: CsvColumns | undefined;
  #tags: RowTagsCache | undefined;
  #rows = 0;
  #malformed = 0;

  constructor(sink: SampleSink) {
    this.#sink = sink;
  }

  /** All rows so far, the header apart, whether wanted or not. */
  get rows(): number {
    return this.#rows;
  }

  /** Wanted rows that could not be read, and lines beyond 1 MiB. */
  get malformed(): number {
    return this.#malformed;
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
      this.#line(line, 0, line.length);
    }
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      this.#line(chunk, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The stream is over. What has no line end was cut off, and is ignored. */
  end(): void {
    this.#rest = [];
    this.#restLength = 0;
  }

  #keep(piece: Buffer): void {
    // A copy: a view would keep its whole chunk alive.
    if (this.#restLength < longestLine) this.#rest.push(Buffer.from(piece));
    this.#restLength += piece.length;
  }

  #line(bytes: Buffer, start: number, lineEnd: number): void {
    const end = bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    if (end <= start) return;
    if (this.#columns === undefined) {
      this.#columns = readCsvHeader(bytes.toString("utf8", start, end));
      this.#tags = new RowTagsCache(this.#columns);
      return;
    }
    this.#rows++;
    if (end - start >= longestLine) this.#malformed++;
    else if (this.#columns.measurementFirst) this.#row(bytes, start, end);
    else this.#rowInOtherOrder(bytes.toString("utf8", start, end), this.#columns);
  }

  #row(bytes: Buffer, start: number, end: number): void {
    const metric = this.#wantedAt(bytes, start);
    if (metric === undefined) return;
    const timestampAt = nextComma(bytes, start, end) + 1;
    const timestampEnd = nextComma(bytes, timestampAt, end);
    const valueEnd = nextComma(bytes, timestampEnd + 1, end);
    if (valueEnd >= end) {
      this.#malformed++;
      return;
    }
    const at = epochMs(parseDecimal(bytes, timestampAt, timestampEnd));
    const value = parseDecimal(bytes, timestampEnd + 1, valueEnd);
    this.#measured(metric, at, value, this.#tags?.after(bytes, valueEnd + 1, end));
  }

  #rowInOtherOrder(line: string, columns: CsvColumns): void {
    const fields = splitCsvLine(line);
    const name = fields?.[columns.metric];
    const metric = wanted.find(([known]) => known === name)?.[1];
    if (fields === undefined || metric === undefined) return;
    const number = (column: number): number => {
      const bytes = Buffer.from(fields[column] ?? "");
      return parseDecimal(bytes, 0, bytes.length);
    };
    const at = epochMs(number(columns.timestamp));
    this.#measured(metric, at, number(columns.value), rowTags(fields, columns));
  }

  #wantedAt(bytes: Buffer, start: number): Metric | undefined {
    const candidates = this.#byFirstByte[bytes[start] ?? 0];
    if (candidates === undefined) return undefined;
    for (const { bytes: name, metric } of candidates) {
      if (startsWith(bytes, start, name)) return metric;
    }
    return undefined;
  }

  #measured(metric: Metric, at: number, value: number, tags: RowTags | undefined): void {
    const readable = Number.isFinite(at) && value >= 0 && tags !== undefined;
    if (!readable || !this.#deliver(metric, at, value, tags)) this.#malformed++;
  }

  /** @returns false where the row lacks the tags of its metric */
  #deliver(metric: Metric, at: number, value: number, tags: RowTags): boolean {
    const sink = this.#sink;
    if (metric === "users") sink.users(at, value);
    else if (metric === "loadStart") sink.loadStart(value);
    else if (metric === "failure") sink.failure({ at, ...failureOf(tags) });
    else {
      const { phase, flow, request } = tags;
      if (phase === undefined || flow === undefined) return false;
      if (metric === "iterations") sink.iteration(flow, phase, at);
      else if (metric === "dropped") sink.dropped(flow, phase, at, value);
      else if (metric === "lag") sink.lag(flow, phase, at, value);
      else {
        if (request === undefined) return false;
        const { surface, endpoint, kind, outcome } = request;
        sink.response({
          metric,
          at,
          valueMs: value,
          surface,
          endpoint,
          kind,
          outcome,
          phase,
          flow,
        });
      }
    }
    return true;
  }
}

function failureOf({ extra }: RowTags): { surface: string; endpoint: string; detail: string } {
  const tag = (name: string): string => extra.get(name) ?? "unknown";
  return { surface: tag("surface"), endpoint: tag("endpoint"), detail: tag("detail") };
}

/** @returns `end` where there is none; a loop, because a search by the runtime costs more for a few bytes */
function nextComma(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== comma) at++;
  return at;
}

/** k6 can write seconds, milli-, micro- and nanoseconds; the magnitude tells which, until the year 5138. */
function epochMs(timestamp: number): number {
  if (timestamp < 1e11) return timestamp * 1000;
  if (timestamp < 1e14) return timestamp;
  return timestamp < 1e17 ? timestamp / 1000 : timestamp / 1e6;
}

/** Each name with the comma after it: `iterations,` is not `iteration_duration`. */
function wantedByFirstByte(): readonly (readonly WantedName[] | undefined)[] {
  const table: WantedName[][] = [];
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
