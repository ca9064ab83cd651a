/** Events that a resilience run makes while its load goes on: as planned, and as they came about. */
import type { Surface } from "./surface.ts";
import type { Amount, Count, Instant, Ratio, Real } from "./written.ts";

export const eventKinds = [
  "rolling-update",
  "rollback",
  "pod-deletion",
  "node-drain",
  "node-loss",
  "database-failover",
  "replica-lag",
  "cache-flush",
  "subgraph-restart",
  "external-outage",
] as const;
export type EventKind = (typeof eventKinds)[number];

/** What makes an event: the Kubernetes API, a command, an object of a chaos tool, a person, the sandbox. */
export type EventMaker = "kubernetes" | "command" | "object" | "hand" | "sandbox";

/** An event of the plan. */
export interface PlannedEvent {
  /** What happens. */
  readonly kind: EventKind;
  /** What it happens to: a workload, a pod, a node, a subgraph, a service; absent: what the kind is about. */
  readonly target?: string | undefined;
  /** Seconds from the start of the load's hold. */
  readonly atSeconds: Amount;
  /** What makes it. */
  readonly by: EventMaker;
}

/** As it is typed: `rolling-update=api`. */
export const eventText = ({ kind, target }: Pick<PlannedEvent, "kind" | "target">): string =>
  target === undefined ? kind : `${kind}=${target}`;

/** In the order in which they can be reached; `ready`: the replacement is; `served`: it answered a request. */
export const eventSteps = [
  "detected",
  "rescheduled",
  "started",
  "ready",
  "promoted",
  "served",
] as const;
export type EventStepName = (typeof eventSteps)[number];

/** Something that an event's recovery consists of was reached. */
export interface EventStep {
  /** What was reached. */
  readonly name: EventStepName;
  /** Epoch milliseconds, ours. */
  readonly at: Instant;
}

/** An event as it came about. */
export interface EventRecord {
  /** What happened. */
  readonly kind: EventKind;
  /** What it happened to. */
  readonly target?: string | undefined;
  /** What made it. */
  readonly by: EventMaker;
  /** When it should have begun, epoch milliseconds. */
  readonly plannedAt: Instant;
  /** When it began, epoch milliseconds. */
  readonly startedAt: Instant;
  /** When it was over, epoch milliseconds; absent: not while it was watched. */
  readonly endedAt?: Instant | undefined;
  /** `timed-out`: it did not end in its time; `interrupted`: the load ended before it did. */
  readonly outcome: "done" | "failed" | "timed-out" | "interrupted";
  /** In the order of their time. */
  readonly steps: readonly EventStep[];
  /** For people: why it failed, what was done. */
  readonly sentence?: string | undefined;
}

/** An event of a resilience run when it began, as a line of `events.ndjson`: all there is of one whose Headroom died before it was over. */
export interface ResilienceBeginEvent extends Pick<
  EventRecord,
  "kind" | "target" | "by" | "plannedAt"
> {
  /** Kind of event. */
  readonly type: "resilience-begin";
  /** Epoch milliseconds. */
  readonly at: Instant;
}

/** An event of a resilience run when it was over, as a line of `events.ndjson`. */
export interface ResilienceEvent extends EventRecord {
  /** Kind of event. */
  readonly type: "resilience";
  /** Epoch milliseconds. */
  readonly at: Instant;
}

/** Writes that carried an idempotency key, were answered well, and were read back after the last event. */
export interface WritesReadBackEvent {
  /** Kind of event. */
  readonly type: "writes-read-back";
  /** Epoch milliseconds. */
  readonly at: Instant;
  /** Writes that were read back. */
  readonly checked: Count;
  /** Of these, answered well and not there: when each was answered, in order. */
  readonly lostAt: readonly Instant[];
  /** Of these, there more than once. */
  readonly doubled: Count;
  /** Writes that could not be read back: what became of them is not known. */
  readonly unchecked: Count;
}

/**
 * Requests of users to one endpoint that ended in one second, one by one, in the order in which they ended. Written of a second
 * in which one of them failed, and of the next one in which none did: in all others, every request was answered well.
 */
export interface TracedRequests {
  /** Start of the second, epoch milliseconds. */
  readonly at: Instant;
  /** Surface of the requests. */
  readonly surface: Surface;
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** What became of each; `ok`: it was answered well. */
  readonly outcomes: readonly string[];
  /** When each ended, milliseconds after `at`. */
  readonly endedMs: readonly Amount[];
  /** How long each took, from its intended start, milliseconds. */
  readonly tookMs: readonly Amount[];
}

/** As a line of `events.ndjson`, in runs that make events. */
export interface TracedRequestsEvent extends TracedRequests {
  /** Kind of event. */
  readonly type: "traced-requests";
}

/** What an event did to the load. Times from its start, milliseconds. */
export interface EventImpact {
  /** Requests until it had no effect any more. */
  readonly requests: Count;
  /** Of these, failed or never sent. */
  readonly lost: Count;
  /** How they failed: a status, a connection that was cut (`reset`), a session that was not known any more (`unauthorized`). */
  readonly lostBy: Readonly<Record<string, Count>>;
  /** Share of these that was answered well; absent: there were none. */
  readonly availability?: Ratio | undefined;
  /** Until when it had an effect, epoch milliseconds. */
  readonly effectUntil: Instant;
  /** To the first lost request; absent: none was lost. */
  readonly firstErrorMs?: Amount | undefined;
  /** Until objectives held for a whole minute again; absent: not within the run. */
  readonly recoveryMs?: Amount | undefined;
  /** The least that was answered well in five seconds, as a share of what was without the event; absent: not measured. */
  readonly capacityLeft?: Ratio | undefined;
  /** The share of the API's requests after it that still had their session, which is not renewed in a run; absent: there were none. */
  readonly sessionsKept?: Ratio | undefined;
  /** The largest share of the workload's pods that were not available; absent: not observed. */
  readonly unavailableRatio?: Ratio | undefined;
  /** The requests lost beyond those without the event, as a share of what may fail in a month at this rate. */
  readonly errorBudgetShare: Real;
  /** From step to step, up to the recovery ("served"). */
  readonly parts: readonly {
    /** The step that ends it. */
    readonly name: EventStepName;
    /** How long it took, milliseconds. */
    readonly ms: Amount;
  }[];
}

/** What happened to the platform while the load went on. */
export interface ResilienceReport {
  /** In the order of time. */
  readonly events: readonly {
    /** The event as it came about. */
    readonly event: EventRecord;
    /** What it did to the load. */
    readonly impact: EventImpact;
  }[];
}

/** Observer of sign-ins during a run with events; its observations are 1 for one that succeeded, 0 for one that did not. */
export const signInSource = "sign-in";
