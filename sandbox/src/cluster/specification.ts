/** The cluster of the platform's specification, as a model: workloads, autoscalers, nodes. */
import { mapPolicies } from "../../../analysis/autoscaling/policy-mapping.ts";
import { defaultPipeline } from "../../../analysis/autoscaling/simulation/metrics-pipeline.ts";
import { defaultNodePool } from "../../../analysis/autoscaling/simulation/node-pool.ts";
import { defaultController } from "../../../analysis/autoscaling/types.ts";
import { autoscaling } from "../../../profiles/platform/autoscaling.ts";
import { nodePools } from "../../../profiles/platform/node-pools.ts";
import { workloads } from "../../../profiles/platform/workloads.ts";
import type { WorkloadMapping } from "../../../src/domain/sandbox.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import type { ClusterModel, NodePool, PodModel, WorkloadModel } from "./model.ts";

export interface ClusterChoice {
  readonly seed: number;
  readonly scale: number;
  readonly mapping: WorkloadMapping;
  /** Every workload runs so many pods and has no autoscaler; absent: as specified. */
  readonly replicas?: number;
}

const mebi = 1024 ** 2;

/** Assumptions where the specification is silent; the CPU a request needs stands in `pods/demand.ts`. */
const assumed = {
  maxInFlight: 500,
  idleCpuCores: 0.005,
  startupCpuCores: 0.3,
  pull: { medianMs: 3_000, spread: 0.3 },
  startup: { medianMs: 15_000, spread: 0.3 },
} as const;

/** What a process holds at rest, and per request/s. At rest far enough below 80 % of the request to scale down to the minimum. */
const memory = {
  web: { memoryBaseBytes: 55 * mebi, memoryBytesPerRequestPerSecond: mebi },
  api: { memoryBaseBytes: 90 * mebi, memoryBytesPerRequestPerSecond: mebi },
  subgraph: { memoryBaseBytes: 180 * mebi, memoryBytesPerRequestPerSecond: 2 * mebi },
} as const satisfies Record<Surface, Partial<PodModel>>;

/**
 * The autoscalers follow CPU, memory and request rate. Not the response time: a p95 does not fall in proportion to the
 * pods, and one that is three quarters of its target at rest never lets three pods become two (⌈0.75 · 3⌉ = 3).
 */
const { cpu, memory: memoryRow, requestRate } = autoscaling;
const policies = { cpu, memory: memoryRow, requestRate };

/** The application pool. What its nodes can give: GKE's reservation for 8 CPU and 32 GB. */
const applicationPool: NodePool = {
  ...defaultNodePool,
  name: "application",
  minNodes: nodePools.application.minNodes,
  maxNodes: nodePools.application.maxNodes,
  cpuCores: 7.91,
  memoryBytes: 29_023 * mebi,
  capacity: {
    cpuCores: nodePools.application.cpuCores,
    memoryBytes: nodePools.application.memoryBytes,
  },
  /** USD: m5.2xlarge on demand in us-east-1 on 2026-07-20, as an example. */
  pricePerNodeHour: 0.384,
};

export function specifiedCluster({ seed, scale, mapping, replicas }: ClusterChoice): ClusterModel {
  const specified = mapping === "dapp" ? chartWorkloads : separateWorkloads();
  return {
    seed,
    scale,
    namespace: "atk",
    workloads: replicas === undefined ? specified : specified.map((one) => held(one, replicas)),
    nodePool: applicationPool,
    controller: defaultController,
    pipeline: defaultPipeline,
    terminationGraceMs: 30_000,
  };
}

/** A breakpoint run loads a platform that stays what it is. */
const held = ({ hpa: _hpa, ...fixed }: WorkloadModel, replicas: number): WorkloadModel => ({
  ...fixed,
  initialReplicas: replicas,
});

function separateWorkloads(): readonly WorkloadModel[] {
  const { web, api, subgraph } = workloads;
  const chosen = { web, api, subgraph };
  const hpas = new Map(mapPolicies(policies, chosen).map(({ hpa }) => [hpa.name, hpa.spec]));
  return (["web", "api", "subgraph"] as const).map((name) => {
    const { minReplicas, cpuRequestCores, cpuLimitCores, memoryRequestBytes, memoryLimitBytes } =
      chosen[name];
    const hpa = hpas.get(name);
    return {
      name,
      surfaces: [name],
      initialReplicas: minReplicas,
      hpa,
      pod: {
        ...assumed,
        ...memory[name],
        cpuRequestCores,
        cpuLimitCores,
        memoryRequestBytes,
        memoryLimitBytes,
      },
    };
  });
}

/** Figures of the chart's values: the HPA that its values describe (and no template makes), graph-node without one. */
const chartWorkloads: readonly WorkloadModel[] = [
  {
    name: "dapp",
    surfaces: ["web", "api"],
    initialReplicas: 1,
    hpa: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "dapp" },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
        },
      ],
    },
    pod: {
      ...assumed,
      memoryBaseBytes: 400 * mebi,
      memoryBytesPerRequestPerSecond: mebi,
      cpuRequestCores: 0.1,
      cpuLimitCores: 3,
      memoryRequestBytes: 1024 * mebi,
      memoryLimitBytes: 2048 * mebi,
    },
  },
  {
    name: "graph-node",
    surfaces: ["subgraph"],
    initialReplicas: 1,
    pod: {
      ...assumed,
      ...memory.subgraph,
      cpuRequestCores: 0.06,
      cpuLimitCores: 0.36,
      memoryRequestBytes: 512 * mebi,
      memoryLimitBytes: 1024 * mebi,
    },
  },
];
