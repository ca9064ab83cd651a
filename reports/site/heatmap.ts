import { plural } from "../../src/domain/number-text.ts";
import { markup, type Markup } from "../markup.ts";
import { symbols } from "../wording.ts";
import { metricFile, type SiteDocument, type SiteTrend } from "./document.ts";
import { valueText } from "./trend-words.ts";

/** Nightly runs that fit beside each other without losing the page; older ones are on the pages of the metrics. */
const maxNightlyRuns = 70;

/** Objectives × nightly runs: symbol and tone tell the outcome, the title of a cell its date and value. */
export function heatmap(trends: readonly SiteTrend[], site: SiteDocument): Markup {
  const from = Math.max(0, site.nightlyRuns.length - maxNightlyRuns);
  const nightlyRuns = site.nightlyRuns.slice(from);
  const caption = `Objectives in the last ${plural(nightlyRuns.length, "nightly run")}, the newest at the right`;
  return markup`<div class="scroll newest-first" tabindex="0" role="region" aria-label="${caption}"><table class="heat">
<caption>${caption}</caption>
<thead><tr><th scope="col">Objective</th>${months(nightlyRuns)}</tr></thead>
<tbody>
<tr><th scope="row">All runs</th>${nightlyRuns.map((nightlyRun) => runCell(nightlyRun))}</tr>
${trends.map(
  (
    trend,
  ) => markup`<tr><th scope="row"><a href="${metricFile(trend.metric)}">${trend.title}</a></th>${nightlyRuns.map((nightlyRun, index) => metricCell(trend, nightlyRun.date, from + index))}</tr>
`,
)}</tbody></table></div>`;
}

/** One heading for the nightly runs of a month: the table keeps a heading for each column group. */
function months(nightlyRuns: SiteDocument["nightlyRuns"]): Markup[] {
  const counts = new Map<string, number>();
  for (const { date } of nightlyRuns) {
    const month = date.slice(0, 7);
    counts.set(month, (counts.get(month) ?? 0) + 1);
  }
  return [...counts].map(
    ([month, count]) =>
      markup`<th scope="colgroup" colspan="${count}">${count > 5 ? month : ""}</th>`,
  );
}

function runCell(nightlyRun: SiteDocument["nightlyRuns"][number]): Markup {
  const said = `${nightlyRun.date}: ${nightlyRun.outcome}`;
  const report = nightlyRun.runs.findLast((run) => run.report !== undefined)?.report;
  const sign = markup`<span title="${said}"><span class="visually-hidden">${said}</span><span aria-hidden="true">${signOf(nightlyRun.outcome)}</span></span>`;
  return markup`<td class="${nightlyRun.outcome}">${report === undefined ? sign : markup`<a href="${report}" tabindex="-1">${sign}</a>`}</td>`;
}

function metricCell(trend: SiteTrend, date: string, index: number): Markup {
  const { value, outcome } = trend.points[index] ?? {};
  const said = `${date}: ${value === undefined ? (outcome ?? "no value") : `${valueText(value, trend)}${outcome === undefined ? "" : `, ${outcome}`}`}`;
  const tone = value === undefined ? "gap" : (outcome ?? "measured");
  const shown = value === undefined ? "" : outcome === undefined ? "·" : signOf(outcome);
  return markup`<td class="${tone}"><span title="${said}"><span class="visually-hidden">${said}</span><span aria-hidden="true">${shown}</span></span></td>`;
}

/** A pass needs no sign: what is left to see is what is wrong. */
const signOf = (outcome: SiteDocument["nightlyRuns"][number]["outcome"]): string =>
  outcome === "pass" ? "" : symbols[outcome];
