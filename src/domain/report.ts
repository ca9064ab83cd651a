import type { Count, Instant, Real } from "./written.ts";
import type { AutoscalingReport } from "./autoscaling.ts";
import type { BrowserReport } from "./browser.ts";
import type { DatabaseReport } from "./database.ts";
import type { Estimate } from "./estimate.ts";
import type { ExitStatus, RunOutcome } from "./exit-status.ts";
import type { LatencyDistribution } from "./latency-distribution.ts";
import type { ReportedEvent } from "./observation.ts";
import type { ResilienceReport } from "./resilience.ts";
import type { RunRecord } from "./run.ts";
import type { AppliedSilence } from "./silence.ts";
import type { RequestKind, Surface } from "./surface.ts";
import type { UnitName } from "./units.ts";
import type { Finding, Validity, Verdict } from "./verdict.ts";

/** Latency of one surface, kind and metric over the judged phases. Absent quantiles: no samples. May be Infinity. */
export interface LatencyRow {
  /** `response`: one request; `page`: a page with its assets. */
  readonly metric: "response" | "page";
  /** Surface of the requests. */
  readonly surface: Surface;
  /** What the requests are for. */
  readonly kind: RequestKind;
  /** Name of the endpoint; absent: all endpoints of the surface and kind. */
  readonly endpoint?: string;
  /** Requests, failed and dropped ones included. */
  readonly requests: Count;
  /** Requests that failed. */
  readonly failed: Count;
  /** Requests that were planned and never sent. */
  readonly dropped: Count;
  /** Requests per minute. */
  readonly requestsPerMinute: number;
  /** Median in milliseconds. */
  readonly p50Ms?: Real;
  /** 95th percentile in milliseconds. */
  readonly p95Ms?: Real;
  /** 99th percentile in milliseconds. */
  readonly p99Ms?: Real;
  /** Maximum in milliseconds. */
  readonly maxMs?: Real;
}

/** Failures of one endpoint with one outcome. */
export interface ErrorGroup {
  /** Surface of the requests. */
  readonly surface: Surface;
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** How they failed: a status or a kind of error. */
  readonly outcome: string;
  /** Number of failures. */
  readonly count: Count;
  /** Epoch milliseconds. */
  readonly firstSeen: Instant;
}

/** One line of a chart. `points`: [epoch ms, value], ascending; a missing value leaves the gap it is. */
export interface Series {
  /** Which chart it belongs to: `rate`, `p95`, `replicas`, `nodes` … Charts share one time axis. */
  readonly chart: string;
  /** The workload whose chart it is; absent: the chart is not of one. */
  readonly workload?: string | undefined;
  /** `platform`: a chart of the platform's own metrics. */
  readonly section?: "platform" | undefined;
  /** What the line is, where a chart draws it in its own way: pods that were ready, a bound of their number, a target. */
  readonly role?: "ready" | "bound" | "target" | undefined;
  /** Name of the line in the legend. */
  readonly label: string;
  /** Unit of the values. */
  readonly unit: UnitName;
  /** The surface it belongs to; absent: no single one. */
  readonly surface?: Surface;
  /** `points`: each stands for itself, what lies between two was not measured. */
  readonly style: "line" | "step" | "area" | "points";
  /** [epoch milliseconds, value] in ascending order. */
  readonly points: readonly (readonly [at: Instant, value: Real])[];
}

/** Which part of the plan was measured. */
export interface Coverage {
  /** Planned duration of the load, milliseconds. */
  readonly plannedMs: number;
  /** Duration of the load that took place, milliseconds. */
  readonly achievedMs: number;
  /** Epoch milliseconds of the judged part; absent where nothing was judged. */
  readonly judgedFrom?: Instant;
  /** End of the judged part, epoch milliseconds; absent where nothing was judged. */
  readonly judgedTo?: Instant;
  /** Less was measured than planned. */
  readonly partial: boolean;
}

