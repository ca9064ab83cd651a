import { formatRange } from "./range-text.ts";
import { nothing, section, table } from "../kit/layout.ts";
import { chartGrid } from "../kit/chart.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { symbols } from "../wording.ts";
import { isWorse, type SiteDocument, type SiteTrend } from "./document.ts";
import { page } from "./page-frame.ts";
import { trendChart } from "./trend-chart.ts";
import { changeText, intervalText, valueText } from "./trend-words.ts";

/** One metric: its trend as a picture, its changes with what else changed, and every night as a table. */
export function metricPage(trend: SiteTrend, site: SiteDocument): string {
  const lead = markup`<p class="crumb"><a href="index.html">← History of ${site.profile} on ${site.environment}</a></p>
<h1>${trend.title}</h1>
<p class="what"><code>${trend.metric}</code>: the median of the night’s runs${trend.limit !== undefined && `; limit ${trend.limit.good === "below" ? "<" : "≥"} ${valueText(trend.limit.value, trend)}`}. ${trend.worse === "higher" ? "Lower is better." : "Higher is better."}</p>${trend.remark !== undefined && markup`<p class="remark">${trend.remark}.</p>`}`;
  return page(site, trend.title, lead, [
    section("trend", "Trend", undefined, chartGrid([trendChart(trend, site)], true)),
    section("changes", "Changes of level", undefined, changes(trend, site)),
    section(
      "environment",
      "Changes of the surroundings",
      "Versions, plan, generator, labels of the target: what else was not as the night before.",
      surroundings(site),
    ),
    section("nights", "Every night", "The newest first.", nights(trend, site)),
  ]);
}

function changes(trend: SiteTrend, site: SiteDocument): Markup {
  if (trend.changePoints.length === 0) return nothing("The level never changed.");
  const isAnyAccepted = trend.changePoints.some(({ index }) => reasonOf(trend, index) !== "–");
  const columns = [
    { title: "First night" },
    { title: "Direction" },
    { title: "Before", numeric: true },
    { title: "After", numeric: true },
    { title: "Change", numeric: true },
    { title: "95 % interval", numeric: true },
    { title: "Surroundings changed within a night" },
    ...(isAnyAccepted ? [{ title: "Accepted" }] : []),
  ];
  const rows = trend.changePoints.toReversed().map((change): readonly Fragment[] => [
    site.nights[change.index]?.date,
    isWorse(trend, change)
      ? markup`<span class="worse-word">${change.after > change.before ? "▲" : "▼"} worse</span>`
      : markup`<span class="better-word">${change.after > change.before ? "▲" : "▼"} better</span>`,
    valueText(change.before, trend),
    valueText(change.after, trend),
    changeText(change),
    intervalText(change),
    site.marks
      .filter(({ index }) => Math.abs(index - change.index) <= 1)
      .map(({ trait, from, to }) => `${trait}: ${from} → ${to}`)
      .join("; ") || "nothing known",
    ...(isAnyAccepted ? [reasonOf(trend, change.index)] : []),
  ]);
  return table("Changes of level", columns, rows);
}

/** Decided on a night near the change as it is found today. */
const reasonOf = ({ accepted }: SiteTrend, index: number): string =>
  accepted.find((each) => Math.abs(each.index - index) <= 2)?.because ?? "–";

function surroundings({ marks, nights: all }: SiteDocument): Markup {
  if (marks.length === 0) return nothing("Nothing that is known changed.");
  const rows = marks
    .toReversed()
    .map(({ index, trait, from, to }) => [all[index]?.date, trait, from, to]);
  return table(
    "Changes of the surroundings",
    [{ title: "First night" }, { title: "What" }, { title: "From" }, { title: "To" }],
    rows,
  );
}

function nights(trend: SiteTrend, site: SiteDocument): Markup {
  const outliers = new Set(trend.outliers);
  const columns = [
    { title: "Night" },
    { title: "Value", numeric: true },
    { title: "Runs from – to", numeric: true },
    { title: "Outcome" },
    { title: "Reports" },
  ];
  const rows = site.nights
    .map((night, index): readonly Fragment[] => {
      const { value, low, high, outcome } = trend.points[index] ?? {};
      const remark = outliers.has(index) ? " (outlier)" : "";
      return [
        night.date,
        `${value === undefined ? "no valid run" : valueText(value, trend)}${remark}`,
        formatRange(low, high, trend),
        outcome === undefined ? "not judged" : `${symbols[outcome]} ${outcome}`,
        links(night),
      ];
    })
    .toReversed();
  return table("Every night", columns, rows);
}

const links = ({ runs }: SiteDocument["nights"][number]): Fragment =>
  runs.map((run, index) =>
    run.report === undefined
      ? `${run.id} `
      : markup`<a href="${run.report}" aria-label="Report of run ${run.id}, ${run.outcome}">${index + 1}</a> `,
  );
