/** Text with what is emphasised in it, drawn in a cell, or linked. Strings may come from anywhere: they are escaped. */
import { markup, type Fragment, type Markup } from "../markup.ts";
import { inlineBar, type InlineBar } from "./inline-bar.ts";
import { icon } from "./icon.ts";
import { intervalBar, type IntervalBar } from "./interval-bar.ts";
import { sparkline, type Sparkline } from "./sparkline.ts";
import { symbols, type Tone } from "../wording.ts";

export type Inline =
  | string
  | number
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly muted: string }
  /** On a line of its own: what a row is about, and what explains it. */
  | { readonly name: string }
  | { readonly reason: string }
  /** `title` names a link whose text alone says too little. */
  | { readonly text: string; readonly link: string; readonly title?: string }
  /** A verdict's word with its colour and shape, or a sign for what is no verdict. */
  | { readonly text: string; readonly tone: Tone; readonly sign?: string }
  /** Under one another. */
  | { readonly lines: readonly Line[] }
  | { readonly folded: string; readonly items: readonly Line[]; readonly isOpen: boolean }
  | { readonly interval: IntervalBar }
  | { readonly bar: InlineBar }
  | { readonly sparkline: Sparkline };

export type Line = Inline | readonly Inline[];

export const inlines = (line: Line): readonly Inline[] =>
  typeof line === "object" && Symbol.iterator in line ? line : [line];

export const lineMarkup = (line: Line): Fragment => inlines(line).map(inlineMarkup);

function inlineMarkup(inline: Inline): string | number | Markup {
  if (typeof inline !== "object") return inline;
  if ("strong" in inline) return markup`<strong>${inline.strong}</strong>`;
  if ("code" in inline) return markup`<code>${inline.code}</code>`;
  if ("muted" in inline) return markup`<span class="muted">${inline.muted}</span>`;
  if ("name" in inline) return markup`<span class="name">${inline.name}</span>`;
  if ("reason" in inline) return markup`<span class="reason">${inline.reason}</span>`;
  if ("link" in inline) return linkMarkup(inline);
  if ("tone" in inline) return badge(inline.tone, inline.text, inline.sign);
  if ("lines" in inline) return linesMarkup(inline.lines);
  if ("folded" in inline)
    return markup`<details${inline.isOpen && markup` open`}><summary>${inline.folded}</summary>${listMarkup(inline.items)}</details>`;
  if ("sparkline" in inline) return sparkline(inline.sparkline);
  return "interval" in inline ? intervalBar(inline.interval) : inlineBar(inline.bar);
}

const linkMarkup = ({ text, link, title }: Extract<Inline, { readonly link: string }>): Markup =>
  markup`<a href="${link}"${title !== undefined && markup` aria-label="${title}"`}>${text}</a>`;

const linesMarkup = (lines: readonly Line[]): Markup =>
  markup`${lines.map((line, index) => [index > 0 && markup`<br>`, lineMarkup(line)])}`;

export const listMarkup = (items: readonly Line[]): Markup =>
  markup`<ul class="sentences">${items.map((item) => markup`<li>${lineMarkup(item)}</li>`)}</ul>`;

/** The same without what only a page can draw. */
export const lineText = (line: Line): string => inlines(line).map(inlineText).join("");

function inlineText(inline: Inline): string {
  if (typeof inline !== "object") return String(inline);
  if ("tone" in inline) return `${inline.sign ?? symbols[inline.tone]} ${inline.text}`;
  if ("lines" in inline) return inline.lines.map(lineText).join("; ");
  if ("folded" in inline) return inline.items.map(lineText).join("; ");
  if ("interval" in inline || "bar" in inline || "sparkline" in inline) return "";
  if ("text" in inline) return inline.text;
  const [text = ""] = Object.values(inline);
  return text;
}

/** A verdict in a table: shape, colour and word. */
const badge = (tone: Tone, text: string, sign?: string): Markup =>
  markup`<span class="badge ${tone}">${sign === undefined ? icon(tone, 16) : markup`<span aria-hidden="true">${sign}</span>`} ${text}</span>`;
