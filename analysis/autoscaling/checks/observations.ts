/** What the checks look at: one workload and its autoscaler over a run. Instants in milliseconds on one clock. */
import type { ReconcileInput } from "../reconcile.ts";
import type { PodLife } from "../simulation/pod-set.ts";
import type { ControllerConfig, HpaSpec } from "../types.ts";
import type { SpecInForce } from "./spec-in-force.ts";

export interface ReplicaSample {
  readonly at: number;
  readonly specReplicas: number;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  /** Pods that there are, ready or not: fewer than asked for where none may be created. */
  readonly createdReplicas?: number;
}

/** What one sync of the autoscaler saw, and what it wanted then. */
export interface ObservedSync extends Pick<
  ReconcileInput,
  "specReplicas" | "statusReplicas" | "pods" | "metrics"
> {
  readonly at: number;
  /** What windows and periods are counted by; absent: `at`, which may be earlier. */
  readonly now?: number;
  readonly desiredReplicas: number;
  /** In force at this sync; absent: that of the observations. */
  readonly spec?: HpaSpec;
  /** The HPA's condition ScaledToZero before it; absent: it has none. */
  readonly scaledToZero?: boolean | undefined;
  /** The API server refused the size, so that the status still has the one before. */
  readonly isRefused?: boolean;
}

export interface ObservedCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message?: string;
}

interface ObservedConditions {
  readonly at: number;
  readonly conditions: readonly ObservedCondition[];
}

interface ObservedNodes {
  readonly nodes: readonly {
    readonly name: string;
    readonly requestedAt: number;
    /** Absent: not yet. */
    readonly readyAt?: number;
  }[];
  /** Events TriggeredScaleUp. */
  readonly scaleUpsTriggeredAt: readonly number[];
}

/** Parts that are absent were not observed; `gaps` says why, in a sentence. */
export interface AutoscalingObservations {
  readonly workload: string;
  /** Start and end of the observation. */
  readonly from: number;
  readonly to: number;
  readonly spec?: HpaSpec;
  /** Where the spec changed: each with the instant from which it was in force, ascending; absent: `spec` throughout. */
  readonly specs?: readonly SpecInForce[];
  /** Flags of the controller manager; absent: Kubernetes' defaults. */
  readonly controller?: ControllerConfig;
  /** Ascending, at least every 15 s. */
  readonly samples?: readonly ReplicaSample[];
  readonly syncs?: readonly ObservedSync[];
  readonly conditions?: readonly ObservedConditions[];
  /** Events of the autoscaler that say that a metric could not be read; one of several leaves ScalingActive True. */
  readonly metricFailures?: readonly { readonly at: number; readonly reason: string }[];
  /** When events of the plan replaced pods: new ones have no metrics at first. */
  readonly replacing?: readonly { readonly from: number; readonly until: number }[];
  readonly pods?: readonly Readonly<PodLife>[];
  /** What events FailedCreate said, each once: a quota, an admission webhook. */
  readonly creationFailures?: readonly string[];
  readonly nodes?: ObservedNodes;
  readonly load?: readonly { readonly at: number; readonly perSecond: number }[];
  readonly latency?: readonly { readonly at: number; readonly p95Ms: number }[];
  /** Requests that failed because their pod was being removed. */
  readonly terminationErrors?: number;
  readonly objectives?: {
    readonly podReadyMs?: number;
    readonly p95Ms?: number;
    readonly violationSeconds?: number;
  };
  readonly gaps?: Readonly<Partial<Record<ObservedPart, string>>>;
  /** Parts that were seen for some of the load only, and when they were not: such a part can fail a check, not pass it. */
  readonly unseen?: Readonly<Partial<Record<ObservedPart, string>>>;
}

/** The parts that may be missing; what belongs to none of them is always there, or has a default. */
export type ObservedPart =
  | "spec"
  | "samples"
  | "syncs"
  | "conditions"
  | "pods"
  | "nodes"
  | "load"
  | "latency"
  | "terminationErrors";
