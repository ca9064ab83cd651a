/** What breakpoint runs say about what the platform's workloads carry. Rates are requests of users per second, assets apart. */
import type { Count, Instant, Ratio, Real } from "./written.ts";
import type { Estimate, Warning } from "./estimate.ts";
import type { EnvironmentName } from "./environment.ts";
import type { Surface } from "./surface.ts";

/**
 * `identified`: the limit was passed, the capacity may be used. `knee-not-reached`: only a lower bound is known.
 * `generator-saturated`: the generator gave out before the limit. `erratic`: the levels scatter too much round a curve.
 * `not-monotone`: throughput fell and rose again, so that something else than the load moved it.
 */
export type CapacityState =
  | "identified"
  | "knee-not-reached"
  | "generator-saturated"
  | "erratic"
  | "not-monotone";

/** A coefficient with its interval; a missing end was not bounded, a missing point would be a guess. */
export interface Coefficient {
  /** The estimate. */
  readonly point?: Real;
  /** Lower end of the interval. */
  readonly low?: Real;
  /** Upper end of the interval. */
  readonly high?: Real;
  /** 0..1, of the two-sided interval. */
  readonly confidence: Ratio;
}

/** The universal scalability law, X(N) = λN / (1 + σ(N−1) + κN(N−1)), with its intervals. */
export interface FittedLaw {
  /** Whether it was fitted to logarithms or to the values. */
  readonly method: "log" | "linear";
  /** σ, contention. */
  readonly sigma: Coefficient;
  /** κ, coherency. */
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

/** `saturated`: the platform did not keep up; stays in the fit. `generator-saturated`: says nothing about the platform. */
export type LevelState = "served" | "saturated" | "generator-saturated";

/** What users of one surface saw at one level. Dropped requests count as infinitely slow; quantiles may be Infinity. */
export interface LevelLatency {
  /** The surface. */
  readonly surface: Surface;
  /** Requests of the level. */
  readonly requests: Count;
  /** Median in milliseconds. */
  readonly p50Ms?: Real;
  /** 95th percentile in milliseconds. */
  readonly p95Ms?: Real;
  /** 99th percentile in milliseconds. */
  readonly p99Ms?: Real;
  /** The objective for p95. */
  readonly limitMs: number;
}

/** One plateau of a breakpoint run at one workload, its first third left out. */
export interface CapacityLevel {
  /** The run it belongs to. */
  readonly runId: string;
  /** Name of the phase. */
  readonly phase: string;
  /** Of the part that counts, epoch milliseconds. */
  readonly from: Instant;
  /** End of the part that counts, epoch milliseconds. */
  readonly to: Instant;
  /** Absent: not observed. */
  readonly replicas?: number;
  /** Planned requests per second. */
  readonly offeredPerSecond: number;
  /** Answered well. */
  readonly completedPerSecond: number;
  /** Requests per second that were never sent. */
  readonly droppedPerSecond: number;
  /** Requests that failed or were never sent, as a share of those offered, 0..1. */
  readonly errorRatio: Ratio;
  /** One for each surface of the workload that was loaded. */
  readonly latency: readonly LevelLatency[];
  /** Requests in the system by Little's law: answered per second times mean response time. */
  readonly concurrency: number;
  /** CPU of one pod, cores; absent: not observed. */
  readonly cpuCoresPerPod?: number;
  /** Memory of one pod, bytes; absent: not observed. */
  readonly memoryBytesPerPod?: number;
  /** Whether the platform kept up. */
  readonly state: LevelState;
}

/** A run that the model rests on. */
export interface CapacityRun {
  /** Id of the run. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: Instant;
  /** SHA-256 of its load plan. */
  readonly planHash: string;
  /** Name of its environment. */
  readonly environment: EnvironmentName;
  /** Its target was the embedded sandbox. */
  readonly sandbox: boolean;
  /** Absent: not observed. */
  readonly replicas?: number;
  /** `rule`: a rule of the platform ended it, which is a breakpoint run's proper end. */
  readonly endedBy: "plan" | "rule" | "other";
}

/** Which of the three limits the capacity is. */
export interface BindingLimit {
  /** The objective that was exceeded first. */
  readonly kind: "response-time" | "throughput" | "errors";
  /** Of a response time or an error ratio. */
  readonly surface?: Surface;
  /** The limit in words. */
  readonly sentence: string;
}

/** How the capacity of the workload grows with its pods: the same law with N pods instead of N requests. */
export interface ReplicaScaling {
  /** Capacity of the whole workload, 1/s, by rising number of pods; one for each number. */
  readonly points: readonly {
    /** Number of pods. */
    readonly replicas: number;
    /** Capacity with so many pods, 1/s. */
    readonly capacity: Estimate;
  }[];
  /** Absent with fewer than three different numbers of pods. */
  readonly law?: FittedLaw;
  /** The result in words. */
  readonly sentence: string;
}

/** One workload. The capacity is that of the runs with the fewest pods; the others tell how it grows with them. */
export interface WorkloadCapacity {
  /** Name of the Kubernetes workload. */
  readonly workload: string;
  /** Surfaces that it serves. */
  readonly surfaces: readonly Surface[];
  /** The runs that it rests on. */
  readonly runs: readonly CapacityRun[];
  /** Whether the capacity is known. */
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
  /** Which limit is reached first; absent: not known. */
  readonly bindingLimit?: BindingLimit;
  /** CPU of a pod for one request, core-milliseconds (unit `ms`), per surface where it can be distinguished. */
  readonly cpuMsPerRequest: readonly {
    /** The surface. */
    readonly surface: Surface;
    /** CPU of one request, core-milliseconds. */
    readonly cpuMs: Estimate;
  }[];
  /** Of one pod at its capacity; absent: not observed. */
  readonly atCapacity?: {
    /** CPU of one pod, cores. */
    readonly cpuCoresPerPod?: number;
    /** Memory of one pod, bytes. */
    readonly memoryBytesPerPod?: number;
  };
  /** How capacity grows with pods; absent: one number of pods only. */
  readonly acrossReplicas?: ReplicaScaling;
  /** What qualifies the numbers, as sentences. */
  readonly warnings: readonly Warning[];
  /** What the runs could not tell, and why, as sentences. */
  readonly refusals: readonly Warning[];
}

/** A run that was given and could not be used at all. */
export interface RefusedRun {
  /** Id of the run. */
  readonly id: string;
  /** Stable, kebab-case. */
  readonly code: string;
  /** Why it could not be used. */
  readonly reason: string;
  /** What to do about it. */
  readonly hint?: string;
}

export interface CapacityModel {
  /** Version of the model's format. */
  readonly schemaVersion: 1;
  /** One for each workload that was loaded. */
  readonly workloads: readonly WorkloadCapacity[];
  /** Runs that could not be used. */
  readonly refusedRuns: readonly RefusedRun[];
}
