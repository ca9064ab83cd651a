/** Files of plain values, for anybody's measurements: one column of any table (docs/tables.md). */
import { ConfigError } from "../domain/errors.ts";
import { readInput } from "./input-encoding.ts";
import { Problems } from "./problems.ts";
import { namedColumn, parseTable, shownAtOnce, type Table } from "./table.ts";
import { readNumbers, type NumberCell } from "./table-numbers.ts";

/** In the order of the file; `undefined` where a row has no value. At least one is a number. */
export type FileValues = readonly (number | undefined)[];

export interface ValuesFile {
  readonly values: FileValues;
  /** As written in the cells, empty where there is none. */
  readonly unit: string;
}

export interface ValuesFileOptions {
  /** Name of the CSV column or JSON field; may be absent where there is only one. */
  readonly column?: string | undefined;
}

/**
 * @param file as typed, for messages @param location where it is
 * @throws UsageError where there is no such file
 * @throws ConfigError for an empty file, an unknown column, and every value that is not a number ≥ 0
 */
export function readValuesFile(
  file: string,
  location: string,
  options: ValuesFileOptions = {},
): ValuesFile {
  return parseValues(readInput(location, file), file, options);
}

/** The same from text. @param file for messages */
export function parseValues(
  text: string,
  file: string,
  { column }: ValuesFileOptions = {},
): ValuesFile {
  const problems = new Problems();
  const isEmpty = text.trim() === "";
  const table = isEmpty ? undefined : parseTable(text, { shown: file, column }, problems);
  raise(problems, "bad-table");
  if (table === undefined || table.rows.length === 0) throw noValue(file);
  const index = columnIndex(table, column, problems);
  const cells = index === undefined ? undefined : readNumbers(table, index, problems);
  raise(problems, column === undefined ? "bad-values" : "unknown-column");
  return checked(table, index ?? 0, cells ?? [], file);
}

const raise = (problems: Problems, code: string): void =>
  problems.raise((message) => new ConfigError(message, { code }));

const noValue = (file: string): ConfigError =>
  new ConfigError(`${file} holds no value`, {
    code: "no-values",
    hint: "Give one number a line.",
  });

/** Only an empty cell is a missing value: a word such as NaN may be a measurement that failed. */
function checked(
  { rows }: Table,
  column: number,
  cells: readonly NumberCell[],
  file: string,
): ValuesFile {
  const wrong: string[] = [];
  const units = new Map<string, string>();
  const values = cells.map((cell, index) => {
    if (cell.kind === "empty") return undefined;
    const where = rows[index]?.where ?? "";
    if (cell.kind === "number" && cell.value >= 0) {
      if (!units.has(cell.unit)) units.set(cell.unit, where);
      return cell.value;
    }
    wrong.push(`${file}: ${where}: ${shownCell(rows[index]?.cells[column])} is not a number ≥ 0`);
    return undefined;
  });
  if (wrong.length > 0) throw badValues(wrong);
  if (units.size > 1) {
    const found = [...units].map(([unit, where]) => `${unit === "" ? "none" : unit} (${where})`);
    throw badValues([`${file}: mixed units: ${found.join(", ")}; write all values in one`]);
  }
  if (values.every((value) => value === undefined)) throw noValue(file);
  return { values, unit: [...units.keys()][0] ?? "" };
}

function badValues(wrong: readonly string[]): ConfigError {
  const more = wrong.length - shownAtOnce;
  return new ConfigError(
    [...wrong.slice(0, shownAtOnce), ...(more > 0 ? [`and ${more} more`] : [])].join("\n"),
    {
      code: "bad-values",
      hint: "Values are numbers ≥ 0, all in one unit. Leave a missing value empty.",
    },
  );
}

const shownCell = (cell: unknown): string =>
  typeof cell === "string" && !cell.startsWith("[") ? `"${cell}"` : String(cell);

function columnIndex(
  table: Table,
  column: string | undefined,
  problems: Problems,
): number | undefined {
  if (column !== undefined) return namedColumn("--column", column, table, problems);
  if (table.columns.length === 1) return 0;
  const { hasNames, columns, rows, shown } = table;
  const names = hasNames ? columns : (rows[0]?.cells ?? []);
  problems.add(
    `${shown} has ${columns.length} columns (${names.join(", ")}): name one with --column`,
  );
  return undefined;
}
