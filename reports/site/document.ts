/** What the site shows: the history of one stream, as the analysis knows it. */
import type { GateOutcome } from "../gate/document.ts";
import type { ChangePoint, HistoryRun, Mark, NightlyRun, Trend } from "../../src/domain/history.ts";

export interface SiteDocument {
  readonly profile: string;
  readonly environment: string;
  readonly headroom: string;
  /** Epoch milliseconds; the footer says when the site was written. */
  readonly writtenAt: number;
  readonly nightlyRuns: readonly SiteNightlyRun[];
  readonly trends: readonly SiteTrend[];
  readonly marks: readonly Mark[];
  /** Release gates in this environment, in order of their start. */
  readonly gates: readonly SiteGate[];
  /** Run directories that could not be read. */
  readonly problems: readonly string[];
}

export interface SiteNightlyRun extends Pick<NightlyRun, "id" | "at" | "date" | "outcome"> {
  /** `report` is relative to the site's folder. */
  readonly runs: readonly Pick<HistoryRun, "id" | "outcome" | "report">[];
}

export interface SiteGate {
  readonly id: string;
  readonly at: number;
  readonly outcome: GateOutcome;
  readonly candidate: string;
  readonly sentence: string;
  /** Relative to the site's folder. */
  readonly report: string;
}

/** A trend, and what was decided and found about it. */
export interface SiteTrend extends Trend {
  /** What the last nightly run was, in a sentence; absent where it was steady. */
  readonly remark?: string;
  /** Changes declared the new normal, by their index. */
  readonly accepted: readonly { readonly index: number; readonly because: string }[];
}

/** Names the page of a metric: a character that a file may not have becomes its code, so that no two share a page. */
export const metricFile = (metric: string): string =>
  `metric-${metric.replaceAll(/[^\w.-]/g, (letter) => `-${letter.charCodeAt(0).toString(16)}`)}.html`;

export const isWorse = (
  { worse }: Pick<Trend, "worse">,
  { before, after }: Pick<ChangePoint, "before" | "after">,
): boolean => after > before === (worse === "higher");
