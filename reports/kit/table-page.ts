import { markup, type Fragment, type Markup } from "../markup.ts";
import type { Cell, Table } from "./block.ts";
import { lineMarkup } from "./inline.ts";

/** A table that scrolls on its own where the page is narrow. The first cell of a row names it. */
export function tableMarkup({ id, title, columns, rows, groups = [] }: Table): Markup {
  const head = columns.map(
    (each) => markup`<th scope="col"${each.numeric === true && numberClass}>${each.title}</th>`,
  );
  const body = rows.map((row, index) => [
    groups[index] !== groups[index - 1] &&
      markup`<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${groups[index]}</th></tr>
`,
    rowMarkup(row, columns),
  ]);
  return markup`<div class="scroll" data-table="${id}" tabindex="0" role="region" aria-label="${title}"><table>
<caption>${title}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>`;
}

const numberClass = markup` class="number"`;

const rowMarkup = (row: readonly Cell[], columns: Table["columns"]): Markup => markup`<tr>${row.map(
  (cell, index) =>
    index === 0
      ? markup`<th scope="row">${cellMarkup(cell)}</th>`
      : markup`<td${columns[index]?.numeric === true && numberClass}>${cellMarkup(cell)}</td>`,
)}</tr>
`;

function cellMarkup(cell: Cell): Fragment {
  if (typeof cell === "string") return cell;
  return cell.shown === undefined ? cell.text : lineMarkup(cell.shown);
}
