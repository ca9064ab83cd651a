/** Pages in a real browser: what the browsers recorded → findings, lines, the report's part. */
import { Histogram } from "../../src/domain/histogram.ts";
import type { BrowserReport } from "../../src/domain/browser.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { Series } from "../../src/domain/report.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { FindingRule } from "../findings/finding-rule.ts";
import { gapsOf, sentencesOf } from "../gaps.ts";
import { isJudged, type JudgedTime } from "../judged-time.ts";
import { quantileInterval } from "../statistics/quantile-interval.ts";
import { latencyQuantile } from "../verdicts/latency-check.ts";
import { failedViewFindings, slowAssetFindings, slowestAssetOf } from "./findings.ts";
import { pageViewsOf, type PageViews } from "./page-views.ts";
import { vitalsOf } from "./vitals.ts";

export interface ObservedPages {
  readonly users: number;
  /** Views of the judged phases. */
  readonly views: readonly PageViews[];
  readonly gaps: readonly string[];
}

/** @returns `undefined` where no browser was asked for */
export function observedPages(data: RunData, time: JudgedTime): ObservedPages | undefined {
  const users = data.run.plan.browserUsers;
  if (users === undefined) return undefined;
  return {
    users,
    views: pageViewsOf(data.observations, (at) => isJudged(time, at)),
    gaps: sentencesOf(gapsOf(data, "browser")),
  };
}

export const pageFindings: FindingRule = ({ pages, plan }) =>
  pages === undefined
    ? []
    : [
        ...failedViewFindings(pages.views),
        ...slowAssetFindings(pages.views, plan.objectives.pageP95Ms),
      ];

export const browserReport = (
  { users, views, gaps }: ObservedPages,
  { observations }: RunData,
): BrowserReport => ({
  users,
  pages: views.map(pageOf),
  screenshots: screenshotsOf(observations),
  gaps,
});

function pageOf(views: PageViews): BrowserReport["pages"][number] {
  const { page, loads, failures } = views;
  const all = new Histogram();
  loads.forEach(({ ms }) => all.record(ms));
  failures.forEach(() => all.record(Infinity));
  const p95 = quantileInterval([all], latencyQuantile, "ms");
  const p50 = all.quantile(0.5);
  const slowestAsset = slowestAssetOf(views);
  return {
    page,
    loads: loads.length + failures.length,
    failed: failures.length,
    loadP95: p95,
    loadP50Ms: p50,
    vitals: vitalsOf(views),
    slowestAsset,
  };
}

/** One of the slowest views for each page, and those of failed ones; a later picture of the same file is the better one. */
function screenshotsOf(observations: readonly Observation[]): BrowserReport["screenshots"] {
  const byFile = new Map<string, BrowserReport["screenshots"][number]>();
  for (const { source, name, at, value, labels } of observations) {
    const { page, kind, file } = labels;
    if (source !== "browser" || name !== "screenshot" || page === undefined || file === undefined)
      continue;
    byFile.set(file, {
      page,
      at,
      kind: kind === "failed" ? "failed" : "slowest",
      loadMs: value > 0 ? value : undefined,
      file,
    });
  }
  const slowest = new Map<string, BrowserReport["screenshots"][number]>();
  const failed: BrowserReport["screenshots"][number][] = [];
  for (const picture of byFile.values()) {
    if (picture.kind === "failed") failed.push(picture);
    else if ((picture.loadMs ?? 0) > (slowest.get(picture.page)?.loadMs ?? 0))
      slowest.set(picture.page, picture);
  }
  return [...failed, ...slowest.values()];
}

/** Every view of the run, in the chart of its page. */
export function pageSeries(observations: readonly Observation[]): readonly Series[] {
  const byPage = new Map<string, [at: number, ms: number][]>();
  for (const { source, name, labels, at, value } of observations) {
    const page = labels["page"];
    if (source !== "browser" || name !== "page.load" || page === undefined) continue;
    byPage.set(page, [...(byPage.get(page) ?? []), [at, value]]);
  }
  return [...byPage].map(([page, points]) => ({
    chart: "page-load",
    label: page,
    unit: "ms",
    style: "points",
    points: points.toSorted(([a], [b]) => a - b),
  }));
}
