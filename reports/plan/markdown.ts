import type { PlanDocument } from "../../src/domain/capacity-plan.ts";
import { markdownText } from "../markdown-text.ts";
import { partsOf, type Block } from "./parts.ts";
import type { Cell, PlanTable } from "./tables.ts";

/** `report.md`, and what the terminal shows: the same twelve parts, in tables that read well as text too. */
export function planMarkdown(document: PlanDocument): string {
  const parts = partsOf(document).map(({ title, lead, blocks, restsOn }, index) => {
    const sources = document.sources.filter(({ id }) => restsOn.includes(id));
    return [
      `## ${index + 1}. ${title}`,
      lead,
      ...blocks.flatMap(blockText),
      ...(sources.length === 0
        ? []
        : [
            `Rests on ${sources.map(({ id, date, hash }) => `${markdownText(id)}${date === undefined ? "" : ` (${date})`}, sha256 ${hash}`).join("; ")}`,
          ]),
    ].join("\n\n");
  });
  const foot = `Headroom ${document.headroom} · plan ${document.id} · hash ${document.hash} · seed ${document.seed}`;
  return `${[`# Capacity plan of ${document.planDate}`, ...parts, foot].join("\n\n")}\n`;
}

function blockText(block: Block): readonly string[] {
  switch (block.kind) {
    case "sentences":
      return block.items.length === 0
        ? []
        : [block.items.map((item) => `- ${markdownText(item)}`).join("\n")];
    case "heading":
      return [`### ${markdownText(block.text)}`];
    case "table":
      return [`**${markdownText(block.table.title)}**`, tableText(block.table)];
    case "picture":
      return [];
  }
  return block satisfies never;
}

/** Columns as wide as their widest cell; numbers stand right. */
function tableText({ columns, rows }: PlanTable): string {
  const head = columns.map(({ title }) => markdownText(title));
  const lines = rows.map((row) => row.map((cell) => markdownText(cellText(cell))));
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...lines.map((row) => row[column]?.length ?? 0)),
  );
  const isNumeric = (column: number): boolean => columns[column]?.numeric === true;
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (isNumeric(column) ? (cells[column] ?? "").padStart(width) : (cells[column] ?? "").padEnd(width))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => `${"-".repeat(width + 1)}${isNumeric(column) ? ":" : "-"}`).join("|")}|`;
  return [line(head), rule, ...lines.map(line)].join("\n");
}

const cellText = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);
