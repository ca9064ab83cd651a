/** What a kind of event is made of: what it does, and how it goes on. */
import { UsageError } from "../../../src/domain/errors.ts";
import type { SandboxEventRequest } from "../../../src/domain/sandbox-events.ts";
import type { CircuitBreaker } from "../breakers/breaker.ts";
import type { Dependencies } from "../breakers/dependencies.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Standby } from "../database/standby.ts";
import type { PodVersion, ReplicaSet, Workload } from "../cluster/workload.ts";

/** What is asked for, by the control call or through the Kubernetes API, which says more. */
export interface EventRequest extends SandboxEventRequest {
  /** Of a rolling update; absent: the present version, restarted. */
  readonly version?: PodVersion;
  /** Of a rollback; absent: the version before. */
  readonly to?: ReplicaSet;
}

/** Parts of the platform that events happen to. */
export interface EventPlatform {
  readonly cluster?: Cluster | undefined;
  readonly dependencies?: Dependencies;
  readonly standby?: Standby | undefined;
  /** Connections are made to the standby from now on. */
  readonly useStandby?: () => void;
  /** Blocks of the writes that were answered well. */
  readonly acknowledged?: readonly string[];
}

/** An event that is about to happen. */
export interface Happening {
  /** What it happens to, where the request left that open. */
  readonly target?: string;
  /** Whose pods are counted meanwhile. */
  readonly workloads?: readonly Workload[];
  /** What stands before the dependency that is concerned. */
  readonly breaker?: CircuitBreaker;
  /** Reads that a cache did not answer since. */
  readonly slowReads?: () => number;
  /** Makes it happen, and ends when it is over; never, where it does not come to an end. */
  readonly run: (course: Course) => Promise<void>;
}

/** For whoever makes an event happen. */
export interface Course {
  /** Something was reached, now. A name counts once. */
  readonly step: (name: string) => void;
  /** So much of the primary's log is nowhere any more, and so many writes that were answered well. */
  readonly lost: (walBytes: number, writes: number) => void;
  /** Asked every few milliseconds. */
  readonly until: (isTrue: () => boolean) => Promise<void>;
}

/** @throws UsageError where it cannot happen here */
export type EventKindScript = (platform: EventPlatform, request: EventRequest) => Happening;

export const refuse = (message: string, code: string, hint?: string): UsageError =>
  new UsageError(message, { code, hint });
