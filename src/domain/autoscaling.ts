import type { Surface } from "./surface.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Instants of a cluster whose clocks run `scale` times as fast as ours (the sandbox's may): its stamp is
 * `startedAt + scale × (ours − startedAt)`. A real cluster has scale 1.
 */
export interface ClusterClock {
  /** Epoch milliseconds at which both clocks agreed. */
  readonly startedAt: number;
  readonly scale: number;
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
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** The metric that asked for most: "cpu 84 % of 70 %". */
  readonly metric: string;
  /** Replicas that the metrics alone ask for; then after stabilisation. */
  readonly proposed: number;
  readonly stabilised: number;
  /** "2 pods in 30 s", "maximum 10"; absent: nothing held it back. */
  readonly limitedBy?: string;
  readonly sentence: string;
}

/** From a load that asks for more pods to pods that serve it: whose seconds were they? All in cluster milliseconds. */
export interface TimeToServe {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly totalMs: number;
  /** In order: metric lag, decision, schedule, node, start, ready. A part that was not observed is absent. */
  readonly parts: readonly { readonly name: string; readonly ms: number }[];
}

/** One workload and its autoscaler during the run. */
export interface WorkloadScaling {
  readonly workload: string;
  readonly surfaces: readonly Surface[];
  /** Absent: the workload has no autoscaler, and `gaps` says so. */
  readonly autoscaler?: {
    readonly name: string;
    readonly minReplicas: number;
    readonly maxReplicas: number;
    /** "cpu 70 % of request". */
    readonly targets: readonly string[];
    /** "up: 2 pods in 30 s, no window". */
    readonly behaviour: readonly string[];
  };
  readonly replicas?: {
    readonly least: number;
    readonly most: number;
    readonly atStart: number;
    readonly atEnd: number;
  };
  /** A1 to A13 in order. */
  readonly checks: readonly {
    readonly number: string;
    readonly verdict: Verdict;
    readonly evidence: readonly string[];
  }[];
  readonly events: readonly {
    readonly at: number;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly decisions: readonly ScalingDecision[];
  readonly timeToServe: readonly TimeToServe[];
  /** What could not be observed, one sentence each. */
  readonly gaps: readonly string[];
}

/** The report's part about pods, autoscalers and nodes. Its lines are series of the charts `replicas …`, `utilisation …`, `nodes`. */
export interface AutoscalingReport {
  readonly clock: ClusterClock;
  readonly workloads: readonly WorkloadScaling[];
  /** What the lint found before the load; the findings stand among the report's findings too. */
  readonly lint: readonly {
    readonly id: string;
    readonly sentence: string;
    readonly mend: string;
  }[];
  /** What of the cluster could not be observed at all, one sentence each. */
  readonly gaps: readonly string[];
}
