/**
 * Requests per page, before any page was opened. **Assumption**: a document of a bundled application of the
 * platform's kind references 7 (the sandbox) to 20 assets. `setup()` counts those of the target, and a load that would exceed
 * the ceiling with them does not start.
 */
export const expectedPageCosts = {
  assetsOfPage: 10,
  /** A real browser that does nothing else. */
  browserPagesPerMinute: 40,
  /** What the scripts of a page request. */
  scriptRequestsPerPage: 5,
} as const;

/** Default without an environment: a bundle that runs without Headroom. */
export const defaultAssetsPerPage = 60;
