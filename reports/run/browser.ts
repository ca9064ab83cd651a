import {
  absent,
  formatCount,
  formatInterval,
  formatLatency,
  formatLimit,
  formatPoint,
  formatValue,
} from "../../src/domain/number-text.ts";
import type { BrowserReport, VitalSummary } from "../../src/domain/browser.ts";
import type { Report } from "../../src/domain/report.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import {
  column,
  gaps,
  heading,
  itemTable,
  nothing,
  note,
  numberColumn,
  type Block,
  type Cell,
  type Part,
} from "../kit/block.ts";
import type { Tone } from "../wording.ts";
import { figures, type ChartPlan } from "./chart-plan.ts";
import { screenshots } from "./screenshots.ts";
import { count, countAndShare, estimateLine, latency, planLimit, shownGaps } from "./words.ts";

type Page = BrowserReport["pages"][number];

/** How long people wait for pages: a few real browsers beside the protocol load. */
export function browser(report: Report, plan: ChartPlan): Part | undefined {
  const all = report.browser;
  if (all === undefined) return undefined;
  const limit = planLimit(report.run.plan.objectives.pageP95Ms);
  const users = `${formatCount(all.users)} browser ${all.users === 1 ? "user" : "users"}`;
  const who = `${users}${all.browser === undefined ? "" : ` with ${all.browser}`} beside the protocol load, from a k6 process of their own.`;
  return {
    id: "browser",
    title: "Pages in a real browser",
    lead: `${who} A load counts from the start of the navigation to the end of the load event; the mark on a bar is the limit of ${formatLimit(limit)}.`,
    blocks: [
      ...gaps(shownGaps(all.gaps)),
      ...pages(all.pages.slice(0, mostPages), limit),
      ...figures(plan.pages, plan),
      ...vitals(all.pages.slice(0, mostPages)),
      ...screenshots(report, all),
    ],
  };
}

const mostPages = 30;

function pages(all: readonly Page[], limit: Limit): readonly Block[] {
  if (all.length === 0) return [nothing("No page was loaded.")];
  const points = all.flatMap(({ loadP95 }) => loadP95?.point ?? []);
  const most = Math.max(limit.value, ...points.filter(Number.isFinite));
  return itemTable("pages", "Page loads in a real browser", all, [
    column("page", "Page", ({ page }) => page),
    column("p95", "Load time, p95 with its interval", (page) => loadTime(page, limit, most)),
    latency("p50", "p50", ({ loadP50Ms }) => loadP50Ms),
    count("loads", "Loads", ({ loads }) => loads),
    numberColumn("failed", "Failed", ({ failed, loads }) => countAndShare(failed, loads)),
    column("asset", "Slowest asset of the slowest loads", slowestAsset),
  ]);
}

function loadTime({ loadP95, loads }: Page, limit: Limit, most: number): Cell {
  if (loadP95 === undefined)
    return { shown: [absent, " ", { muted: `too few loads for a p95 (${formatCount(loads)})` }] };
  const text = formatPoint(loadP95, limit);
  const label = `p95 ${text}, limit ${formatLimit(limit)}`;
  const bar = { value: loadP95.point, most, limit: limit.value, label };
  const shown = estimateLine(text, formatInterval(loadP95, limit), { bar });
  return { value: loadP95.point, shown };
}

function slowestAsset({ slowestAsset: asset }: Page): Cell {
  if (asset === undefined) return absent;
  const { name, p95Ms, sampleCount } = asset;
  const detail = `p95 ${formatLatency(p95Ms)}, n = ${formatCount(sampleCount)}`;
  return { shown: { lines: [{ code: name }, { muted: detail }] } };
}

const vitalNames = ["LCP", "INP", "CLS", "FCP", "TTFB"] as const;

const vitalWords: Readonly<Record<VitalSummary["name"], string>> = {
  LCP: "largest content painted",
  INP: "reaction to input",
  CLS: "layout shift",
  FCP: "first content painted",
  TTFB: "first byte",
};

/** A column for each vital that was measured at least once. */
function vitals(all: readonly Page[]): readonly Block[] {
  const measured = vitalNames.filter((name) =>
    all.some((page) => page.vitals.some((vital) => vital.name === name)),
  );
  if (measured.length === 0) return [];
  const title = "Web Vitals, p75";
  return [
    heading(title),
    note("Bands are information, not objectives. – was never measured: INP needs an interaction."),
    ...itemTable("vitals", title, all, [
      column("page", "Page", ({ page }) => page),
      ...measured.map((name) =>
        column(name, `${name}, ${vitalWords[name]}`, (page: Page) =>
          vitalCell(page.vitals.find((vital) => vital.name === name)),
        ),
      ),
    ]),
  ];
}

/** Shape, colour and word again; these are no verdicts, so the shapes are others. */
const bands: Readonly<Record<VitalSummary["band"], { sign: string; tone: Tone }>> = {
  good: { sign: "●", tone: "pass" },
  "needs improvement": { sign: "▲", tone: "inconclusive" },
  poor: { sign: "■", tone: "fail" },
};

function vitalCell(vital: VitalSummary | undefined): Cell {
  if (vital === undefined) return absent;
  const { name, p75, sampleCount, band } = vital;
  const text = formatValue(p75, name === "CLS" ? "count" : "ms");
  const measured = [{ strong: text }, " ", { muted: `n = ${formatCount(sampleCount)}` }];
  return { value: p75, shown: { lines: [measured, { text: band, ...bands[band] }] } };
}
