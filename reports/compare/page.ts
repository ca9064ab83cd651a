import type { SideBySide } from "../../src/domain/side-by-side.ts";
import { formatValue, signedPercent } from "../../src/domain/number-text.ts";
import { formatInstant } from "../../src/domain/time-text.ts";
import { partSection } from "../kit/block-page.ts";
import { partMarkdown } from "../kit/block-markdown.ts";
import { heading, markdownFile, paragraph } from "../kit/markdown.ts";
import { pageShell } from "../kit/page-shell.ts";
import { markup } from "../markup.ts";
import { compareParts } from "./parts.ts";

/** What changed, in one sentence: no verdict. */
function compareSentence({ contributions, metrics, differences }: SideBySide): string {
  const { before, after, endpoints } = contributions;
  const unlike =
    differences.length === 0
      ? ""
      : ` They differ in ${differences.map(({ trait }) => trait).join(", ")}.`;
  if (before.meanMs === undefined || after.meanMs === undefined || before.meanMs === 0)
    return `One of the runs has no request that was answered in a judged phase.${unlike}`;
  const change = signedPercent(after.meanMs / before.meanMs - 1);
  const [most] = endpoints;
  const carried = most === undefined || most.addsMs === 0 ? "" : `, most of it by ${most.endpoint}`;
  const clear = metrics.filter(
    ({ change: each }) => each !== undefined && (each.low > 1 || each.high < 1),
  );
  return `The mean of all answered requests changed by ${change}, from ${formatValue(before.meanMs, "ms")} to ${formatValue(after.meanMs, "ms")}${carried}; ${clear.length} of ${metrics.length} metrics changed beyond both intervals.${unlike}`;
}

/** `headroom compare --html`: one file, from what differs down to the endpoints. */
export function comparePage(compared: SideBySide): string {
  const { before, after } = compared;
  return pageShell({
    title: markup`${before.run.id} and ${after.run.id} · Headroom`,
    header: markup`<header class="overview">
<div class="inner">
<p class="what">Two runs: <strong>${before.run.id}</strong> before, <strong>${after.run.id}</strong> after <span class="when">${formatInstant(before.run.startedAt)}</span> and <span class="when">${formatInstant(after.run.startedAt)}</span></p>
<h1><span class="word">Comparison</span></h1>
<p class="sentence">${compareSentence(compared)}</p>
<p class="next"><span class="label">Next</span> One run against one gives no verdict: headroom gate does.</p>
</div>
</header>`,
    sections: compareParts(compared).map((part) => partSection(part)),
    footer: markup`Headroom ${after.run.versions.headroom} · every time is UTC`,
  });
}

export const compareMarkdown = (compared: SideBySide): string =>
  markdownFile([
    heading(1, `${compared.before.run.id} and ${compared.after.run.id}`),
    paragraph({ strong: compareSentence(compared) }),
    ...compareParts(compared).flatMap(partMarkdown),
  ]);
