import { markup, type Fragment, type Markup } from "../markup.ts";
import type { Cell, Table } from "./block.ts";
import { lineMarkup } from "./inline.ts";

/** Fewer columns fit beside each other on a phone. */
const fewestOfCards = 3;

/** The column that says how it went: on a card it stands first. */
const verdictColumns: ReadonlySet<string> = new Set(["verdict", "outcome", "health"]);

/** Attributes of a table's parts. On a phone its rows are cards: what is no longer laid out as a table says that it is one. */
interface Roles {
  readonly table?: Markup;
  readonly rows?: Markup;
  readonly row?: Markup;
  readonly columnHeader?: Markup;
  readonly rowHeader?: Markup;
  readonly cell?: Markup;
  readonly numeric?: Markup;
}

const numberClass = markup` class="number"`;
const roleOf = (name: string): Markup => markup` role="${name}"`;
const cardRoles: Roles = {
  table: markup` class="cards" role="table"`,
  rows: roleOf("rowgroup"),
  row: roleOf("row"),
  columnHeader: roleOf("columnheader"),
  rowHeader: roleOf("rowheader"),
  cell: roleOf("cell"),
  numeric: numberClass,
};

/** The numbers of charts are many, and nothing but numbers: their style knows so without a class for each. */
const rolesOf = (id: string, columns: number): Roles =>
  id === "numbers" ? {} : columns >= fewestOfCards ? cardRoles : { numeric: numberClass };

/** A table that scrolls on its own where the page is narrow, or whose rows are cards there. The first cell of a row names it. */
export function tableMarkup({ id, title, columns, rows, groups = [] }: Table): Markup {
  const roles = rolesOf(id, columns.length);
  const head = columns.map(
    (each) =>
      markup`<th scope="col"${each.numeric === true && roles.numeric}${roles.columnHeader}>${each.title === "" ? markup`<span class="unseen">${each.id.replaceAll("_", " ")}</span>` : each.title}</th>`,
  );
  const body = rows.map((row, index) => [
    groups[index] !== groups[index - 1] &&
      markup`<tr class="group"${roles.row}><th scope="rowgroup" colspan="${columns.length}"${roles.rowHeader}>${groups[index]}</th></tr>
`,
    rowMarkup(row, columns, roles),
  ]);
  return markup`<div class="scroll" data-table="${id}" tabindex="0" role="region" aria-label="Table: ${title}"><table${roles.table}>
<caption>${title}</caption>
<thead${roles.rows}><tr${roles.row}>${head}</tr></thead>
<tbody${roles.rows}>
${body}</tbody>
</table></div>`;
}

const verdictClass = markup` class="verdict"`;

const rowMarkup = (row: readonly Cell[], columns: Table["columns"], roles: Roles): Markup =>
  markup`<tr${roles.row}>${row.map((cell, index) => {
    const { id = "", title = "", numeric } = columns[index] ?? {};
    if (index === 0) return markup`<th scope="row"${roles.rowHeader}>${cellMarkup(cell)}</th>`;
    const look = numeric === true ? roles.numeric : verdictColumns.has(id) && verdictClass;
    const label = roles.cell !== undefined && title !== "" && markup` data-label="${title}"`;
    return markup`<td${look}${roles.cell}${label}>${cellMarkup(cell)}</td>`;
  })}</tr>
`;

function cellMarkup(cell: Cell): Fragment {
  if (typeof cell === "string") return cell;
  return cell.shown === undefined ? cell.text : lineMarkup(cell.shown);
}
