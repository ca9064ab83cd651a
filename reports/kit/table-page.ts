import { markup, type Fragment, type Markup } from "../markup.ts";
import type { Cell, Table } from "./block.ts";
import { lineMarkup } from "./inline.ts";
import { table } from "./layout.ts";

/** A table of a page. */
export const tableMarkup = ({ title, columns, rows }: Table): Markup =>
  table(
    title,
    columns,
    rows.map((row) => row.map(cellMarkup)),
  );

function cellMarkup(cell: Cell): Fragment {
  if (typeof cell === "string") return cell;
  if (cell.shown !== undefined) return lineMarkup(cell.shown);
  if (cell.links === undefined) return cell.text;
  return cell.links.map(({ text, link }, index) => [
    index > 0 && "; ",
    markup`<a href="${link}">${text}</a>`,
  ]);
}
