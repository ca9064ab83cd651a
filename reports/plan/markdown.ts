import type { PlanDocument } from "../../src/domain/capacity-plan.ts";
import { heading, markdownFile, paragraph, type MarkdownBlock } from "../kit/markdown.ts";
import { partsOf, type Block } from "./parts.ts";
import type { Cell, PlanTable } from "./tables.ts";

/** `report.md`, and what the terminal shows: the same twelve parts, in tables that read well as text too. */
export const planMarkdown = (document: PlanDocument): string =>
  markdownFile([
    heading(1, `Capacity plan of ${document.planDate}`),
    ...partsOf(document).flatMap(({ title, lead, blocks, restsOn }, index) => [
      heading(2, `${index + 1}. ${title}`),
      paragraph(lead),
      ...blocks.flatMap(markdownBlocks),
      ...restsOnBlocks(document.sources.filter(({ id }) => restsOn.includes(id))),
    ]),
    paragraph(
      `Headroom ${document.headroom} · plan ${document.id} · hash ${document.hash} · seed ${document.seed}`,
    ),
  ]);

function restsOnBlocks(sources: PlanDocument["sources"]): readonly MarkdownBlock[] {
  const items = sources.map(
    ({ id, date, hash }) => `${id}${date === undefined ? "" : ` (${date})`}, sha256 ${hash}`,
  );
  return items.length === 0 ? [] : [paragraph(`Rests on ${items.join("; ")}`)];
}

function markdownBlocks(block: Block): readonly MarkdownBlock[] {
  switch (block.kind) {
    case "sentences":
      return [{ kind: "list", items: block.items }];
    case "heading":
      return [heading(3, block.text)];
    case "table":
      return [paragraph({ strong: block.table.title }), tableBlock(block.table)];
    case "picture":
      return [];
  }
  return block satisfies never;
}

const tableBlock = ({ columns, rows }: PlanTable): MarkdownBlock => ({
  kind: "table",
  head: columns.map(({ title }) => title),
  rows: rows.map((row) => row.map(cellText)),
  left: columns.flatMap(({ numeric }, index) => (numeric === true ? [] : [index])),
});

const cellText = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);
