/** Tables that people hand in: RFC 4180 with `,`, `;` or a tab; `#` starts a comment line. */
import { ConfigError } from "../domain/errors.ts";
import { CsvError, parse } from "csv-parse/sync";

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

export interface CsvRow {
  /** Line in the file where it begins, from 1. */
  readonly line: number;
  /** Trimmed. */
  readonly cells: readonly string[];
}

const delimiters = [",", ";", "\t"] as const;

/** @returns an empty header where there is no line; empty lines left out @throws ConfigError */
export function parseCsv(text: string): CsvTable {
  const lines = text.split(/\r\n|\n|\r/);
  const first = lines.find((line) => line.trim() !== "" && !isComment(line)) ?? "";
  const delimiter = delimiters.reduce((best, candidate) =>
    first.split(candidate).length > first.split(best).length ? candidate : best,
  );
  const rows = closedRows(text, delimiter).filter(
    ({ cells }) => cells.join("") !== "" && !isComment(cells[0] ?? ""),
  );
  const [header, ...rest] = rows;
  return { header: header?.cells ?? [], rows: rest };
}

const isComment = (text: string): boolean => text.trimStart().startsWith("#");

/** Every line as cells, empty ones too. @throws ConfigError where a quote is never closed: what follows cannot be told */
export function closedRows(text: string, delimiter: string): readonly CsvRow[] {
  const { rows, unclosedQuoteAt } = csvRows(text, delimiter);
  if (unclosedQuoteAt === undefined) return rows;
  throw new ConfigError(`line ${unclosedQuoteAt}: a quote is never closed`, {
    code: "bad-csv",
    hint: "Close it, or double it where it belongs to the text.",
  });
}

/** Every line as cells, empty ones too. A quote that is never closed ends the reading at its line. */
export function csvRows(
  text: string,
  delimiter: string,
): { readonly rows: readonly CsvRow[]; readonly unclosedQuoteAt?: number } {
  const rows: CsvRow[] = [];
  let line = 1;
  try {
    parse(text, {
      bom: true,
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      on_record: (cells: string[], { lines }) => {
        rows.push({ line, cells });
        line = lines + 1;
      },
    });
    return { rows };
  } catch (error) {
    if (!(error instanceof CsvError) || error.code !== "CSV_QUOTE_NOT_CLOSED") throw error;
    return { rows, unclosedQuoteAt: line };
  }
}
