/** What each id of a report means: the pages of `docs/findings`, which `npm run finding-pages` takes in. */
import { pageOf } from "../../src/domain/explained-ids.ts";
import all from "./pages.json" with { type: "json" };

/** Texts may have `code` and *emphasis* in them. */
export interface Explanation {
  /** Of the page. */
  readonly id: string;
  readonly title: string;
  /** "finding P1", "check", "validity, fault of the generator". */
  readonly kind: string;
  readonly meaning: string;
  readonly why: string;
  readonly actions: readonly string[];
  readonly example: string;
}

const pages: Readonly<Record<string, Omit<Explanation, "id">>> = all;

/** Where the page of a report explains an id, if it does: `{ text, link }` of an inline. */
export function linkOf(id: string): { readonly text: string; readonly link: string } | undefined {
  const page = explanationOf(id);
  return page === undefined ? undefined : { text: page.id, link: `#about-${page.id}` };
}

/** @returns `undefined` for an id that has no page */
export function explanationOf(id: string): Explanation | undefined {
  const name = pageOf(id);
  const page = name === undefined ? undefined : pages[name];
  return name === undefined || page === undefined ? undefined : { id: name, ...page };
}
