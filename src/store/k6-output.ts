/** Reads the outputs of k6 as a stream, in constant memory: `--out csv` and `--out json`, also packed or saved again. */
import { parsedJson } from "../domain/json.ts";
import { linesOf, lineTooLong, streamInput } from "../config/input-encoding.ts";
import { codeOf, ConfigError } from "../domain/errors.ts";
import { resultColumns } from "../engine/csv-columns.ts";
import { JsonValues, type JsonText } from "../engine/json-values.ts";
import {
  csvResultTags,
  isJsonOutput,
  jsonPoint,
  resultMetrics,
  type ResultMetric,
  type ResultPoint,
  type ResultTags,
} from "../engine/result-points.ts";
import { longestRow, SampleRows } from "../engine/sample-rows.ts";
import { isPlausibleInstant, rfc3339 } from "../engine/timestamp.ts";
import { K6Totals } from "./k6-totals.ts";

/** A summary is one document; larger ones are none. */
const largestSummary = 64 * 1024 ** 2;

/** A file of the wrong kind has a problem in every line. */
const shownProblems = 5;

export type K6File =
  | { readonly kind: "output"; readonly totals: K6Totals }
  | { readonly kind: "document"; readonly document: unknown };

/**
 * @returns the points of an output added up, or the one document that is no output
 * @throws ConfigError where it is neither, is cut off, or has lines that cannot be read
 */
export async function readK6File(file: string): Promise<K6File> {
  const chunks = withoutBlankStart(streamInput(file));
  const first = await chunks.next();
  if (first.done === true) throw notOfK6(file);
  const all = prepended(first.value, chunks);
  return /^[[{]/.test(first.value.toString("latin1", 0, 1))
    ? readJson(file, all)
    : { kind: "output", totals: await readCsv(file, all) };
}

export const notOfK6 = (file: string, cause?: unknown): ConfigError =>
  new ConfigError(`${file} is no result of k6 that Headroom knows`, {
    code: "unknown-import",
    hint: "Headroom reads k6's --summary-export, handleSummary data, and --out csv or json.",
    cause,
  });

async function* withoutBlankStart(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isStart = true;
  for await (const chunk of chunks) {
    const from = isStart ? chunk.findIndex((byte) => byte > 32) : 0;
    if (from < 0) continue;
    isStart = false;
    yield chunk.subarray(from);
  }
}

async function* prepended(first: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* chunks;
}

/** Rows that cannot be read make the result one of another run: it is refused with the first of them. */
class Unreadable {
  readonly #file: string;
  readonly #shown: string[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(line: number, text: string): void {
    this.#count++;
    if (this.#shown.length < shownProblems)
      this.#shown.push(`${this.#file}: line ${line} cannot be read: ${text.slice(0, 120)}`);
  }

  /** @throws ConfigError if there are any, or the file ends in the middle of something */
  raise(isComplete: boolean, lines: number): void {
    if (!isComplete)
      throw new ConfigError(`${this.#file} ends in the middle of line ${lines}`, {
        code: "unreadable-import",
        hint: "Copy it again: what stands before the break is no whole result.",
      });
    if (this.#count === 0) return;
    const more = this.#count - this.#shown.length;
    throw new ConfigError(
      [...this.#shown, ...(more > 0 ? [`and ${more} more lines`] : [])].join("\n"),
      {
        code: "unreadable-import",
        hint: "Expected rows of k6's --out csv or json: an instant between 2000 and 2100 in one of its six time formats, and a value ≥ 0.",
      },
    );
  }
}

// CSV

async function readCsv(file: string, chunks: AsyncIterable<Buffer>): Promise<K6Totals> {
  const totals = new K6Totals();
  const unreadable = new Unreadable(file);
  const rows = new SampleRows<ResultMetric, ResultTags | undefined>({
    wanted: resultMetrics,
    requiredColumns: resultColumns,
    tagsOf: csvResultTags,
    measured: (metric, at, value, tags) => added(totals, { metric, at, value, tags }),
    malformed: (line, text) => unreadable.add(line, text),
  });
  try {
    for await (const chunk of chunks) {
      rows.push(chunk);
      if (rows.pendingBytes > longestRow) throw lineTooLong(file, rows.lines + 1, longestRow);
    }
  } catch (error) {
    throw isUnknownCsv(error) ? notOfK6(file, error) : error;
  }
  const isComplete = rows.end(true);
  if (rows.lines === 0) throw notOfK6(file);
  unreadable.raise(isComplete, rows.lines + 1);
  return totals;
}

const isUnknownCsv = (error: unknown): boolean => codeOf(error) === "unknown-csv";

function added(
  totals: K6Totals,
  point: Omit<ResultPoint, "tags"> & { readonly tags: ResultTags | undefined },
): boolean {
  const { tags } = point;
  if (tags === undefined || !isPlausibleInstant(point.at) || !(point.value >= 0)) return false;
  totals.add({ ...point, tags });
  return true;
}

// JSON

async function readJson(file: string, chunks: AsyncIterable<Buffer>): Promise<K6File> {
  const totals = new K6Totals();
  const unreadable = new Unreadable(file);
  const values = new JsonValues(file, largestSummary);
  const documents: unknown[] = [];
  let isOutput = false;
  for await (const { number, text } of linesOf(chunks, largestSummary)) {
    if (text === undefined) throw lineTooLong(file, number, largestSummary);
    for (const value of values.push(text)) {
      if (isOutput) addJson(value, totals, unreadable);
      else {
        const document = parsedJson(value.text);
        isOutput = isJsonOutput(document);
        if (isOutput) {
          values.limitTo(longestRow);
          addJson(value, totals, unreadable);
        } else documents.push(document);
      }
      if (documents.length > 1) throw notOfK6(file);
    }
  }
  if (isOutput || values.isOpen) unreadable.raise(!values.isOpen, values.lines);
  return isOutput ? { kind: "output", totals } : { kind: "document", document: documents[0] };
}

/** Most lines are of metrics that are not read: those are not taken apart. */
const isWanted =
  /"metric"\s*:\s*"(?:http_reqs|http_req_duration|http_req_failed|dropped_iterations)"/;

function addJson({ line, text }: JsonText, totals: K6Totals, unreadable: Unreadable): void {
  if (!isWanted.test(text)) return;
  const value = parsedJson(text);
  const point = value === undefined ? "malformed" : jsonPoint(value, rfc3339);
  if (point === undefined) return;
  if (point === "malformed" || !added(totals, point)) unreadable.add(line, text);
}
