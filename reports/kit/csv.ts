import { stringify } from "csv-stringify/sync";
import { printable } from "../printable.ts";

export type CsvCell = string | number | undefined;

/** A file of comma-separated values: numbers unrounded, what is not known is empty. */
export const csvFile = (head: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  stringify([[...head], ...rows.map((row) => row.map(safeCell))]);

/** A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. */
function safeCell(cell: CsvCell): string {
  if (typeof cell !== "string") return cell === undefined ? "" : String(cell);
  const text = printable(cell, 2000);
  return /^\s*[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
}
