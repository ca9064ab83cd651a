import { plural } from "../../src/domain/number-text.ts";
import { nothing, section, table } from "../kit/layout.ts";
import type { Point } from "../kit/downsample.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { sparkline } from "../svg/sparkline.ts";
import { isWorse, metricFile, type SiteDocument, type SiteTrend } from "./document.ts";
import { heatmap } from "./heatmap.ts";
import { page } from "./page-frame.ts";
import { changeSentence, valueText } from "./trend-words.ts";

/** Where a morning begins: what changed, every objective night by night, every metric with its trend. */
export function indexPage(site: SiteDocument): string {
  const objectives = site.trends.filter(({ isObjective }) => isObjective);
  const last = site.nights.at(-1);
  const lead = markup`<p class="what">History of <strong>${site.profile}</strong> on <strong>${site.environment}</strong>, ${plural(site.nights.length, "nightly run")}${site.nights[0] !== undefined && ` since ${site.nights[0].date}`}</p>
<h1>${headline(site, objectives)}</h1>
<p class="what">${last !== undefined && `Last night, ${last.date}: ${last.outcome}.`}</p>
${remarks(objectives)}`;
  return page(site, "History", lead, [
    section(
      "changes",
      "Changes of level",
      "Lasting changes of the objectives, the newest first; one bad night is no change.",
      changes(objectives, site),
    ),
    section(
      "objectives",
      "Objectives by night",
      "Each column is a night. ✗ missed, ? inconclusive, ⊘ invalid, ◐ incomplete; a plain field is a pass, a dashed one has no value.",
      heatmap(objectives, site),
    ),
    section(
      "metrics",
      "All metrics",
      "The last 90 nights of each; the page of a metric has all of them.",
      metrics(site),
    ),
    ...(site.problems.length === 0
      ? []
      : [
          section(
            "problems",
            "Left out",
            "Directories that could not be read.",
            markup`<ul class="plain">${site.problems.map((each) => markup`<li>${each}</li>`)}</ul>`,
          ),
        ]),
  ]);
}

/** What of the objectives was not steady last night. */
function remarks(objectives: readonly SiteTrend[]): Fragment {
  const found = objectives.filter(({ remark }) => remark !== undefined);
  return (
    found.length > 0 &&
    markup`<ul class="plain remark">${found.map((trend) => markup`<li><a href="${metricFile(trend.metric)}">${trend.remark}</a></li>`)}</ul>`
  );
}

const recentNights = 14;

function headline({ nights }: SiteDocument, objectives: readonly SiteTrend[]): string {
  if (nights.length === 0) return "No night yet";
  const recent = objectives.flatMap((trend) =>
    trend.changePoints
      .filter((change) => change.index >= nights.length - recentNights && isWorse(trend, change))
      .map(() => trend.title),
  );
  return recent.length === 0
    ? "No objective got worse in the last two weeks"
    : `Worse in the last two weeks: ${recent.join(", ")}`;
}

function changes(objectives: readonly SiteTrend[], site: SiteDocument): Markup {
  const all = objectives
    .flatMap((trend) => trend.changePoints.map((change) => ({ trend, change })))
    .toSorted((a, b) => b.change.index - a.change.index);
  if (all.length === 0) return nothing("No objective changed its level.");
  return markup`<ul class="plain">${all.map(
    ({
      trend,
      change,
    }) => markup`<li><a href="${metricFile(trend.metric)}">${trend.title}</a> <span class="${isWorse(trend, change) ? "worse-word" : "better-word"}">${changeSentence(change, trend, site)}</span></li>
`,
  )}</ul>`;
}

function metrics(site: SiteDocument): Markup {
  if (site.trends.length === 0) return nothing("No run was measured yet.");
  const columns = [
    { title: "Metric" },
    { title: "Trend" },
    { title: "Last", numeric: true },
    { title: "Limit", numeric: true },
    { title: "Last change of level" },
  ];
  const rows = site.trends.map((trend): readonly Fragment[] => {
    const change = trend.changePoints.at(-1);
    return [
      markup`<a href="${metricFile(trend.metric)}">${trend.title}</a>`,
      spark(trend),
      valueText(trend.points.findLast(({ value }) => value !== undefined)?.value, trend),
      trend.limit === undefined ? "–" : valueText(trend.limit.value, trend),
      change === undefined ? "none" : changeSentence(change, trend, site),
    ];
  });
  return table("All metrics", columns, rows);
}

/** Decoration beside the numbers of its row. Outliers leave the picture at its edge: else nothing but them would be seen. */
function spark({ points, outliers }: SiteTrend): Markup {
  const from = Math.max(0, points.length - 90);
  const shown = points.slice(from);
  const finite = shown.flatMap(({ value }, index) =>
    value !== undefined && Number.isFinite(value) && !outliers.includes(from + index)
      ? [value]
      : [],
  );
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return sparkline({
    points: shown.map(({ value }, index): Point => [index, value ?? Number.NaN]),
    domain: most > least ? [least, most] : [least - 1, least + 1],
  });
}
