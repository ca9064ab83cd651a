/**
 * What a page costs in requests, before any page was opened. **Assumption**: a document of a bundled application of the
 * platform's kind names 7 (the sandbox) to 20 assets. `setup()` counts those of the target, and a load that would pass
 * the ceiling with them does not begin.
 */
export const expectedPageCosts = {
  assetsOfPage: 10,
  /** A real browser that does nothing else. */
  browserPagesPerMinute: 40,
  /** What the scripts of a page request. */
  scriptRequestsPerPage: 5,
} as const;

/** Where no environment says it: a bundle that runs without Headroom. */
export const defaultAssetsPerPage = 60;
