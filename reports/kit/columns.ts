/** Columns of numbers, each in its format: one line in the list of a table. */
import { unbounded } from "../../src/domain/number-text.ts";
import { numberColumn, type Cell, type ColumnOf } from "./block.ts";

/** What a cell says in place of a number: where there is none, and where it is infinite. */
interface Instead {
  readonly none?: string;
  readonly infinite?: string;
}

export function numberCell(
  value: number | undefined,
  format: (value: number) => string,
  { none = "", infinite = unbounded }: Instead,
): Cell {
  if (value === undefined) return none;
  return { text: Number.isFinite(value) ? format(value) : infinite, value };
}

/** Makes columns of a format; what it depends on besides the number is in the row. */
export const numbers =
  (instead: Instead) =>
  <Item = unknown>(format: (value: number, item: Item) => string) =>
  <Row extends Item>(
    id: string,
    title: string,
    of: (row: Row) => number | undefined,
  ): ColumnOf<Row> =>
    numberColumn(id, title, (row) => numberCell(of(row), (value) => format(value, row), instead));
