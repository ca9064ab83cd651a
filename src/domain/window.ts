import type { HistogramJson } from "./histogram.ts";
import type { RequestKind, Surface } from "./surface.ts";
import type { Milliseconds } from "./units.ts";
import type { Count, Instant } from "./written.ts";

/**
 * What a window counts: `response` and `page` hold histograms of milliseconds; one window per surface and kind
 * every second (`endpoint` absent), one per endpoint every ten.
 */
export interface WindowKey {
  /** What was measured. */
  readonly metric: "response" | "page";
  /** Surface of the requests. */
  readonly surface: Surface;
  /** What kind of requests. */
  readonly kind: RequestKind;
  /** Phase of the load. */
  readonly phase: string;
  /** Absent: all endpoints together. */
  readonly endpoint?: string;
}

/** One slice of time. A line of `windows.ndjson`; lines with the same key and time add up (late samples, several generators). */
export interface Window extends WindowKey {
  /** Kind of line. */
  readonly type: "window";
  /** Start, epoch milliseconds, a multiple of `durationMs`. */
  readonly at: Instant;
  /** Length. @exclusiveMinimum 0 */
  readonly durationMs: Milliseconds;
  /** Which runner measured it: "0" where one made the load, else "1" to their number. */
  readonly generator: string;
  /** Failed requests are in it as infinite. */
  readonly histogram: HistogramJson;
  /** Failures by outcome; `ok` is not among them. */
  readonly failures: Readonly<Record<string, Count>>;
}

/** What counts as a request: those of users. The assets of pages and the sign-ins of `setup()` are reported apart. */
export const isUserRequest = ({ metric, kind }: Pick<WindowKey, "metric" | "kind">): boolean =>
  metric === "response" && kind !== "asset" && kind !== "sign-in";

/** What `FlowWindow.requests` counts, and plans are made of: the sign-ins of `setup()` are among them, in a phase apart. */
export const isFlowRequest = ({ metric, kind }: Pick<WindowKey, "metric" | "kind">): boolean =>
  metric === "response" && kind !== "asset";

/** Before the load, or after it. */
export const isOutsideLoad = ({ phase }: { readonly phase: string }): boolean =>
  phase === "setup" || phase === "teardown";

/** The `flow` and `phase` of the record that counts over all flows; k6 tells busy users no finer. */
export const allFlows = "*";

/** Iterations of one flow in one second. */
export interface FlowWindow {
  /** Kind of line. */
  readonly type: "flow";
  /** Start, epoch milliseconds. */
  readonly at: Instant;
  /** Length. @exclusiveMinimum 0 */
  readonly durationMs: Milliseconds;
  /** Which runner measured it: "0" where one made the load, else "1" to their number. */
  readonly generator: string;
  /** Name of the flow. */
  readonly flow: string;
  /** Phase of the load. */
  readonly phase: string;
  /** Iterations that ended. */
  readonly completed: Count;
  /** Iterations that could not start. */
  readonly dropped: Count;
  /** HTTP requests of this flow without assets. */
  readonly requests: Count;
  /** Lag of iteration starts, milliseconds. */
  readonly lag: HistogramJson;
  /** Virtual users busy at the end of the window, where k6 said so. */
  readonly users?: Count;
}

/** A line of `windows.ndjson`. */
export type WindowRecord = Window | FlowWindow;
