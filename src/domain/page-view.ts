import type { Amount } from "./written.ts";

/** What a real browser tells of one page view: a line of k6's log that begins with the mark. */
export interface PageView {
  /** Name of the page. @minLength 1 */
  readonly page: string;
  /** The browser's user, from 1; absent in runs of before. @minimum 1 */
  readonly user?: number;
  /** Epoch milliseconds at which the view began. */
  readonly at: number;
  /** Since the navigation began, to the end of the load event. This and all that follows is absent where it was not measured. */
  readonly loadMs?: Amount;
  /** Time to first byte. */
  readonly ttfbMs?: Amount;
  /** First contentful paint. */
  readonly fcpMs?: Amount;
  /** Largest contentful paint. */
  readonly lcpMs?: Amount;
  /** Cumulative layout shift. */
  readonly cls?: Amount;
  /** Interaction to next paint. */
  readonly inpMs?: Amount;
  /** The asset that took longest. */
  readonly slowest?: {
    /** Its address. */
    readonly url: string;
    /** How long it took. */
    readonly ms: Amount;
  };
  /** Why the view counts as failed. */
  readonly problem?: string;
  /** The browser itself failed: the view says nothing about the platform. */
  readonly isBrowserFault?: boolean;
  /** Instead of a view: a screenshot of this one, relative to k6's working directory. */
  readonly picture?: {
    /** Of which view it is. */
    readonly kind: "slowest" | "failed";
    /** Name of the file. @pattern ^[\w.-]+\.png$ */
    readonly file: string;
  };
}

export const pageViewMark = "headroom-page-view ";
