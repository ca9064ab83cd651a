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

/** Names and values; what is unknown is left out. */
export const facts = (pairs: readonly (readonly [name: string, value: Fragment])[]): Markup =>
  markup`<dl class="facts">${pairs
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** A sentence in the place of a table that would be empty. */
export const nothing = (sentence: string): Markup => markup`<p class="nothing">${sentence}</p>`;
