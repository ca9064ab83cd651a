import { plural } from "../../src/domain/number-text.ts";
import {
  column,
  nothing,
  numberColumn,
  sentences,
  table,
  tableOf,
  type Part,
} from "../kit/block.ts";
import { partSection } from "../kit/block-page.ts";
import type { Point } from "../kit/downsample.ts";
import type { Inline, Line } from "../kit/inline.ts";
import { section } from "../kit/layout.ts";
import { markup, type Fragment } from "../markup.ts";
import type { Sparkline } from "../kit/sparkline.ts";
import { isWorse, metricFile, type SiteDocument, type SiteTrend } from "./document.ts";
import { heatmap } from "./heatmap.ts";
import { page } from "./page-frame.ts";
import { changeSentence, valueText } from "./trend-words.ts";

/** Where a morning begins: what changed, every objective by nightly run, every metric with its trend. */
export function indexPage(site: SiteDocument): string {
  const objectives = site.trends.filter(({ isObjective }) => isObjective);
  const last = site.nightlyRuns.at(-1);
  const lead = markup`<p class="what">History of <strong>${site.profile}</strong> on <strong>${site.environment}</strong>, ${plural(site.nightlyRuns.length, "nightly run")}${site.nightlyRuns[0] !== undefined && ` since ${site.nightlyRuns[0].date}`}</p>
<h1>${headline(site, objectives)}</h1>
<p class="what">${last !== undefined && `Last nightly run, ${last.date}: ${last.outcome}.`}</p>
${remarks(objectives)}`;
  return page(site, "History", lead, [
    partSection(changesPart(objectives, site)),
    section(
      "objectives",
      "Objectives by nightly run",
      "Each column is a nightly run. ✗ missed, ? inconclusive, ⊘ invalid, ◐ incomplete; a plain field is a pass, a dashed one has no value.",
      heatmap(objectives, site),
    ),
    partSection(metricsPart(site)),
    ...(site.problems.length === 0 ? [] : [partSection(problemsPart(site))]),
  ]);
}

const problemsPart = ({ problems }: SiteDocument): Part => ({
  id: "problems",
  title: "Left out",
  lead: "Directories that could not be read.",
  blocks: [sentences(problems)],
});

/** What of the objectives was not steady in the last nightly run. */
function remarks(objectives: readonly SiteTrend[]): Fragment {
  const found = objectives.filter(({ remark }) => remark !== undefined);
  return (
    found.length > 0 &&
    markup`<ul class="plain remark">${found.map((trend) => markup`<li><a href="${metricFile(trend.metric)}">${trend.remark}</a></li>`)}</ul>`
  );
}

const recentNightlyRuns = 14;

function headline({ nightlyRuns }: SiteDocument, objectives: readonly SiteTrend[]): string {
  if (nightlyRuns.length === 0) return "No nightly run yet";
  const recent = objectives.flatMap((trend) =>
    trend.changePoints
      .filter(
        (change) =>
          change.index >= nightlyRuns.length - recentNightlyRuns && isWorse(trend, change),
      )
      .map(() => trend.title),
  );
  return recent.length === 0
    ? "No objective got worse in the last two weeks"
    : `Worse in the last two weeks: ${recent.join(", ")}`;
}

function changesPart(objectives: readonly SiteTrend[], site: SiteDocument): Part {
  const all = objectives
    .flatMap((trend) => trend.changePoints.map((change) => ({ trend, change })))
    .toSorted((a, b) => b.change.index - a.change.index);
  return {
    id: "changes",
    title: "Changes of level",
    lead: "Lasting changes of the objectives, the newest first; one bad nightly run is no change.",
    blocks: [
      all.length === 0
        ? nothing("No objective changed its level.")
        : sentences(
            all.map(({ trend, change }): Line => [
              linkTo(trend),
              " ",
              {
                text: changeSentence(change, trend, site),
                tone: isWorse(trend, change) ? "fail" : "pass",
              },
            ]),
          ),
    ],
  };
}

const linkTo = ({ title, metric }: SiteTrend): Inline => ({
  text: title,
  link: metricFile(metric),
});

function metricsPart(site: SiteDocument): Part {
  const metrics = tableOf({ id: "metrics", title: "All metrics" }, site.trends, [
    column("metric", "Metric", (trend) => ({ text: trend.title, shown: linkTo(trend) })),
    column("trend", "Trend", (trend) => ({ text: "", shown: { sparkline: sparklineOf(trend) } })),
    numberColumn("last", "Last", (trend) =>
      valueText(trend.points.findLast(({ value }) => value !== undefined)?.value, trend),
    ),
    numberColumn("limit", "Limit", (trend) => valueText(trend.limit?.value, trend)),
    column("change", "Last change of level", (trend) => {
      const change = trend.changePoints.at(-1);
      return change === undefined ? "none" : changeSentence(change, trend, site);
    }),
  ]);
  return {
    id: "metrics",
    title: "All metrics",
    lead: "The last 90 nightly runs of each; the page of a metric has all of them.",
    blocks: site.trends.length === 0 ? [nothing("No run was measured yet.")] : table(metrics),
  };
}

/** Decoration beside the numbers of its row. Outliers leave the picture at its edge: else nothing but them would be seen. */
function sparklineOf({ points, outliers }: SiteTrend): Sparkline {
  const from = Math.max(0, points.length - 90);
  const shown = points.slice(from);
  const finite = shown.flatMap(({ value }, index) =>
    value !== undefined && Number.isFinite(value) && !outliers.includes(from + index)
      ? [value]
      : [],
  );
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return {
    points: shown.map(({ value }, index): Point => [index, value ?? Number.NaN]),
    domain: most > least ? [least, most] : [least - 1, least + 1],
  };
}
