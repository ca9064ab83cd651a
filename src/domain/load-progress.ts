import type { Surface } from "./surface.ts";

/** Infinite where the request at that rank had no good answer; absent: nothing was measured. */
export interface LatencyQuantiles {
  readonly p50Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
}

export interface SurfaceProgress {
  readonly surface: Surface;
  /** HTTP requests so far, without assets and sign-ins. */
  readonly requests: number;
  /** Of these, failed, by outcome. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of what the latency objective judges, over the last ten seconds. */
  readonly recent: LatencyQuantiles;
  /** The same in the judged phases so far. */
  readonly judged: LatencyQuantiles;
}

/** Progress of a run, once a second. Rates are HTTP requests without assets. */
export interface LoadProgress {
  readonly phase: string;
  readonly leftMs: number;
  readonly offeredPerMinute: number;
  readonly achievedPerMinute: number;
  readonly surfaces: readonly SurfaceProgress[];
  readonly errors: number;
  readonly dropped: number;
  /** Busy virtual users; absent: k6 has not said. */
  readonly users?: number | undefined;
}
