import type { Count, Instant, Real } from "./written.ts";
import type { Estimate } from "./estimate.ts";

/** Web Vitals are judged at p75 by bands, as information. */
export interface VitalSummary {
  /** Name of the Web Vital. */
  readonly name: "LCP" | "CLS" | "INP" | "FCP" | "TTFB";
  /** Milliseconds; CLS has no unit. */
  readonly p75: number;
  /** Band of the Web Vitals' thresholds. */
  readonly band: "good" | "needs improvement" | "poor";
  /** Page loads that measured it. */
  readonly sampleCount: Count;
}

/** The report's part about pages in a real browser. A vital that was never measured is absent, not 0. */
export interface BrowserReport {
  /** "Chromium 150.0.7871". */
  readonly browser?: string;
  /** Real browsers. */
  readonly users: Count;
  /** One for each page template. */
  readonly pages: readonly {
    /** Template name: `dashboard`, `token`. */
    readonly page: string;
    /** Page loads. */
    readonly loads: Count;
    /** Page loads that failed. */
    readonly failed: Count;
    /** Navigation start → end of the load event. Absent: too few loads for a p95. */
    readonly loadP95?: Estimate;
    /** Median load time in milliseconds; absent: no load. */
    readonly loadP50Ms?: Real;
    /** Web Vitals that were measured. */
    readonly vitals: readonly VitalSummary[];
    /** The slowest asset of the slowest loads: whose time was it? */
    readonly slowestAsset?: {
      /** Name of the asset. */
      readonly name: string;
      /** 95th percentile of its duration, milliseconds. */
      readonly p95Ms: Real;
      /** How often it was loaded. */
      readonly sampleCount: Count;
    };
  }[];
  /** Kept beside the report; `file` is relative to the run's directory. */
  readonly screenshots: readonly {
    /** Template name of the page. */
    readonly page: string;
    /** Epoch milliseconds. */
    readonly at: Instant;
    /** Why it was taken. */
    readonly kind: "slowest" | "failed";
    /** Load time in milliseconds; absent: it did not load. */
    readonly loadMs?: number;
    /** Path relative to the run's directory. */
    readonly file: string;
  }[];
  /** What could not be observed, one sentence each. */
  readonly gaps: readonly string[];
}
