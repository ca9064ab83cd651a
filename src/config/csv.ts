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

/** @param file for messages @returns an empty header where there is no line; empty lines left out @throws ConfigError */
export function parseCsv(text: string, file?: string): CsvTable {
  const first = headerLine(text);
  const delimiter = delimiters.reduce((best, candidate) =>
    first.split(candidate).length > first.split(best).length ? candidate : best,
  );
  const rows = soundRows(text, delimiter, file).filter(
    ({ cells }) => cells.join("") !== "" && !isComment(cells[0] ?? ""),
  );
  const [header, ...rest] = rows;
  return { header: header?.cells ?? [], rows: rest };
}

const isComment = (text: string): boolean => text.trimStart().startsWith("#");

const emptyLinesAndComments = /^\uFEFF?(?:[^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*/;
const quotedCells = /(?<=(?:^|[,;\t]) *)"[^"]*(?:""[^"]*)*"/g;

/** The first line with content, without its quoted cells: a delimiter in what is left is one. */
export const headerLine = (text: string): string =>
  text
    .replace(emptyLinesAndComments, "")
    .replaceAll(quotedCells, "")
    .split(/[\r\n]/, 1)[0] ?? "";

/** Every line as cells, empty ones too. @throws ConfigError where quotes are wrong: what follows cannot be told */
export function soundRows(text: string, delimiter: string, file?: string): readonly CsvRow[] {
  const { rows, problem } = csvRows(text, delimiter);
  if (problem === undefined) return rows;
  throw new ConfigError(file === undefined ? problem : `${file}: ${problem}`, {
    code: "bad-csv",
    hint: "Close every quote, and double those that belong to the text.",
  });
}

/** Every line as cells, empty ones too. A line that is no CSV ends the reading and is told as the problem. */
export function csvRows(
  text: string,
  delimiter: string,
): { readonly rows: readonly CsvRow[]; readonly problem?: string } {
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
    if (!(error instanceof CsvError)) throw error;
    return { rows, problem: `line ${line}: ${problemOf(error)}` };
  }
}

function problemOf({ code, message }: CsvError): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "a quote is never closed";
  return code === "CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE"
    ? 'text follows a closing quote, as in "3"x'
    : message;
}
