/** The documents that Headroom writes: their JSON Schemas are made from these types (`npm run schemas`). */
import type { Comparison } from "./domain/comparison.ts";
import type { FitState } from "../analysis/capacity/fit-scalability.ts";
import type { Detection } from "../analysis/change-points/types.ts";
import type { RunDifference } from "../analysis/comparison/comparability.ts";
import type { RunSetComparison } from "../analysis/comparison/judge-sets.ts";
import type { Warning } from "./domain/estimate.ts";
import type { RunOutcome } from "./domain/exit-status.ts";
import type { ChangePoint } from "./domain/history.ts";
import type { Amount, Count, PlainName, Ratio } from "./domain/written.ts";
import type { NightlyAnswer } from "./nightly.ts";

export type { Decisions, HistoryRun } from "./domain/history.ts";
export type { PageView } from "./domain/page-view.ts";
export type { GateDocument } from "../reports/gate/document.ts";
export type { PlanDocument } from "./domain/capacity-plan.ts";
export type { MeasuredMix } from "./domain/mix.ts";
export type {
  AbortEvent,
  EngineEvent,
  FailureEvent,
  GapEvent,
  LoadEvent,
  Observation,
  PhaseEvent,
} from "./domain/observation.ts";
export type { Report } from "./domain/report.ts";
export type {
  ResilienceBeginEvent,
  ResilienceEvent,
  TracedRequestsEvent,
  WritesReadBackEvent,
} from "./domain/resilience.ts";
export type { FlowWindow, Window } from "./domain/window.ts";
export type { Calibration, GateRecord, NightlyRecord, PlanRecord } from "./domain/run.ts";

/** `headroom nightly --json`. */
export interface NightlyDocument extends NightlyAnswer {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** The last attempt at each run. */
  readonly runs: readonly {
    /** Id of the run. */
    readonly id: PlainName;
    /** Result of the run. */
    readonly outcome: RunOutcome;
  }[];
}

/** `headroom detect --json`. */
export interface DetectionDocument extends Omit<Detection, "changePoints" | "levels"> {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** Values of the series, gaps included. */
  readonly n: Count;
  /** Lasting changes of level, in order. */
  readonly changePoints: readonly DetectedChange[];
}

/** A lasting change of level. */
export interface DetectedChange extends ChangePoint {
  /**
   * Time of the first value after the change, as the input writes it; absent where it has no times.
   * @anyOf [{"type":"string"},{"type":"number"}]
   */
  readonly time?: string | number | undefined;
}

/** `headroom compare --json` for files of values. */
export interface ComparisonDocument extends Omit<
  Comparison,
  "method" | "reason" | "chanceOfNoRegression"
> {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
}

/** `headroom compare --json` for stored runs. */
export interface RunComparisonDocument extends RunSetComparison {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** What tells it from other documents. */
  readonly kind: "run-comparison";
  /** Ids of the baseline's runs. */
  readonly baseline: readonly PlainName[];
  /** Ids of the candidate's runs. */
  readonly candidate: readonly PlainName[];
  /** The change that matters, as a share. */
  readonly margin: Amount;
  /** 0..1, of the two-sided intervals. */
  readonly confidence: Ratio;
  /** Runs at the same place belong together. */
  readonly paired: boolean;
  /** What differs between the sets besides the build under test. */
  readonly differences: readonly RunDifference[];
}

/** `headroom fit --json`. What is not known is null. */
export interface FitDocument {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** Whether the capacity may be used, else why not: docs/fit.md. */
  readonly state: FitState;
  /** Contention. */
  readonly sigma: FittedValue | null;
  /** Coherency. */
  readonly kappa: FittedValue | null;
  /** Throughput of one request alone. */
  readonly lambda: FittedValue | null;
  /** Concurrency of the greatest throughput. */
  readonly peakConcurrency: FittedValue | null;
  /** Greatest throughput. */
  readonly maxThroughput: FittedValue | null;
  /** What was measured, without any law. */
  readonly measured: {
    /** Throughput of the best level. */
    readonly maxThroughput: FittedValue;
    /** Smallest measured load that reaches 95 % of it. */
    readonly saturationLoad: Amount;
    /** Largest measured load below that does not. */
    readonly loadBelowSaturation: Amount | null;
  } | null;
  /** A straight line up to a hard limit, where it describes the levels better than the law. */
  readonly piecewise: {
    /** Throughput of one request alone. */
    readonly lambda: Amount;
    /** Load at the limit. */
    readonly kneeLoad: FittedValue;
    /** Throughput at the limit. */
    readonly maxThroughput: FittedValue;
  } | null;
  /** What qualifies the result. */
  readonly warnings: readonly Warning[];
}

/** A value with its interval; ends are null where the data set no bound. */
export interface FittedValue {
  /** The best single value. */
  readonly point: number | null;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
  /** 0..1, of the two-sided interval. */
  readonly confidence: Ratio;
}
