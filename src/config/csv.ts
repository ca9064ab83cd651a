/** The syntax of tables that people hand in: RFC 4180 with `,`, `;`, a tab or `|`; `#` starts a comment line. */
import { CsvError, parse } from "csv-parse/sync";

export interface CsvRow {
  /** Line in the file where it begins, from 1. */
  readonly line: number;
  /** Trimmed. */
  readonly cells: readonly string[];
}

interface Preamble {
  /** Of a line `sep=;`, as spreadsheets write and read it. */
  readonly separator: string | undefined;
  /** Of a line `# decimal=,`. */
  readonly decimal: "." | "," | undefined;
}

const beforeHeader = /^(?:[^\S\r\n]*(?:#[^\r\n]*|"?sep=[^\r\n]"?[^\S\r\n]*)?(?:\r\n|\n|\r))*/i;

/** What stands before the header. */
export function preambleOf(text: string): Preamble {
  const [start = ""] = beforeHeader.exec(text) ?? [];
  const mark = /^[^\S\r\n]*#[^\S\r\n]*decimal[^\S\r\n]*[=:][^\S\r\n]*"?(\.|,|point|comma)/im
    .exec(start)?.[1]
    ?.toLowerCase();
  return {
    separator: /^[^\S\r\n]*"?sep=(.)/im.exec(start)?.[1],
    decimal: mark === undefined ? undefined : mark === "." || mark === "point" ? "." : ",",
  };
}

/** In order: a semicolon, a tab or a bar is seldom anything else, a comma may be a decimal one. */
const delimiters = [";", "\t", "|", ","] as const;
/** None of these stands in a text: a file without a delimiter has one column. */
const noDelimiter = "\u0001";

/**
 * What a line `sep=` names; else the first of `;`, tab, `|` and `,` that the first line has outside of quotes; where it
 * has none, there is one column.
 */
export function delimiterOf(text: string): string {
  const { separator } = preambleOf(text);
  if (separator !== undefined) return separator;
  const header = headerLine(text);
  return delimiters.find((candidate) => header.includes(candidate)) ?? noDelimiter;
}

/**
 * The first line with content, without its quoted cells: a delimiter in what is left is one. In one pass, because the
 * line may be as long as the file.
 */
function headerLine(text: string): string {
  const content = text.replace(/^\uFEFF/, "").replace(beforeHeader, "");
  const left: string[] = [];
  let [at, isCellStart, isOpen] = [0, true, false];
  while (at < content.length) {
    const character = content[at] ?? "";
    if (character === "\n" || character === "\r") break;
    if (character === '"' && isCellStart && !isOpen) {
      const end = closingQuote(content, at + 1);
      isOpen = end < 0;
      at = isOpen ? at : end + 1;
      isCellStart = false;
      continue;
    }
    left.push(character);
    isCellStart = character === " " ? isCellStart : delimiters.some((each) => each === character);
    at++;
  }
  return left.join("");
}

/** @returns -1 where the quote is never closed */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at;
  return -1;
}

/** Characters: a longer row is none of a table. */
const longestRecord = 1 << 20;

/** Every line as cells, empty ones too, comments left out. A line that is no CSV ends the reading: `problem` says why. */
export function csvRows(
  text: string,
  delimiter: string,
): { readonly rows: readonly CsvRow[]; readonly problem?: string } {
  const rows: CsvRow[] = [];
  let line = 1;
  try {
    parse(withoutSeparator(text), {
      bom: true,
      comment: "#",
      comment_no_infix: true,
      delimiter,
      max_record_size: longestRecord,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      on_record: (cells: string[], { lines }) => {
        line = lines - lineBreaks(cells);
        if (!isComment(cells)) rows.push({ line, cells });
        line = lines + 1;
      },
    });
    return { rows };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { rows, problem: `line ${line}: ${problemOf(error)}` };
  }
}

/** A comment in its place: it is passed over, and the lines below keep their numbers. */
const withoutSeparator = (text: string): string =>
  text.replace(beforeHeader, (start) => start.replace(/^[^\S\r\n]*"?sep=[^\r\n]*/im, "#"));

const lineBreaks = (cells: readonly string[]): number =>
  cells.join("").match(/\r\n|\n|\r/g)?.length ?? 0;

const isComment = ([first = ""]: readonly string[]): boolean => first.startsWith("#");

function problemOf({ code, message }: CsvError): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "a quote is never closed";
  if (code === "CSV_MAX_RECORD_SIZE") return `longer than ${longestRecord} characters`;
  return code === "CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE"
    ? 'text follows a closing quote, as in "3"x'
    : message;
}