/** The health of the load generator. Absent: not observed. */
export interface GeneratorHealth {
  /** Cores of the machine. */
  readonly cpuCores: number;
  /** 0..1 of all cores, 95th percentile over the judged phases (the third-busiest second of a short run). */
  readonly k6CpuP95Ratio?: number;
  /** 5th percentile of the idle share of all cores, 0..1. */
  readonly hostIdleP5Ratio?: number;
  /** Most memory of k6, bytes. */
  readonly k6MemoryMaxBytes?: number;
  /** 99th percentile of how late iterations started, milliseconds. */
  readonly lagP99Ms?: Real;
  /** Iterations that were planned and not started. */
  readonly droppedIterations: Count;
  /** Iterations that the plan asks for; may be a fraction. */
  readonly plannedIterations: number;
  /** Iterations that ended. */
  readonly completedIterations: Count;
  /** Calibrated ceiling of this machine, requests per second. */
  readonly ceilingRequestsPerSecond?: number;
  /** Each runner by itself; absent where one made the load. */
  readonly runners?: readonly RunnerHealth[] | undefined;
}

/** One of several runners. */
export interface RunnerHealth {
  /** "1" to the number of runners. */
  readonly runner: string;
  /** HTTP requests in the judged phases, assets among them. */
  readonly requests: Count;
  /** The same per second of the judged phases. */
  readonly requestsPerSecond: number;
  /** The same as a share of all runners' requests, 0..1. */
  readonly share?: number | undefined;
  /** Iterations that the plan gives it, all phases. */
  readonly plannedIterations: Count;
  /** Iterations that it started. */
  readonly startedIterations: Count;
  /** Iterations that it could not start. */
  readonly droppedIterations: Count;
  /** 99th percentile of how late its iterations started in the judged phases, milliseconds. */
  readonly lagP99Ms?: Real | undefined;
  /** How long after the first runner its load began, milliseconds; absent where it did not. */
  readonly startDelayMs?: number | undefined;
  /** 95th percentile of the cores that its k6 used in the judged phases. */
  readonly cpuCoresP95?: number | undefined;
  /** Most memory of its k6, bytes. */
  readonly memoryMaxBytes?: number | undefined;
}

/** The one versioned document that every reporter renders, and that `--json` prints. */
export interface Report {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** Result of the run. */
  readonly outcome: RunOutcome;
  /** Exit status of the command. */
  readonly exitStatus: ExitStatus;
  /** Why, in one sentence. */
  readonly sentence: string;
  /** The run record: plan, versions, generator, target. */
  readonly run: RunRecord;
  /** Which part of the plan was measured. */
  readonly coverage: Coverage;
  /** Whether the run can be judged. */
  readonly validity: Validity;
  /** One for each check. */
  readonly verdicts: readonly Verdict[];
  /** Most urgent first. */
  readonly findings: readonly Finding[];
  /** What the environment file silences, and the findings that are for that reason not among the others; absent: nothing. */
  readonly silenced?: readonly AppliedSilence[] | undefined;
  /** HTTP requests per minute over the judged phases, assets apart: offered by plan, sent, answered well. */
  readonly throughput?: {
    /** Requests per minute that the plan asks for. */
    readonly offered: number;
    /** Requests per minute that were answered well. */
    readonly achieved: Estimate;
  };
  /** Latency by surface, kind and metric. */
  readonly latency: readonly LatencyRow[];
  /** Latency by endpoint. */
  readonly endpoints: readonly LatencyRow[];
  /** Percentile curves and latency over time, one for each surface with requests; absent in reports of earlier versions. */
  readonly distributions?: readonly LatencyDistribution[] | undefined;
  /** Failures by endpoint and outcome. */
  readonly errors: readonly ErrorGroup[];
  /** Lines of the charts. */
  readonly series: readonly Series[];
  /** The health of the load generator. */
  readonly generator: GeneratorHealth;
  /** What the observers of the platform add; absent where nothing watched. */
  readonly autoscaling?: AutoscalingReport;
  /** What the database observer adds; absent where nothing watched. */
  readonly database?: DatabaseReport;
  /** What events did to the platform; absent where none was planned. */
  readonly resilience?: ResilienceReport | undefined;
  /** What the browser observer adds; absent where nothing watched. */
  readonly browser?: BrowserReport;
  /** What happened to the run itself, in order. */
  readonly events: readonly ReportedEvent[];
  /** How it was measured: definitions, tests, limits; sentences. */
  readonly method: readonly string[];
  /** Of all other fields, as JSON; only in `verdicts.json`. */
  readonly sha256?: string;
}
