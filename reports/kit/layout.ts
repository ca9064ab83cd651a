import { markup, type Fragment, type Markup } from "../markup.ts";

/** A part of the page, with its place in the list of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

/** @param lead one sentence under the heading: how to read what follows */
export function section(id: string, title: string, lead: Fragment, content: Fragment): Section {
  const body = markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>${
    lead !== undefined &&
    lead !== "" &&
    markup`
<p class="lead">${lead}</p>`
  }
${content}
</section>
`;
  return { id, title, body };
}

export const contents = (sections: readonly Section[]): Markup =>
  markup`<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;

/** A column: its title, and whether its cells are numbers and stand right. */
export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** A row, or the heading of the rows that follow it. The first cell names the row. */
export type Row = readonly Fragment[] | { readonly group: Fragment };

/** A table that scrolls on its own where the page is narrow. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  const head = columns.map(
    ({ title, numeric }) =>
      markup`<th scope="col"${numeric === true && markup` class="number"`}>${title}</th>`,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map((row) => tableRow(row, columns))}</tbody>
</table></div>`;
}

function tableRow(row: Row, columns: readonly Column[]): Markup {
  if ("group" in row)
    return markup`<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${row.group}</th></tr>
`;
  const cells = row.map((cell, index) => {
    if (index === 0) return markup`<th scope="row">${cell}</th>`;
    return columns[index]?.numeric === true
      ? markup`<td class="number">${cell}</td>`
      : markup`<td>${cell}</td>`;
  });
  return markup`<tr>${cells}</tr>
`;
}

/** Names and values; what is unknown is left out. */
export const facts = (pairs: readonly (readonly [name: string, value: Fragment])[]): Markup =>
  markup`<dl class="facts">${pairs
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** A sentence in the place of a table that would be empty. */
export const nothing = (sentence: string): Markup => markup`<p class="nothing">${sentence}</p>`;
