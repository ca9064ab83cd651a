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
    }
  /** Collapsed where Markdown is shown, text where it is read as text. */
  | {
      readonly kind: "details";
      readonly summary: string;
      readonly blocks: readonly MarkdownBlock[];
    }
  /** Never cut out of a file that is too long: its texts are shortened instead. */
  | { readonly kind: "kept"; readonly blocks: readonly MarkdownBlock[] };

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

export const kept = (...blocks: readonly MarkdownBlock[]): MarkdownBlock => ({
  kind: "kept",
  blocks,
});
/** Nothing where there are no blocks. */
export const details = (summary: string, blocks: readonly MarkdownBlock[]): MarkdownBlock[] =>
  blocks.length === 0 ? [] : [{ kind: "details", summary, blocks }];

/** A Markdown file; tables read well as text, too. */
export const markdownFile = (blocks: readonly MarkdownBlock[]): string =>
  `${blocksText(blocks, longestText)}\n`;

/** Characters of a text from anywhere. */
export const longestText = 300;

export const blocksText = (blocks: readonly MarkdownBlock[], most: number): string =>
  blocks
    .map((block) => blockText(block, most))
    .filter((text) => text !== "")
    .join("\n\n");

/** @param most characters of each text that it is made of */
export function blockText(block: MarkdownBlock, most: number): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${lineText(block.text, most)}`;
    case "paragraph":
      return lineText(block.text, most);
    case "quote":
      return `> ${lineText(block.text, most)}`;
    case "list":
      return block.items
        .map((item, index) => `${block.numbered ? `${index + 1}.` : "-"} ${lineText(item, most)}`)
        .join("\n");
    case "table":
      return tableText(block, most);
    case "details":
      return `<details>\n<summary>${markdownText(block.summary)}</summary>\n\n${blocksText(block.blocks, most)}\n\n</details>`;
    case "kept":
      return blocksText(block.blocks, most);
    default:
      return block satisfies never;
  }
}

/** Wider cells are not waited for: one long name would make every row as long. */
const widest = 80;

function tableText(
  { head, rows, left }: Extract<MarkdownBlock, { kind: "table" }>,
  most: number,
): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => markdownText(cell, most)));
  const widths = columnWidths(cells).map((width) => Math.min(widest, Math.max(3, width)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (left.includes(column) ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => `${"-".repeat(width + 1)}${left.includes(column) ? "-" : ":"}`).join("|")}|`;
  const [first = [], ...rest] = cells;
  return [line(first), rule, ...rest.map(line)].join("\n");
}

const lineText = (line: Line, most: number): string =>
  inlines(line)
    .map((inline) => inlineText(inline, most))
    .join("");

function inlineText(inline: Inline, most: number): string {
  if (typeof inline === "object" && "strong" in inline)
    return `**${markdownText(inline.strong, most)}**`;
  if (typeof inline === "object" && "code" in inline)
    return `\`${printable(inline.code, most).replace(/[`|]/g, "'")}\``;
  return markdownText(plainText(inline), most);
}
