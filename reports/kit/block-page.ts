/** Parts of a report as sections of a page. */
import { facts, nothing, section, type Section } from "./layout.ts";
import { tableMarkup } from "./table-page.ts";
import { markup, Markup, type Fragment } from "../markup.ts";
import type { Bar, Block, Part, Picture } from "./block.ts";
import type { Finding } from "../../src/domain/verdict.ts";
import { linkOf } from "../explained/index.ts";
import { chartColumn, chartGrid } from "./chart.ts";
import { lineMarkup, listMarkup } from "./inline.ts";
import { phaseRibbon } from "./phase-ribbon.ts";
import { stacksMarkup } from "./stacked-bar.ts";

/** @param foot under its blocks */
export const partSection = ({ id, title, lead, blocks }: Part, foot?: Fragment): Section =>
  section(id, title, lead, [blocksMarkup(blocks, 3), foot]);

/** The level of headings among the blocks. */
type Level = 3 | 4;

const blocksMarkup = (blocks: readonly Block[], level: Level): Fragment =>
  blocks.map((block) => blockMarkup(block, level));

function blockMarkup(block: Block, level: Level): Fragment {
  switch (block.kind) {
    case "heading":
      return titled(level, block.text);
    case "nothing":
      return nothing(block.sentence);
    case "note":
      return markup`<p class="muted">${lineMarkup(block.text)}</p>`;
    case "sentences":
      return block.items.length > 0 && listMarkup(block.items);
    case "gaps":
      return markup`<div class="gaps"><p><span aria-hidden="true">◌</span> <strong>Not observed</strong></p>${listMarkup(block.items)}</div>`;
    case "facts":
      return facts(block.items.map(([name, value]) => [name, value && lineMarkup(value)]));
    case "findings":
      return findingList(block.findings);
    case "table":
      return tableMarkup(block.table);
    case "folded":
      return markup`<details><summary>${block.summary}</summary>${blocksMarkup(block.blocks, level)}</details>`;
    case "part":
      return nestedPart(block.part, level);
    case "charts":
      return block.layout === "column"
        ? chartColumn(block.charts, block.frame && phaseRibbon(block.frame), level)
        : chartGrid(block.charts, block.layout);
    case "bars":
      return barList(block.bars);
    case "stacks":
      return stacksMarkup(block.stacks);
    case "pictures":
      return markup`<div class="shots">${block.pictures.map(pictureMarkup)}</div>`;
    case "command":
      return markup`<pre tabindex="0"><code>${block.text}</code></pre>`;
  }
  return block satisfies never;
}

const titled = (level: Level, text: Fragment, id?: string): Markup =>
  markup`<${new Markup(`h${level}`)}${id !== undefined && markup` id="${id}"`}>${text}</${new Markup(`h${level}`)}>
`;

const nestedPart = ({ id, title, mark, lead, blocks }: Part, level: Level): Markup =>
  markup`<section class="nested" id="${id}" aria-labelledby="${id}-title">
${titled(level, [title, mark !== undefined && [" ", lineMarkup(mark)]], `${id}-title`)}${lead !== undefined && markup`<p class="lead">${lead}</p>`}${blocksMarkup(blocks, 4)}
</section>
`;

const pictureMarkup = ({ file, caption, words }: Picture): Markup => markup`<figure class="shot">${
  file !== undefined &&
  markup`<a href="${file}"><img src="${file}" alt="${words}" width="640" height="360" loading="lazy" decoding="async"></a>`
}<figcaption>${lineMarkup(caption)}</figcaption>${file === undefined && nothing("Its file name leads elsewhere, and is not shown.")}</figure>
`;

/** Each with what to do about it. */
const findingList = (findings: readonly Finding[]): Markup =>
  markup`<ol class="findings">
${findings.map(
  ({ id, severity, sentence, evidence, action }) => markup`<li class="finding ${severity}">
<h3><span class="severity">${severity === "info" ? "Info" : severity}</span> ${sentence}</h3>
<p class="evidence">${evidence}</p>
<p class="action"><span class="arrow" aria-hidden="true">→</span> ${action}${linked(linkOf(id))}</p>
</li>
`,
)}</ol>`;

const linked = (link: ReturnType<typeof linkOf>): Fragment =>
  link !== undefined && [" ", lineMarkup({ ...link, title: `What ${link.text} means` })];

const barList = (bars: readonly Bar[]): Markup =>
  markup`<ul class="rooms">${bars.map(({ subject, value, reserve = value, limit, words, over }) => {
    const most = Math.max(limit, value, reserve);
    const width = (part: number): number => Math.round((part / most) * 1000) / 10;
    return markup`<li class="${over === undefined ? "within" : "over"}"><span>${subject}</span><svg role="img" width="100%" height="14"><title>${subject}</title><desc>${words}</desc><rect class="track" width="${width(limit)}%" height="14" rx="3"/><rect class="reserve" width="${width(reserve)}%" height="14" rx="3"/><rect class="fill" width="${width(value)}%" height="14" rx="3"/></svg><span>${words}${over !== undefined && markup` <strong>${over}</strong>`}</span></li>`;
  })}</ul>`;
