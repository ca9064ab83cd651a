/** What a real browser tells of one page view: a line of k6's log that begins with the mark. */
export interface PageView {
  readonly page: string;
  /** Epoch milliseconds at which the view began. */
  readonly at: number;
  /** Since the navigation began, to the end of the load event. This and all that follows is absent where it was not measured. */
  readonly loadMs?: number;
  readonly ttfbMs?: number;
  readonly fcpMs?: number;
  readonly lcpMs?: number;
  readonly cls?: number;
  readonly inpMs?: number;
  /** The asset that took longest. */
  readonly slowest?: { readonly url: string; readonly ms: number };
  /** Why the view counts as failed. */
  readonly problem?: string;
  /** The browser itself gave out: the view says nothing about the platform. */
  readonly isBrowserFault?: boolean;
  /** Instead of a view: a screenshot of this one, relative to k6's working directory. */
  readonly picture?: { readonly kind: "slowest" | "failed"; readonly file: string };
}

export const pageViewMark = "headroom-page-view ";
