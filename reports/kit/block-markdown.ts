/** Parts of a report as Markdown: the same sentences and tables, without pictures. */
import type { Finding } from "../../src/domain/verdict.ts";
import { cellText, type Block, type Fact, type Part, type Table } from "./block.ts";
import { inlines, type Line } from "./inline.ts";
import { heading, paragraph, type MarkdownBlock } from "./markdown.ts";

export const partMarkdown = ({ title, lead, blocks }: Part): readonly MarkdownBlock[] => [
  heading(2, title),
  ...(lead === undefined ? [] : [paragraph(lead)]),
  ...blocks.flatMap(blockMarkdown),
];

function blockMarkdown(block: Block): readonly MarkdownBlock[] {
  switch (block.kind) {
    case "heading":
      return [heading(3, block.text)];
    case "nothing":
      return [paragraph(block.sentence)];
    case "note":
      return [{ kind: "paragraph", text: block.text }];
    case "command":
      return [paragraph({ code: block.text })];
    case "gaps":
      return [paragraph({ strong: "Not observed" }), { kind: "list", items: block.items }];
    case "folded":
      return block.blocks.flatMap(blockMarkdown);
    case "part":
      return [heading(3, block.part.title), ...block.part.blocks.flatMap(blockMarkdown)];
    case "sentences":
      return [{ kind: "list", items: block.items }];
    case "facts":
      return [{ kind: "list", items: block.items.flatMap(factLine) }];
    case "findings":
      return [{ kind: "list", items: findingItems(block.findings), numbered: true }];
    case "table":
      return [paragraph({ strong: block.table.title }), tableMarkdown(block.table)];
    case "charts":
    case "bars":
    case "stacks":
    case "pictures":
      return [];
  }
  return block satisfies never;
}

const factLine = ([name, value]: Fact): readonly Line[] =>
  value === undefined || value === "" ? [] : [[`${name}: `, ...inlines(value)]];

/** A finding in a line. */
export const findingItems = (findings: readonly Finding[]): readonly Line[] =>
  findings.map(({ id, severity, sentence, evidence, action }) => [
    { strong: severity },
    ` ${sentence} ${evidence} → ${action} (`,
    { code: id },
    ")",
  ]);

export const tableMarkdown = ({ columns, rows }: Table): MarkdownBlock => ({
  kind: "table",
  head: columns.map(({ title }) => title),
  rows: rows.map((row) => row.map(cellText)),
  left: columns.flatMap(({ numeric }, index) => (numeric === true ? [] : [index])),
});
