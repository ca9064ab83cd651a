import { absent } from "../../src/domain/number-text.ts";
import { formatInstant } from "../../src/domain/time-text.ts";
import type { ChangePoint } from "../../src/domain/history.ts";
import {
  charts,
  column,
  nothing,
  numberColumn,
  table,
  tableOf,
  type Cell,
  type Part,
} from "../kit/block.ts";
import { partSection } from "../kit/block-page.ts";
import type { Inline } from "../kit/inline.ts";
import { markup } from "../markup.ts";
import { symbols } from "../wording.ts";
import { isWorse, type SiteDocument, type SiteTrend } from "./document.ts";
import { page } from "./page-frame.ts";
import { formatRange } from "./range-text.ts";
import { trendChart } from "./trend-chart.ts";
import { changeText, intervalText, valueText } from "./trend-words.ts";

/** One metric: its trend as a picture, its changes with what else changed, and every night as a table. */
export function metricPage(trend: SiteTrend, site: SiteDocument): string {
  const lead = markup`<p class="crumb"><a href="index.html">← History of ${site.profile} on ${site.environment}</a></p>
<h1>${trend.title}</h1>
<p class="what"><code>${trend.metric}</code>: the median of the night’s runs${trend.limit !== undefined && `; limit ${trend.limit.good === "below" ? "<" : "≥"} ${valueText(trend.limit.value, trend)}`}. ${trend.worse === "higher" ? "Lower is better." : "Higher is better."}</p>${trend.remark !== undefined && markup`<p class="remark">${trend.remark}.</p>`}`;
  const parts: readonly Part[] = [
    { id: "trend", title: "Trend", blocks: [charts([trendChart(trend, site)], "wide")] },
    changesPart(trend, site),
    environmentPart(site),
    ...(site.gates.length === 0 ? [] : [gatesPart(site)]),
    nightlyRunsPart(trend, site),
  ];
  return page(
    site,
    trend.title,
    lead,
    parts.map((part) => partSection(part)),
  );
}

function changesPart(trend: SiteTrend, site: SiteDocument): Part {
  const head = { id: "changes", title: "Changes of level" };
  const changes = trend.changePoints.toReversed();
  if (changes.length === 0) return { ...head, blocks: [nothing("The level never changed.")] };
  const isAnyAccepted = changes.some((change) => reasonOf(trend, change) !== absent);
  const columns = [
    column(
      "first_night",
      "First nightly run",
      ({ index }: ChangePoint) => site.nightlyRuns[index]?.date ?? "",
    ),
    column("direction", "Direction", (change: ChangePoint) => directionCell(trend, change)),
    numberColumn("before", "Before", ({ before }: ChangePoint) => valueText(before, trend)),
    numberColumn("after", "After", ({ after }: ChangePoint) => valueText(after, trend)),
    numberColumn("change", "Change", changeText),
    numberColumn("interval", "95 % interval", intervalText),
    column("environment", "Environment changed within a nightly run", ({ index }: ChangePoint) =>
      environmentText(index, site),
    ),
    ...(isAnyAccepted
      ? [column("accepted", "Accepted", (change: ChangePoint) => reasonOf(trend, change))]
      : []),
  ];
  return { ...head, blocks: table(tableOf(head, changes, columns)) };
}

function directionCell(trend: SiteTrend, change: ChangePoint): Cell {
  const [tone, word] = isWorse(trend, change)
    ? (["fail", "worse"] as const)
    : (["pass", "better"] as const);
  const text = `${change.after > change.before ? "▲" : "▼"} ${word}`;
  return { text, shown: { text, tone } };
}

const environmentText = (at: number, { marks }: SiteDocument): string =>
  marks
    .filter(({ index }) => Math.abs(index - at) <= 1)
    .map(({ trait, from, to }) => `${trait}: ${from} → ${to}`)
    .join("; ") || "nothing known";

/** Decided on a nightly run near the change as it is found today. */
const reasonOf = ({ accepted }: SiteTrend, { index }: ChangePoint): string =>
  accepted.find((each) => Math.abs(each.index - index) <= 2)?.because ?? absent;

function environmentPart({ marks, nightlyRuns }: SiteDocument): Part {
  const changes = tableOf(
    { id: "environment", title: "Changes of the environment" },
    marks.toReversed(),
    [
      column("first_night", "First nightly run", ({ index }) => nightlyRuns[index]?.date ?? ""),
      column("what", "What", ({ trait }) => trait),
      column("from", "From", ({ from }) => from),
      column("to", "To", ({ to }) => to),
    ],
  );
  return {
    id: "environment",
    title: "Changes of the environment",
    lead: "Versions, plan, generator, labels of the target: what else was not as in the nightly run before.",
    blocks: marks.length === 0 ? [nothing("Nothing that is known changed.")] : table(changes),
  };
}

const gatesPart = ({ gates }: SiteDocument): Part => ({
  id: "gates",
  title: "Release gates",
  lead: "Every gate in this environment, the newest first; the chart has them at its foot.",
  blocks: table(
    tableOf({ id: "gates", title: "Release gates" }, gates.toReversed(), [
      column("started", "Started", ({ at }) => formatInstant(at)),
      column("outcome", "Outcome", ({ outcome }) => ({ shown: { text: outcome, tone: outcome } })),
      column("candidate", "Candidate", ({ candidate }) => candidate),
      column("sentence", "Why", ({ sentence }) => sentence),
      column("report", "Report", ({ id, report }) => ({
        text: id,
        shown: { text: id, link: report },
      })),
    ]),
  ),
});

function nightlyRunsPart(trend: SiteTrend, site: SiteDocument): Part {
  const outliers = new Set(trend.outliers);
  const nightlyRuns = site.nightlyRuns
    .map((nightlyRun, index) => ({
      nightlyRun,
      point: trend.points[index],
      isOutlier: outliers.has(index),
    }))
    .toReversed();
  const head = { id: "nightlyRuns", title: "Every nightly run" };
  const columns = [
    column("night", "Night", ({ nightlyRun }: (typeof nightlyRuns)[number]) => nightlyRun.date),
    numberColumn("value", "Value", ({ point, isOutlier }: (typeof nightlyRuns)[number]) => {
      const text = point?.value === undefined ? "no valid run" : valueText(point.value, trend);
      return `${text}${isOutlier ? " (outlier)" : ""}`;
    }),
    numberColumn("range", "Runs from – to", ({ point }: (typeof nightlyRuns)[number]) =>
      formatRange(point?.low, point?.high, trend),
    ),
    column("outcome", "Outcome", ({ point }: (typeof nightlyRuns)[number]) =>
      point?.outcome === undefined ? "not judged" : `${symbols[point.outcome]} ${point.outcome}`,
    ),
    column("reports", "Reports", ({ nightlyRun }: (typeof nightlyRuns)[number]) =>
      reportsCell(nightlyRun),
    ),
  ];
  return { ...head, lead: "The newest first.", blocks: table(tableOf(head, nightlyRuns, columns)) };
}

function reportsCell({ runs }: SiteDocument["nightlyRuns"][number]): Cell {
  const shown = runs.flatMap(({ id, outcome, report }, index): Inline[] => [
    ...(index === 0 ? [] : [" "]),
    report === undefined
      ? id
      : {
          text: `${index + 1}`,
          link: report,
          title: `${index + 1}: report of run ${id}, ${outcome}`,
        },
  ]);
  return { text: runs.map(({ id }) => id).join(" "), shown };
}
