/** What a simulated cluster is made of. Plain data in inside units: milliseconds, cores, bytes, ratios. */
import type { PipelineModel } from "../../../analysis/autoscaling/simulation/metrics-pipeline.ts";
import type { NodePoolModel } from "../../../analysis/autoscaling/simulation/node-pool.ts";
import type { Delay } from "../../../analysis/autoscaling/simulation/delay.ts";
import type { ControllerConfig, HpaSpec } from "../../../analysis/autoscaling/types.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import type { RunningPodModel } from "../pods/running-pod.ts";

/** Deployments and autoscalers of the start are as old as this, cluster time. */
export const installedAt = -24 * 3_600_000;

export interface PodModel extends RunningPodModel {
  readonly cpuRequestCores: number;
  readonly memoryRequestBytes: number;
  readonly memoryLimitBytes: number;
  /** From a node to a running container, and from there to ready. */
  readonly pull: Delay;
  readonly startup: Delay;
}

export interface WorkloadModel {
  /** Of the Deployment, its HPA, its container and its ingress. */
  readonly name: string;
  /** What it serves; a platform may serve two surfaces with one workload. */
  readonly surfaces: readonly Surface[];
  readonly initialReplicas: number;
  /** Absent: the size is fixed. */
  readonly hpa?: HpaSpec;
  readonly pod: PodModel;
}

export interface NodePool extends NodePoolModel {
  readonly name: string;
  /** What a node has; `cpuCores` and `memoryBytes` are what it can give to pods. */
  readonly capacity: { readonly cpuCores: number; readonly memoryBytes: number };
}

export interface ClusterModel {
  readonly seed: number;
  /** How much faster the clocks of the control plane run than wall time, 1..10. */
  readonly scale: number;
  readonly namespace: string;
  readonly workloads: readonly WorkloadModel[];
  readonly nodePool: NodePool;
  readonly controller: ControllerConfig;
  readonly pipeline: PipelineModel;
  /** From the request to stop to the kill. */
  readonly terminationGraceMs: number;
}
