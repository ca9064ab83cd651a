import { metricNames } from "../domain/sample.ts";
import { ownColumns } from "./csv-columns.ts";
import { newline } from "./csv-line.ts";
import { rowTags, type RowTags } from "./row-tags.ts";
import { SampleRows } from "./sample-rows.ts";
import type { FailureSample, SampleSink, WriteSample } from "./sample-sink.ts";

type Metric = keyof typeof metricNames | "iterations" | "dropped" | "users" | "request";

/** The last four are k6's own. */
const wanted: readonly (readonly [name: string, metric: Metric])[] = [
  [metricNames.response, "response"],
  [metricNames.page, "page"],
  [metricNames.lag, "lag"],
  [metricNames.loadStart, "loadStart"],
  [metricNames.failure, "failure"],
  [metricNames.assetsCut, "assetsCut"],
  [metricNames.write, "write"],
  ["iterations", "iterations"],
  ["dropped_iterations", "dropped"],
  ["vus", "users"],
  ["http_req_duration", "request"],
];

/**
 * Reads the CSV of a run of Headroom's own scenarios as it comes, in chunks cut anywhere. A malformed row is counted and
 * passed over; a last line without its end is ignored.
 * @throws EngineError `unknown-csv`, from `push`, where the first line is no header of k6's
 */
export class SampleReader {
  readonly #sink: SampleSink;
  readonly #rows: SampleRows<Metric, RowTags>;
  readonly #keepRows: ((rows: Buffer) => void) | undefined;
  readonly #kept = new RowBuffer();

  /** @param keepRows takes the rows from which the same windows can be made again, whole lines, once per chunk */
  constructor(sink: SampleSink, keepRows?: (rows: Buffer) => void) {
    this.#sink = sink;
    this.#keepRows = keepRows;
    this.#rows = new SampleRows({
      wanted,
      requiredColumns: ownColumns,
      tagsOf: rowTags,
      measured: (metric, at, value, tags) => this.#deliver(metric, at, value, tags),
      untagged: (metric, at, value) => {
        if (metric === "request") sink.request?.(at - value);
        return metric === "request";
      },
      // Of `http_req_duration` only the instant is read, and only while the load goes on.
      keep:
        keepRows === undefined
          ? undefined
          : (metric, bytes, start, end) => {
              if (metric !== "request") this.#kept.add(bytes, start, end);
            },
    });
  }

  /** All rows so far, the header apart, whether wanted or not. */
  get rows(): number {
    return this.#rows.rows;
  }

  /** Wanted rows that could not be read, and rows beyond 1 MiB. */
  get malformed(): number {
    return this.#rows.malformed;
  }

  /** @param chunk cut anywhere; not kept */
  push(chunk: Buffer): void {
    try {
      this.#rows.push(chunk);
    } finally {
      this.#handOver();
    }
  }

  /** The stream is over. What has no line end was cut off, and is ignored. */
  end(): void {
    this.#rows.end();
    this.#handOver();
  }

  #handOver(): void {
    const rows = this.#kept.take();
    if (rows.length > 0) this.#keepRows?.(rows);
  }

  /** @returns false where the row lacks the tags of its metric */
  #deliver(metric: Metric, at: number, value: number, tags: RowTags): boolean {
    const sink = this.#sink;
    if (metric === "request") sink.request?.(at - value);
    else if (metric === "users") sink.users(at, value);
    else if (metric === "assetsCut") sink.assetsCut?.(value);
    else if (metric === "loadStart") sink.loadStart(value);
    else if (metric === "write") sink.write?.({ at, ...writeOf(tags) });
    else if (metric === "failure") sink.failure({ at, ...failureOf(tags) });
    else {
      const { flow } = tags;
      if (flow === undefined) return false;
      if (metric === "iterations") sink.iteration(flow, at);
      else if (metric === "dropped") sink.dropped(flow, at, value);
      else if (metric === "lag") sink.lag(flow, at, value);
      else {
        const response = tags[metric];
        if (response === undefined) return false;
        sink.response(response, at, value);
      }
    }
    return true;
  }
}

const tag = ({ extra }: RowTags, name: string): string => extra.get(name) ?? "unknown";

const failureOf = (tags: RowTags): Omit<FailureSample, "at"> => ({
  surface: tag(tags, "surface"),
  endpoint: tag(tags, "endpoint"),
  outcome: tag(tags, "outcome"),
  detail: tag(tags, "detail"),
});

const writeOf = (tags: RowTags): Omit<WriteSample, "at"> => ({
  endpoint: tag(tags, "endpoint"),
  token: tag(tags, "token"),
  amount: tag(tags, "amount"),
  outcome: tag(tags, "outcome"),
});

/** Rows one after another, each with its line break. */
class RowBuffer {
  #bytes = Buffer.alloc(1 << 16);
  #length = 0;

  add(bytes: Buffer, start: number, end: number): void {
    const needed = this.#length + end - start + 1;
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(2 * needed);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length, start, end);
    this.#bytes[needed - 1] = newline;
    this.#length = needed;
  }

  /** @returns a copy */
  take(): Buffer {
    const rows = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return rows;
  }
}
