import type { Count, Factor, Instant, Real } from "./written.ts";
import type { Surface } from "./surface.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Instants of a cluster whose clocks run `scale` times as fast as ours (the sandbox's may): its stamp is
 * `startedAt + scale × (ours − startedAt)`. A real cluster has scale 1.
 */
export interface ClusterClock {
  /** Epoch milliseconds at which both clocks agreed. */
  readonly startedAt: Instant;
  /** How many times as fast as ours the cluster's clocks run. */
  readonly scale: Factor;
}

/** A stamp of the cluster → our epoch milliseconds. Observers call it once, at the door. */
export const fromClusterTime = ({ startedAt, scale }: ClusterClock, at: number): number =>
  startedAt + (at - startedAt) / scale;

/** Ours → the cluster's: policies count in the cluster's seconds. */
export const toClusterTime = ({ startedAt, scale }: ClusterClock, at: number): number =>
  startedAt + (at - startedAt) * scale;

/** Why the autoscaler wanted what it wanted at one step. */
export interface ScalingDecision {
  /** Epoch milliseconds, ours. */
  readonly at: Instant;
  /** Replicas before the decision. */
  readonly from: Count;
  /** Replicas after the decision. */
  readonly to: Count;
  /** The metric that asked for most: "cpu 84 % of 70 %". */
  readonly metric: string;
  /** Replicas that the metrics alone ask for; then after stabilisation. */
  readonly proposed: Count;
  /** Replicas after stabilisation. */
  readonly stabilised: Count;
  /** "2 pods in 30 s", "maximum 10"; absent: nothing held it back. */
  readonly limitedBy?: string;
  /** The decision in words. */
  readonly sentence: string;
}

/** From a load that asks for more pods to pods that serve it: whose seconds were they? All in cluster milliseconds. */
export interface TimeToServe {
  /** Epoch milliseconds of the increased demand. */
  readonly at: Instant;
  /** Replicas before. */
  readonly from: Count;
  /** Replicas after. */
  readonly to: Count;
  /** Whole time, milliseconds of the cluster. */
  readonly totalMs: Real;
  /** In order: metric lag, decision, schedule, node, start, ready. A part that was not observed is absent. */
  readonly parts: readonly {
    /** Name of the part. */
    readonly name: string;
    /** Duration of the part, milliseconds of the cluster. */
    readonly ms: number;
  }[];
}

/** One workload and its autoscaler during the run. */
export interface WorkloadScaling {
  /** Name of the Kubernetes workload. */
  readonly workload: string;
  /** Surfaces that it serves. */
  readonly surfaces: readonly Surface[];
  /** Absent: the workload has no autoscaler, and `gaps` says so. */
  readonly autoscaler?: {
    /** Name of the autoscaler. */
    readonly name: string;
    /** Configured minimum of replicas. */
    readonly minReplicas: Count;
    /** Configured maximum of replicas. */
    readonly maxReplicas: Count;
    /** "cpu 70 % of request". */
    readonly targets: readonly string[];
    /** "up: 2 pods in 30 s, no window". */
    readonly behaviour: readonly string[];
  };
  /** Number of replicas during the run; absent: not observed. */
  readonly replicas?: {
    /** Fewest replicas. */
    readonly least: Count;
    /** Most replicas. */
    readonly most: Count;
    /** Replicas at the start. */
    readonly atStart: Count;
    /** Replicas at the end. */
    readonly atEnd: Count;
  };
  /** A1 to A13 in order. */
  readonly checks: readonly {
    /** `A1` to `A13`. */
    readonly number: string;
    /** The check's verdict. */
    readonly verdict: Verdict;
    /** What it rests on, as sentences. */
    readonly evidence: readonly string[];
  }[];
  /** Events that Kubernetes recorded. */
  readonly events: readonly {
    /** Epoch milliseconds. */
    readonly at: Instant;
    /** Reason as Kubernetes names it. */
    readonly reason: string;
    /** Message of Kubernetes. */
    readonly message: string;
  }[];
  /** Decisions of the autoscaler, in order. */
  readonly decisions: readonly ScalingDecision[];
  /** One for each scale-up. */
  readonly timeToServe: readonly TimeToServe[];
  /** What could not be observed, one sentence each. */
  readonly gaps: readonly string[];
}

/** The report's part about pods, autoscalers and nodes. Its lines are series of the charts `replicas` and `utilisation` of a workload, and `nodes`. */
export interface AutoscalingReport {
  /** The cluster's clock. */
  readonly clock: ClusterClock;
  /** One for each workload. */
  readonly workloads: readonly WorkloadScaling[];
  /** What the lint found before the load; the findings stand among the report's findings too. */
  readonly lint: readonly {
    /** Stable id of the rule. */
    readonly id: string;
    /** What was found. */
    readonly sentence: string;
    /** What to do about it. */
    readonly action: string;
  }[];
  /** What of the cluster could not be observed at all, one sentence each. */
  readonly gaps: readonly string[];
}
