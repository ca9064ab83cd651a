import type { PlanDocument } from "../../src/domain/capacity-plan.ts";
import { partMarkdown } from "../kit/block-markdown.ts";
import { heading, markdownFile, paragraph, type MarkdownBlock } from "../kit/markdown.ts";
import { partsOf } from "./parts.ts";

/** `report.md`, and what the terminal shows: the same twelve parts, in tables that read well as text too. */
export const planMarkdown = (document: PlanDocument): string =>
  markdownFile([
    heading(1, `Capacity plan of ${document.planDate}`),
    ...partsOf(document).flatMap((part) => [
      ...partMarkdown(part),
      ...restsOnBlocks(document.sources.filter(({ id }) => part.restsOn.includes(id))),
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
