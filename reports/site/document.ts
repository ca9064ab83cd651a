/** What the site shows: the history of one stream, as the analysis knows it. */
import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type { UnitName } from "../../src/domain/units.ts";

export interface SiteDocument {
  readonly profile: string;
  readonly environment: string;
  readonly headroom: string;
  /** Epoch milliseconds; the footer says when the site was written. */
  readonly writtenAt: number;
  readonly nights: readonly SiteNight[];
  readonly trends: readonly SiteTrend[];
  readonly marks: readonly SiteMark[];
  /** Run directories that could not be read. */
  readonly problems: readonly string[];
}

export interface SiteNight {
  readonly id: string;
  readonly at: number;
  readonly date: string;
  readonly outcome: RunOutcome;
  readonly runs: readonly {
    readonly id: string;
    readonly outcome: RunOutcome;
    /** Relative to the site's folder. */
    readonly report?: string;
  }[];
}

export interface SitePoint {
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
  readonly runs: number;
  readonly outcome?: RunOutcome;
}

interface SiteChange {
  readonly index: number;
  readonly before: number;
  readonly after: number;
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
}

/** `points` has one entry for each of the document's nights; indices of changes and outliers point there. */
export interface SiteTrend {
  readonly metric: string;
  readonly title: string;
  readonly unit: UnitName;
  readonly worse: "higher" | "lower";
  readonly isObjective: boolean;
  readonly limit?: { readonly value: number; readonly good: "below" | "above" };
  readonly points: readonly SitePoint[];
  readonly changePoints: readonly SiteChange[];
  readonly outliers: readonly number[];
}

interface SiteMark {
  readonly index: number;
  readonly trait: string;
  readonly from: string;
  readonly to: string;
}

export const metricFile = (metric: string): string =>
  `metric-${metric.replaceAll(/[^\w.-]/g, "-")}.html`;

export const isWorse = ({ worse }: SiteTrend, { before, after }: SiteChange): boolean =>
  after > before === (worse === "higher");
