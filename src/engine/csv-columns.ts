import { EngineError } from "../domain/errors.ts";
import { splitCsvLine } from "./csv-line.ts";

/** Column positions in k6's CSV, from its header: the columns follow k6's system tags. */
export interface CsvColumns {
  readonly metric: number;
  readonly timestamp: number;
  readonly value: number;
  /** -1 if the tag is disabled. */
  readonly scenario: number;
  readonly extraTags: number;
  /** -1 if the tag is disabled. */
  readonly group: number;
  /** Whether metric, timestamp and value come first and in this order, as k6 writes them. */
  readonly measurementFirst: boolean;
  /** Cells of a row. */
  readonly width: number;
  /** Index of each column by its name. */
  readonly byName: ReadonlyMap<string, number>;
  /** A comma, as k6 writes it; a spreadsheet that saved the file again may have changed it. */
  readonly delimiter: string;
}

const measurement = ["metric_name", "timestamp", "metric_value"] as const;

/** Columns that the engine requires of its own runs. */
export const ownColumns = [...measurement, "scenario", "extra_tags"] as const;

/** Columns of any k6 result. */
export const resultColumns = measurement;

/** @throws EngineError `unknown-csv` where a required column is missing */
export function readCsvHeader(
  line: string,
  required: readonly string[] = ownColumns,
  delimiter = delimiterOf(line),
): CsvColumns {
  const names = (splitCsvLine(line, delimiter) ?? []).map((name) => name.trim());
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new EngineError(
      `k6's sample stream has no column ${missing.join(", ")}; its first line is ${JSON.stringify(line.slice(0, 200))}`,
      {
        code: "unknown-csv",
        hint: "use the pinned k6, and keep the system tag scenario enabled in the scenarios' options",
      },
    );
  }
  return {
    metric: names.indexOf("metric_name"),
    timestamp: names.indexOf("timestamp"),
    value: names.indexOf("metric_value"),
    scenario: names.indexOf("scenario"),
    extraTags: names.indexOf("extra_tags"),
    group: names.indexOf("group"),
    measurementFirst: delimiter === "," && line.startsWith(measurement.join(",")),
    width: names.length,
    byName: new Map(names.map((name, index) => [name, index])),
    delimiter,
  };
}

/** The names of the columns hold none of these. */
const delimiterOf = (line: string): string => /[,;\t|]/.exec(line)?.[0] ?? ",";
