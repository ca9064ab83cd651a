/** What breakpoint runs say about what the platform's workloads carry. Rates are requests of users per second, assets apart. */
import type { Estimate, Warning } from "./estimate.ts";
import type { EnvironmentName } from "./environment.ts";
import type { Surface } from "./surface.ts";

/**
 * `identified`: the limit was passed, the capacity may be used. `knee-not-reached`: only a lower bound is known.
 * `generator-limited`: the generator gave out before the limit. `erratic`: the levels scatter too much round a curve.
 * `not-monotone`: throughput fell and rose again, so that something else than the load moved it.
 */
export type CapacityState =
  | "identified"
  | "knee-not-reached"
  | "generator-limited"
  | "erratic"
  | "not-monotone";

/** A coefficient with its interval; a missing end was not bounded, a missing point would be a guess. */
export interface Coefficient {
  readonly point?: number;
  readonly low?: number;
  readonly high?: number;
  /** 0..1, of the two-sided interval. */
  readonly confidence: number;
}

/** The universal scalability law, X(N) = λN / (1 + σ(N−1) + κN(N−1)), with its intervals. */
export interface FittedLaw {
  readonly method: "log" | "linear";
  readonly sigma: Coefficient;
  readonly kappa: Coefficient;
  /** Throughput at N = 1. */
  readonly lambda: Coefficient;
  /** N of the greatest throughput; absent where the law has none, a lower bound alone where it was not reached. */
  readonly peak?: Coefficient;
  /** Greatest throughput. */
  readonly maxThroughput?: Coefficient;
  /** Spread of the levels round the law, as a share. */
  readonly relativeSpread?: number;
}

/** `saturated`: the platform did not keep up; stays in the fit. `generator-limited`: says nothing about the platform. */
export type LevelState = "served" | "saturated" | "generator-limited";

/** What users of one surface saw at one level. Dropped requests count as infinitely slow; quantiles may be Infinity. */
export interface LevelLatency {
  readonly surface: Surface;
  readonly requests: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** The objective for p95. */
  readonly limitMs: number;
}

/** One plateau of a breakpoint run at one workload, its first third left out. */
export interface CapacityLevel {
  readonly runId: string;
  readonly phase: string;
  /** Of the part that counts, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Absent: not observed. */
  readonly replicas?: number;
  readonly offeredPerSecond: number;
  /** Answered well. */
  readonly completedPerSecond: number;
  readonly droppedPerSecond: number;
  /** Requests that failed or were never sent, as a share of those offered, 0..1. */
  readonly errorRatio: number;
  /** One for each surface of the workload that was loaded. */
  readonly latency: readonly LevelLatency[];
  /** Requests in the system by Little's law: answered per second times mean response time. */
  readonly concurrency: number;
  readonly cpuCoresPerPod?: number;
  readonly memoryBytesPerPod?: number;
  readonly state: LevelState;
}

/** A run that the model rests on. */
export interface CapacityRun {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly planHash: string;
  readonly environment: EnvironmentName;
  readonly sandbox: boolean;
  /** Absent: not observed. */
  readonly replicas?: number;
  /** `rule`: a rule of the platform ended it, which is a breakpoint run's proper end. */
  readonly endedBy: "plan" | "rule" | "other";
}

/** Which of the three limits the capacity is. */
export interface BindingLimit {
  readonly kind: "response-time" | "throughput" | "errors";
  /** Of a response time or an error ratio. */
  readonly surface?: Surface;
  readonly sentence: string;
}

/** How the capacity of the workload grows with its pods: the same law with N pods instead of N requests. */
export interface ReplicaScaling {
  /** Capacity of the whole workload, 1/s, by rising number of pods; one for each number. */
  readonly points: readonly { readonly replicas: number; readonly capacity: Estimate }[];
  /** Absent with fewer than three different numbers of pods. */
  readonly law?: FittedLaw;
  readonly sentence: string;
}

/** One workload. The capacity is that of the runs with the fewest pods; the others tell how it grows with them. */
export interface WorkloadCapacity {
  readonly workload: string;
  readonly surfaces: readonly Surface[];
  readonly runs: readonly CapacityRun[];
  readonly state: CapacityState;
  /** In the order of the offered load, of all runs. */
  readonly levels: readonly CapacityLevel[];
  /** Within `replicas` pods: N requests in the system. */
  readonly law?: FittedLaw;
  /** Pods at which `capacityAtObjective` was measured; absent: not observed. */
  readonly replicas?: number;
  /** Of all those pods together, 1/s; only where `identified`. */
  readonly capacityAtObjective?: Estimate;
  /** 1/s; only where `identified` and the pods were counted. */
  readonly capacityAtObjectivePerPod?: Estimate;
  /** Where not `identified`: so much was carried within the objectives, 1/s a pod (all pods together where not counted). */
  readonly atLeastPerSecond?: number;
  readonly bindingLimit?: BindingLimit;
  /** CPU of a pod for one request, core-milliseconds (unit `ms`), per surface where it can be told apart. */
  readonly cpuMsPerRequest: readonly { readonly surface: Surface; readonly cpuMs: Estimate }[];
  /** Of one pod at its capacity; absent: not observed. */
  readonly atCapacity?: { readonly cpuCoresPerPod?: number; readonly memoryBytesPerPod?: number };
  readonly acrossReplicas?: ReplicaScaling;
  /** What qualifies the numbers, as sentences. */
  readonly warnings: readonly Warning[];
  /** What the runs could not tell, and why, as sentences. */
  readonly refusals: readonly Warning[];
}

/** A run that was given and could not be used at all. */
export interface RefusedRun {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
  readonly hint?: string;
}

export interface CapacityModel {
  readonly schemaVersion: 1;
  readonly workloads: readonly WorkloadCapacity[];
  readonly refusedRuns: readonly RefusedRun[];
}
