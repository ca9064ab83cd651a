/** What the lint reads: declarations, not measurements. What is absent is not judged. */
import type { DeploymentComparison } from "../../deployment/index.ts";
import type { HpaManifest } from "../manifest-schema.ts";
import type { PolicyTable } from "../policy-mapping.ts";

export interface LintWorkload {
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly containers?: readonly {
    readonly name: string;
    readonly cpuRequestCores?: number;
    readonly memoryRequestBytes?: number;
  }[];
  /** What the pod itself requests (PodLevelResources), for all its containers together. */
  readonly podRequests?: {
    readonly cpuRequestCores?: number | undefined;
    readonly memoryRequestBytes?: number | undefined;
  };
  /** Does the runtime give memory back? Node.js and the JVM mostly do not. */
  readonly freesMemory?: boolean;
  readonly hasReadinessProbe?: boolean;
}

export interface LintInput {
  readonly workloads: readonly LintWorkload[];
  readonly hpas: readonly HpaManifest[];
  /** The specification's table of one policy per metric. */
  readonly policies?: PolicyTable;
  /** Pods that all workloads together may have. */
  readonly podLimit?: number;
  /** What must be served, and by which workload. */
  readonly demand?: {
    readonly workload: string;
    readonly requestsPerMinute: number;
    readonly todayPerMinute?: number;
  };
  /** Names the metrics APIs serve now: `cpu`, `memory`, custom and external ones. */
  readonly servedMetrics?: readonly string[];
  /** Workloads as they are deployed, beside the specification's. */
  readonly deployed?: DeploymentComparison | undefined;
  /** Resource quota of the namespace. */
  readonly quota?: { readonly cpuCores?: number; readonly memoryBytes?: number };
}
