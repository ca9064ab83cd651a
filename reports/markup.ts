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
  isolated(printable(text)).replace(/[&<>"']/g, (character) => entities[character] ?? character);

const rightToLeft = String.raw`[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]`;
const isRightToLeft = new RegExp(rightToLeft, "u");
const rightToLeftRuns = new RegExp(`${rightToLeft}+(?:[^\\p{L}\\p{N}]+${rightToLeft}+)*`, "gu");

/** Letters that run from right to left turn none of the words and numbers around them: U+2068 … U+2069, also in attributes. */
const isolated = (text: string): string =>
  isRightToLeft.test(text) ? text.replace(rightToLeftRuns, "\u2068$&\u2069") : text;

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
