import type { Plan } from "./plan.ts";

/** HTTP requests per minute at the peak of a plan, by what causes them. */
export interface PeakRequests {
  /** As declared by the scenarios: assets and real browsers apart. */
  readonly planned: number;
  readonly pages: number;
  readonly assets: number;
  readonly browsers: number;
  readonly total: number;
}

export interface PageCosts {
  /** Assets that a page names, on average. */
  readonly assetsOfPage: number;
  /** The most that are requested for one page of the protocol load; a real browser loads all of them. */
  readonly assetsPerPage: number;
  /** Requests of one real browser per minute, assets apart from its pages' own. */
  readonly browserPagesPerMinute: number;
  readonly scriptRequestsPerPage: number;
}

/** Planned requests, those of page assets, and those of real browsers, when the rate is highest. */
export function peakRequests(
  {
    requestsPerMinute,
    requestsPerMinuteBySurface,
    phases,
    browserUsers = 0,
  }: Pick<Plan, "requestsPerMinute" | "requestsPerMinuteBySurface" | "browserUsers"> & {
    readonly phases: readonly Pick<Plan["phases"][number], "fromFactor" | "toFactor">[];
  },
  costs: PageCosts,
): PeakRequests {
  const factor = Math.max(...phases.map((phase) => Math.max(phase.fromFactor, phase.toFactor)));
  const planned = requestsPerMinute * factor;
  const pages = requestsPerMinuteBySurface.web * factor;
  const assets = pages * Math.min(costs.assetsOfPage, costs.assetsPerPage);
  const requestsOfBrowserPage = 1 + costs.assetsOfPage + costs.scriptRequestsPerPage;
  const browsers = browserUsers * costs.browserPagesPerMinute * requestsOfBrowserPage;
  return { planned, pages, assets, browsers, total: planned + assets + browsers };
}
