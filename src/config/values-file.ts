/** Files of plain values for `headroom compare`: one column of any table (docs/tables.md). */
import { ConfigError } from "../domain/errors.ts";
import { readInput } from "./input-encoding.ts";
import type { Problems } from "./problems.ts";
import { parseTable, type Table } from "./table.ts";
import { namedColumn, readColumn, readOrRefuse, type NumberColumn } from "./table-columns.ts";

/** In the order of the file; `undefined` where a row has no value. At least one is a number. */
export type FileValues = NumberColumn["values"];

export interface ValuesFileOptions {
  /** Name of the CSV column or JSON field; may be absent where there is only one. */
  readonly column?: string | undefined;
}

/**
 * @param file as typed, for messages @param location where it is
 * @throws UsageError where there is no such file
 * @throws ConfigError for an empty file, an unknown column, and every value that is not a number ≥ 0
 */
export const readValuesFile = (
  file: string,
  location: string,
  options: ValuesFileOptions = {},
): NumberColumn => parseValues(readInput(location, file), file, options);

/** The same from text. @param file for messages */
export function parseValues(
  text: string,
  file: string,
  { column }: ValuesFileOptions = {},
): NumberColumn {
  const read = readOrRefuse(
    {
      code: "bad-values",
      hint: "Values are numbers ≥ 0, all in one unit. Leave a missing value empty.",
    },
    (problems) => {
      if (text.trim() === "") throw noValue(file);
      const table = parseTable(text, { shown: file, column }, problems);
      if (table === undefined || !problems.isEmpty) return undefined;
      if (table.rows.length === 0) throw noValue(file);
      const index = columnIndex(table, column, problems);
      // Only an empty cell is a missing value: a word such as NaN may be a measurement that failed.
      const rule = { expected: "a number ≥ 0", least: "zero", gaps: "empty" } as const;
      return index === undefined ? undefined : readColumn(table, index, rule, problems);
    },
  );
  if (read.values.every((value) => value === undefined)) throw noValue(file);
  return read;
}

const noValue = (file: string): ConfigError =>
  new ConfigError(`${file} holds no value`, {
    code: "no-values",
    hint: "Give one number a line.",
  });

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
