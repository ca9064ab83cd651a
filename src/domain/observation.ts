import type {
  ResilienceBeginEvent,
  ResilienceEvent,
  TracedRequestsEvent,
  WritesReadBackEvent,
} from "./resilience.ts";
import type { Instant } from "./written.ts";
import type { UnitName } from "./units.ts";

/** A number that an observer measured. */
export interface Observation {
  /** Observer: `generator`, `prometheus`, `database`, `browser`. */
  readonly source: string;
  /** `k6.cpu`, `host.idle`, `probe.latency`. */
  readonly name: string;
  /** What tells apart values of one name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds, of the observed system's clock where it tells one. */
  readonly at: Instant;
  /** May be infinite. @anyOf [{"type":"number"},{"const":"Infinity"}] */
  readonly value: number;
  /** Unit of the value. */
  readonly unit: UnitName;
}

/** Why data of an observer is missing. Public; what decides a verdict reads these, never the sentence. */
export type GapCode =
  /** The source could not be asked at all. */
  | "unreachable"
  /** The observer did not start, or not before the load. */
  | "not-started"
  /** The observer did not finish in time: its last records are missing. */
  | "not-finished"
  /** A query, resource or statement was refused, failed or timed out. */
  | "no-answer"
  /** An answer that its source calls incomplete. */
  | "partial-answer"
  /** The metrics store has no samples of it. */
  | "no-samples"
  /** A ratio or quantile of nothing. */
  | "nothing-to-divide"
  /** More series than are kept. */
  | "series-limit"
  /** The source's clock differs from ours: time stamps were corrected. */
  | "clock-offset"
  /** The namespace has no such workload. */
  | "no-such-workload"
  /** A watch broke; the resource was listed instead. */
  | "watch-broken"
  /** Replicas were still changing when the load began. */
  | "not-settled"
  /** The role may not read it. */
  | "missing-right"
  /** Statement statistics are not installed or not switched on. */
  | "no-statement-statistics"
  /** Counters were reset or evicted during the run. */
  | "counters-lost"
  /** Headroom's own process did not run for a while. */
  | "process-stalled"
  /** Headroom died during the run, and another one went on later. */
  | "unattended"
  /** The browser, or the k6 process that drives it, ended by itself. */
  | "browser-ended"
  /** k6 could not push to the metrics store. */
  | "push-failed"
  /** Of a run from before reasons had codes, whose sentence is none of that version. */
  | "unknown";

/** Data that an observer could not get. No zero stands in for it. */
export interface Gap {
  /** Epoch milliseconds, ours. */
  readonly at: Instant;
  /** The observer whose data is missing. */
  readonly source: string;
  /** Why it is missing. */
  readonly code: GapCode;
  /** What is missing: queries, resources, workloads. Absent: everything that the observer would have recorded. */
  readonly subjects?: readonly string[] | undefined;
  /** For people: what was asked, what came, what to do. Holds no secret. */
  readonly sentence: string;
}

/** A gap as a line of `events.ndjson`. */
export interface GapEvent extends Gap {
  /** Kind of event. */
  readonly type: "gap";
}

/** A phase of the load began. */
export interface PhaseEvent {
  /** Kind of event. */
  readonly type: "phase";
  /** Epoch milliseconds. */
  readonly at: Instant;
  /** Name of the phase that began. */
  readonly phase: string;
}

/** The load began or ended. */
export interface LoadEvent {
  /** Kind of event. */
  readonly type: "load-start" | "load-end";
  /** Epoch milliseconds. */
  readonly at: Instant;
}

/** A rule ended the run. */
export interface AbortEvent {
  /** Kind of event. */
  readonly type: "abort";
  /** Epoch milliseconds. */
  readonly at: Instant;
  /** Id of the rule that ended the run. */
  readonly rule: string;
  /** One sentence for people. */
  readonly message: string;
}

/** The first failed requests of each kind. */
export interface FailureEvent {
  /** Kind of event. */
  readonly type: "failure";
  /** Epoch milliseconds. */
  readonly at: Instant;
  /** Surface of the request. */
  readonly surface: string;
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** Outcome that it is counted by: `http_503`, `refused`, `timeout`. */
  readonly outcome: string;
  /** How the request failed, for people. */
  readonly detail: string;
}

/** A line of k6's log. */
export interface EngineEvent {
  /** Kind of event. */
  readonly type: "engine";
  /** Epoch milliseconds. */
  readonly at: Instant;
  /** Severity that k6 logged it with. */
  readonly level: string;
  /** One sentence for people. */
  readonly message: string;
}

/** What happened to the run itself. */
export type ReportedEvent =
  | PhaseEvent
  | LoadEvent
  | AbortEvent
  | FailureEvent
  | GapEvent
  | EngineEvent
  | ResilienceBeginEvent
  | ResilienceEvent
  | WritesReadBackEvent;

/** A line of `events.ndjson`. */
export type RunEvent = ReportedEvent | TracedRequestsEvent;
