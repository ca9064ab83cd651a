import { printable } from "./printable.ts";

/** Markup that this folder wrote. A class, because nothing that comes out of a report document can be an instance. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold. Strings and numbers are escaped; `undefined` and `false` leave nothing. */
export type Fragment = string | number | Markup | undefined | false | readonly Fragment[];

/**
 * Template tag for HTML, SVG and XML: every value is escaped unless it is markup itself.
 * Put attribute values in double quotes, always.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly Fragment[]): Markup {
  return new Markup(strings.map((part, index) => part + render(values[index])).join(""));
}

/** @returns text that is safe between tags and inside a double-quoted attribute */
export const escapeMarkup = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(value: Fragment): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(render).join("");
  return escapeMarkup(String(value));
}
