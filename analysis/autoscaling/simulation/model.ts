/** What a simulation is made of, and what comes out. Plain data in inside units (ms, cores, bytes, requests per second). */
import type { ReconcileInput, Why } from "../reconcile.ts";
import type { Condition, ControllerConfig, HpaEvent, HpaSpec } from "../types.ts";
import type { LoadShape } from "./load-shape.ts";
import type { PipelineModel } from "./metrics-pipeline.ts";
import type { NodePoolModel } from "./node-pool.ts";
import type { PlantModel } from "./plant.ts";
import type { PodLife } from "./pod-set.ts";
import type { Delay } from "./delay.ts";

export interface PodModel {
  readonly cpuRequestCores: number;
  readonly cpuLimitCores: number;
  readonly memoryRequestBytes: number;
  readonly idleCpuCores: number;
  /** CPU while it starts. */
  readonly startupCpuCores: number;
  readonly memoryBaseBytes: number;
  readonly memoryBytesPerRequestPerSecond: number;
  /** A runtime that never gives memory back keeps its peak. */
  readonly freesMemory: boolean;
  /** From a node to a running container (image pull), and from there to ready. */
  readonly pull: Delay;
  readonly startup: Delay;
}

export interface WorkloadModel {
  readonly name: string;
  readonly load: LoadShape;
  /** Standard deviation of the load from one step to the next, as a share; 0 is smooth. */
  readonly noiseRatio: number;
  readonly initialReplicas: number;
  /** Absent: the size is fixed. */
  readonly hpa?: HpaSpec;
  readonly pod: PodModel;
  readonly plant: PlantModel;
  /** A p95 above this is a violation. */
  readonly p95LimitMs: number;
  /** Something wrong with this workload's autoscaler, so that checks can be tried on it. */
  readonly fault?: AutoscalerFault;
}

/**
 * What an autoscaler may do wrong. `stuck` never acts; `slow` acts on every n-th sync only; `flapping` adds and removes
 * pods by turns; `wrong-policy` acts on another spec than the declared one (its behaviour, minimum or maximum);
 * `missing-metrics` gets no answer from the metrics APIs.
 */
export type AutoscalerFault = { readonly fromMs: number } & (
  | { readonly kind: "stuck" | "missing-metrics" }
  | { readonly kind: "slow"; readonly everySyncs: number }
  | { readonly kind: "flapping"; readonly pods: number; readonly everySyncs: number }
  | { readonly kind: "wrong-policy"; readonly actual: Partial<HpaSpec> }
);

export interface SimulationModel {
  readonly seed: number;
  readonly durationMs: number;
  readonly workloads: readonly WorkloadModel[];
  /** Absent: there is always room. */
  readonly nodePool?: NodePoolModel;
  /** Default: Kubernetes' own. */
  readonly controller?: ControllerConfig;
  readonly pipeline?: PipelineModel;
  /** Step of the plant; default 1 s. */
  readonly stepMs?: number;
  /** Spacing of the series; default 15 s. */
  readonly sampleMs?: number;
  /** Keep every sync and what it saw, for the checks and for replays; default only those that changed the size. */
  readonly keepSyncs?: boolean;
}

/** One moment of a workload. */
export interface WorkloadSample {
  readonly at: number;
  readonly loadPerSecond: number;
  readonly specReplicas: number;
  readonly desiredReplicas: number;
  readonly podCount: number;
  readonly readyReplicas: number;
  /** Mean of the p95 since the last sample. */
  readonly p95Ms: number;
  readonly busyRatio: number;
  readonly backlog: number;
}

/** One sync of the autoscaler; `seen` is what it decided on. */
export interface SyncRecord {
  readonly at: number;
  readonly specReplicas: number;
  readonly desiredReplicas: number;
  readonly why: Why;
  readonly conditions: readonly Condition[];
  readonly seen?: Pick<ReconcileInput, "specReplicas" | "statusReplicas" | "pods" | "metrics">;
}

export interface WorkloadResult {
  readonly name: string;
  readonly samples: readonly WorkloadSample[];
  readonly syncs: readonly SyncRecord[];
  readonly events: readonly HpaEvent[];
  readonly pods: readonly Readonly<PodLife>[];
  /** Time with p95 above its limit, or with requests given up. */
  readonly violationSeconds: number;
  readonly podHours: number;
  readonly requests: number;
  readonly failedRequests: number;
  /** Metrics of the HPA that had no proposal at any sync, a sentence each. */
  readonly silentMetrics: readonly string[];
}

export interface NodeSample {
  readonly at: number;
  readonly ready: number;
  readonly coming: number;
  readonly pendingPods: number;
}

export interface SimulationResult {
  readonly durationMs: number;
  readonly workloads: readonly WorkloadResult[];
  readonly nodes: readonly NodeSample[];
  readonly nodeHistory: readonly {
    readonly name: string;
    readonly requestedAt: number;
    readonly readyAt: number;
    readonly removedAt?: number;
  }[];
  /** When the node autoscaler ordered nodes. */
  readonly scaleUpsTriggeredAt: readonly number[];
  readonly violationSeconds: number;
  readonly podHours: number;
  /** From the order of a node to its removal: that is what is paid. */
  readonly nodeHours: number;
  /** In the unit of the pool's price. */
  readonly cost: number;
}
