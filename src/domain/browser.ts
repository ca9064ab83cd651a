import type { Estimate } from "./estimate.ts";

/** Web Vitals are judged at p75 by bands, as information. */
export interface VitalSummary {
  readonly name: "LCP" | "CLS" | "INP" | "FCP" | "TTFB";
  /** Milliseconds; CLS has no unit. */
  readonly p75: number;
  readonly band: "good" | "needs improvement" | "poor";
  readonly sampleCount: number;
}

/** The report's part about pages in a real browser. A vital that was never measured is absent, not 0. */
export interface BrowserReport {
  /** "Chromium 150.0.7871". */
  readonly browser?: string;
  readonly users: number;
  readonly pages: readonly {
    /** Template name: `dashboard`, `token`. */
    readonly page: string;
    readonly loads: number;
    readonly failed: number;
    /** Navigation start → end of the load event. Absent: too few loads for a p95. */
    readonly loadP95?: Estimate;
    readonly loadP50Ms?: number;
    readonly vitals: readonly VitalSummary[];
    /** The slowest asset of the slowest loads: whose time was it? */
    readonly slowestAsset?: {
      readonly name: string;
      readonly p95Ms: number;
      readonly sampleCount: number;
    };
  }[];
  /** Kept beside the report; `file` is relative to the run's directory. */
  readonly screenshots: readonly {
    readonly page: string;
    readonly at: number;
    readonly kind: "slowest" | "failed";
    readonly loadMs?: number;
    readonly file: string;
  }[];
  readonly gaps: readonly string[];
}
