/** Parts of a report as sections of a page. */
import { facts, nothing, section, type Section } from "./layout.ts";
import { tableMarkup } from "./table-page.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import type { Bar, Block, Part } from "./block.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { chartColumn, chartGrid } from "./chart.ts";
import { lineMarkup } from "./inline.ts";

/** @param foot under its blocks */
export const partSection = ({ id, title, lead, blocks }: Part, foot?: Fragment): Section =>
  section(id, title, lead, [blocks.map(blockMarkup), foot]);

function blockMarkup(block: Block): Fragment {
  switch (block.kind) {
    case "heading":
      return markup`<h3>${block.text}</h3>`;
    case "nothing":
      return nothing(block.sentence);
    case "sentences":
      return (
        block.items.length > 0 &&
        markup`<ul class="sentences">${block.items.map((item) => markup`<li>${lineMarkup(item)}</li>`)}</ul>`
      );
    case "facts":
      return facts(block.items.map(([name, value]) => [name, value && lineMarkup(value)]));
    case "findings":
      return findingList(block.findings);
    case "table":
      return block.isFolded === true
        ? markup`<details><summary>${block.table.title}</summary>${tableMarkup(block.table)}</details>`
        : tableMarkup(block.table);
    case "charts":
      return block.layout === "column"
        ? chartColumn(block.charts)
        : chartGrid(block.charts, block.layout);
    case "bars":
      return barList(block.bars);
  }
  return block satisfies never;
}

/** Each with what to do about it. */
export const findingList = (findings: readonly Finding[]): Markup =>
  markup`<ol class="findings">
${findings.map(
  ({ severity, sentence, evidence, action }) => markup`<li class="finding ${severity}">
<h3><span class="severity">${severity === "info" ? "Info" : severity}</span> ${sentence}</h3>
<p class="evidence">${evidence}</p>
<p class="action"><span class="arrow" aria-hidden="true">→</span> ${action}</p>
</li>
`,
)}</ol>`;

const barList = (bars: readonly Bar[]): Markup =>
  markup`<ul class="rooms">${bars.map(({ subject, value, reserve = value, limit, words, over }) => {
    const most = Math.max(limit, value, reserve);
    const width = (part: number): number => Math.round((part / most) * 1000) / 10;
    return markup`<li class="${over === undefined ? "within" : "over"}"><span>${subject}</span><svg role="img" width="100%" height="14"><title>${subject}</title><desc>${words}</desc><rect class="track" width="${width(limit)}%" height="14" rx="3"/><rect class="reserve" width="${width(reserve)}%" height="14" rx="3"/><rect class="fill" width="${width(value)}%" height="14" rx="3"/></svg><span>${words}${over !== undefined && markup` <strong>${over}</strong>`}</span></li>`;
  })}</ul>`;
