import { markdownText } from "../markdown-text.ts";
import { printable } from "../printable.ts";
import { inlines, lineText as plainText, type Inline, type Line } from "./inline.ts";
import { columnWidths } from "./text-table.ts";

export type MarkdownBlock =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: Line }
  | { readonly kind: "paragraph"; readonly text: Line }
  | { readonly kind: "quote"; readonly text: Line }
  | { readonly kind: "list"; readonly items: readonly Line[]; readonly numbered?: boolean }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Columns that are flush left; numbers stand right. */
      readonly left: readonly number[];
    };

export const heading = (level: 1 | 2 | 3, text: Line): MarkdownBlock => ({
  kind: "heading",
  level,
  text,
});
export const paragraph = (...text: readonly Inline[]): MarkdownBlock => ({
  kind: "paragraph",
  text,
});
/** Nothing, not even its heading, where there are no items. */
export const listed = (title: string, items: readonly Line[], numbered = false): MarkdownBlock[] =>
  items.length === 0 ? [] : [heading(2, title), { kind: "list", items, numbered }];

/** A Markdown file; tables read well as text, too. */
export const markdownFile = (blocks: readonly MarkdownBlock[]): string =>
  `${blocks
    .map(blockText)
    .filter((text) => text !== "")
    .join("\n\n")}\n`;

function blockText(block: MarkdownBlock): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${lineText(block.text)}`;
    case "paragraph":
      return lineText(block.text);
    case "quote":
      return `> ${lineText(block.text)}`;
    case "list":
      return block.items
        .map((item, index) => `${block.numbered ? `${index + 1}.` : "-"} ${lineText(item)}`)
        .join("\n");
    case "table":
      return tableText(block);
    default:
      return block satisfies never;
  }
}

function tableText({ head, rows, left }: Extract<MarkdownBlock, { kind: "table" }>): string {
  const cells = [head, ...rows].map((row) => row.map(markdownText));
  const widths = columnWidths(cells).map((width) => Math.max(3, width));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (left.includes(column) ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => `${"-".repeat(width + 1)}${left.includes(column) ? "-" : ":"}`).join("|")}|`;
  const [first = [], ...rest] = cells;
  return [line(first), rule, ...rest.map(line)].join("\n");
}

const lineText = (line: Line): string => inlines(line).map(inlineText).join("");

function inlineText(inline: Inline): string {
  if (typeof inline === "object" && "strong" in inline) return `**${markdownText(inline.strong)}**`;
  if (typeof inline === "object" && "code" in inline)
    return `\`${printable(inline.code).replace(/[`|]/g, "'")}\``;
  return markdownText(plainText(inline));
}
