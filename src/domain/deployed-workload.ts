/** A workload as it is installed: by a Helm chart's values, or as a cluster shows it. */
import type { Surface } from "./surface.ts";

export interface PodResources {
  /** Cores and bytes of all containers of a pod; an absent one is not set. */
  readonly cpuRequestCores?: number | undefined;
  readonly cpuLimitCores?: number | undefined;
  readonly memoryRequestBytes?: number | undefined;
  readonly memoryLimitBytes?: number | undefined;
}

export interface HttpProbe {
  readonly path: string;
  readonly timeoutMs: number;
  readonly periodMs: number;
  readonly failureThreshold: number;
}

export interface DeployedWorkload {
  readonly name: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly surfaces: readonly Surface[];
  /** Absent: not known. */
  readonly replicas?: number | undefined;
  readonly resources?: PodResources | undefined;
  /** Does a HorizontalPodAutoscaler target it? */
  readonly hasAutoscaler?: boolean | undefined;
  readonly livenessProbe?: HttpProbe | "none" | undefined;
  readonly readinessProbe?: HttpProbe | "none" | undefined;
}

/** What the specification gives one surface. */
export interface SpecifiedWorkload extends PodResources {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

export interface Deployment {
  /** Where the deployed figures come from, as a sentence names it: `chart atk (486664d4)`, `cluster`. */
  readonly source: string;
  readonly workloads: readonly DeployedWorkload[];
}
