import { EngineError } from "../domain/errors.ts";
import { splitCsvLine } from "./csv-line.ts";

/** Where k6's CSV keeps what Headroom reads, learned from its header: the columns follow k6's system tags. */
export interface CsvColumns {
  readonly metric: number;
  readonly timestamp: number;
  readonly value: number;
  readonly scenario: number;
  readonly extraTags: number;
  /** -1 where the scenario switched the tag off. */
  readonly group: number;
  /** Metric, timestamp and value stand first and in this order, as k6 writes them so far. */
  readonly measurementFirst: boolean;
}

/** @throws EngineError `unknown-csv` where a column is missing */
export function readCsvHeader(line: string): CsvColumns {
  const names = splitCsvLine(line) ?? [];
  const missing = ["metric_name", "timestamp", "metric_value", "scenario", "extra_tags"].filter(
    (name) => !names.includes(name),
  );
  if (missing.length > 0) {
    throw new EngineError(
      `k6's sample stream has no column ${missing.join(", ")}; its first line is ${JSON.stringify(line.slice(0, 200))}`,
      {
        code: "unknown-csv",
        hint: "use the pinned k6, and leave the system tag scenario switched on in the scenarios' options",
      },
    );
  }
  const metric = names.indexOf("metric_name");
  const timestamp = names.indexOf("timestamp");
  const value = names.indexOf("metric_value");
  return {
    metric,
    timestamp,
    value,
    scenario: names.indexOf("scenario"),
    extraTags: names.indexOf("extra_tags"),
    group: names.indexOf("group"),
    measurementFirst: metric === 0 && timestamp === 1 && value === 2,
  };
}
