import {
  absent,
  formatCount,
  formatInterval,
  formatLatency,
  formatLimit,
  formatPoint,
  formatShare,
  formatValue,
} from "../../src/domain/number-text.ts";
import type { BrowserReport, VitalSummary } from "../../src/domain/browser.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";
import { inlineBar } from "../svg/inline-bar.ts";
import { figures } from "./chart-figures.ts";
import type { ChartPlan } from "./chart-plan.ts";
import { gapList } from "./gaps.ts";
import { nothing, section, table, type Column, type Section } from "../kit/layout.ts";
import { screenshots } from "./screenshots.ts";

type Page = BrowserReport["pages"][number];

/** How long people wait for pages: a few real browsers beside the protocol load. */
export function browser(report: Report, plan: ChartPlan): Section | undefined {
  const seen = report.browser;
  if (seen === undefined) return undefined;
  const users = `${formatCount(seen.users)} browser ${seen.users === 1 ? "user" : "users"}`;
  const who = `${users}${seen.browser === undefined ? "" : ` with ${seen.browser}`} beside the protocol load, from a k6 process of their own.`;
  const lead = `${who} A load counts from the start of the navigation to the end of the load event; the mark on a bar is the limit of ${formatLimit(limitOf(report))}.`;
  return section("browser", "Pages in a real browser", lead, [
    gapList(seen.gaps),
    pages(report, seen),
    figures(plan.pages, plan, { level: 3 }),
    vitals(seen),
    screenshots(report, seen),
  ]);
}

const limitOf = ({ run: { plan } }: Report): Limit => ({
  value: plan.objectives.pageP95Ms,
  unit: "ms",
  good: "below",
  source: "plan",
});

const columns: readonly Column[] = [
  { title: "Page" },
  { title: "Load time, p95 with its interval" },
  { title: "p50", numeric: true },
  { title: "Loads", numeric: true },
  { title: "Failed", numeric: true },
  { title: "Slowest asset of the slowest loads" },
];

const mostPages = 30;

function pages(report: Report, { pages: all }: BrowserReport): Markup {
  if (all.length === 0) return nothing("No page was loaded.");
  const limit = limitOf(report);
  const finite = all.flatMap(({ loadP95 }) => (loadP95 === undefined ? [] : [loadP95.point]));
  const most = Math.max(limit.value, ...finite.filter(Number.isFinite));
  const rows = all
    .slice(0, mostPages)
    .map((page) => [
      page.page,
      loadTime(page, limit, most),
      formatLatency(page.loadP50Ms),
      formatCount(page.loads),
      page.failed === 0
        ? formatCount(0)
        : markup`${formatCount(page.failed)} <span class="muted">${formatShare(page.failed, page.loads)}</span>`,
      slowestAsset(page),
    ]);
  return table("Page loads in a real browser", columns, rows);
}

function loadTime({ loadP95, loads }: Page, limit: Limit, most: number): Fragment {
  if (loadP95 === undefined)
    return markup`${absent} <span class="muted">too few loads for a p95 (${formatCount(loads)})</span>`;
  const said = formatPoint(loadP95, limit);
  return markup`<strong>${said}</strong> <span class="muted">${formatInterval(loadP95, limit)}</span>${inlineBar({ value: loadP95.point, most, limit: limit.value, label: `p95 ${said}, limit ${formatLimit(limit)}` })}`;
}

const slowestAsset = ({ slowestAsset: asset }: Page): Fragment =>
  asset === undefined
    ? absent
    : markup`<code>${asset.name}</code><br><span class="muted">p95 ${formatLatency(asset.p95Ms)}, n = ${formatCount(asset.sampleCount)}</span>`;

const vitalNames = ["LCP", "INP", "CLS", "FCP", "TTFB"] as const;

const vitalWords: Readonly<Record<VitalSummary["name"], string>> = {
  LCP: "largest content painted",
  INP: "reaction to input",
  CLS: "layout shift",
  FCP: "first content painted",
  TTFB: "first byte",
};

/** A column for each vital that was measured at least once. */
function vitals({ pages: all }: BrowserReport): Fragment {
  const seen = vitalNames.filter((name) =>
    all.some((page) => page.vitals.some((vital) => vital.name === name)),
  );
  if (seen.length === 0) return undefined;
  const rows = all
    .slice(0, mostPages)
    .map((page) => [
      page.page,
      ...seen.map((name) => vitalCell(page.vitals.find((vital) => vital.name === name))),
    ]);
  const heads = seen.map((name) => ({ title: `${name}, ${vitalWords[name]}` }));
  return markup`<h3>Web Vitals, p75</h3>
<p class="lead">Bands are information, not objectives. – was never measured: INP needs an interaction.</p>
${table("Web Vitals, p75", [{ title: "Page" }, ...heads], rows)}`;
}

/** Shape, colour and word again; these are no verdicts, so the shapes are others. */
const bands: Readonly<Record<VitalSummary["band"], { symbol: string; tone: string }>> = {
  good: { symbol: "●", tone: "pass" },
  "needs improvement": { symbol: "▲", tone: "inconclusive" },
  poor: { symbol: "■", tone: "fail" },
};

function vitalCell(vital: VitalSummary | undefined): Fragment {
  if (vital === undefined) return absent;
  const { symbol, tone } = bands[vital.band];
  const value = formatValue(vital.p75, vital.name === "CLS" ? "count" : "ms");
  return markup`<strong>${value}</strong> <span class="muted">n = ${formatCount(vital.sampleCount)}</span><br><span class="vital ${tone}"><span aria-hidden="true">${symbol}</span> ${vital.band}</span>`;
}
