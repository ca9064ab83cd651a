import type { AutoscalingReport } from "./autoscaling.ts";
import type { BrowserReport } from "./browser.ts";
import type { DatabaseReport } from "./database.ts";
import type { Estimate } from "./estimate.ts";
import type { ExitStatus, RunOutcome } from "./exit-status.ts";
import type { RunEvent } from "./observation.ts";
import type { RunRecord } from "./run.ts";
import type { RequestKind, Surface } from "./surface.ts";
import type { UnitName } from "./units.ts";
import type { Finding, Validity, Verdict } from "./verdict.ts";

/** Latency of one surface, kind and metric over the judged phases. Absent quantiles: no samples. May be Infinity. */
export interface LatencyRow {
  readonly metric: "response" | "page";
  readonly surface: Surface;
  readonly kind: RequestKind;
  readonly endpoint?: string;
  readonly requests: number;
  readonly failed: number;
  readonly dropped: number;
  readonly requestsPerMinute: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly maxMs?: number;
}

/** Failures of one endpoint with one outcome. */
export interface ErrorGroup {
  readonly surface: Surface;
  readonly endpoint: string;
  readonly outcome: string;
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstSeen: number;
}

/** One line of a chart. `points`: [epoch ms, value], ascending; a missing value leaves the gap it is. */
export interface Series {
  /** Which chart it belongs to: `rate`, `p95`, `errors`, `users`, `generator`. Charts share one time axis. */
  readonly chart: string;
  readonly label: string;
  readonly unit: UnitName;
  readonly surface?: Surface;
  /** `points`: each stands for itself, what lies between two was not measured. */
  readonly style: "line" | "step" | "area" | "points";
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** Which part of the plan was measured. */
export interface Coverage {
  readonly plannedMs: number;
  readonly achievedMs: number;
  /** Epoch milliseconds of the judged part; absent where nothing was judged. */
  readonly judgedFrom?: number;
  readonly judgedTo?: number;
  readonly partial: boolean;
}

/** The health of the load generator. Absent: not observed. */
export interface GeneratorHealth {
  readonly cpuCores: number;
  /** 0..1 of all cores, 95th percentile over the judged phases (the third-busiest second of a short run). */
  readonly k6CpuP95Ratio?: number;
  readonly hostIdleP5Ratio?: number;
  readonly k6MemoryMaxBytes?: number;
  readonly lagP99Ms?: number;
  readonly droppedIterations: number;
  readonly plannedIterations: number;
  readonly completedIterations: number;
  readonly ceilingRequestsPerSecond?: number;
}

/** The one versioned document that every reporter renders, and that `--json` prints. */
export interface Report {
  readonly schemaVersion: 1;
  readonly outcome: RunOutcome;
  readonly exitStatus: ExitStatus;
  /** Why, in one sentence. */
  readonly sentence: string;
  readonly run: RunRecord;
  readonly coverage: Coverage;
  readonly validity: Validity;
  readonly verdicts: readonly Verdict[];
  readonly findings: readonly Finding[];
  /** HTTP requests per minute over the judged phases, assets apart: offered by plan, sent, answered well. */
  readonly throughput?: { readonly offered: number; readonly achieved: Estimate };
  readonly latency: readonly LatencyRow[];
  readonly endpoints: readonly LatencyRow[];
  readonly errors: readonly ErrorGroup[];
  readonly series: readonly Series[];
  readonly generator: GeneratorHealth;
  /** What the observers of the platform add; absent where nothing watched. */
  readonly autoscaling?: AutoscalingReport;
  readonly database?: DatabaseReport;
  readonly browser?: BrowserReport;
  readonly events: readonly RunEvent[];
  /** How it was measured: definitions, tests, limits; sentences. */
  readonly method: readonly string[];
}
