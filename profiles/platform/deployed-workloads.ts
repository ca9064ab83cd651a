/**
 * The workloads as the platform's public Helm chart installs them with its default values: `charts/atk/values.yaml` and
 * the subcharts `dapp` and `graph-node` of settlemint/asset-tokenization-kit at 486664d4 (2025-11-01). A team's own values
 * may differ; what a cluster really runs is compared where it is observed.
 */
import type { Deployment } from "../../src/domain/deployed-workload.ts";
import { seconds } from "../../src/domain/units.ts";

const mebi = 1024 ** 2;

/** Both probes of `dapp` read `GET /`, a rendered page. */
const pageProbe = { path: "/", timeoutMs: seconds(3), failureThreshold: 10 } as const;

export const deployedWorkloads = {
  source: "chart atk 486664d4",
  workloads: [
    {
      name: "dapp",
      kind: "Deployment",
      surfaces: ["web", "api"],
      replicas: 1,
      resources: {
        cpuRequestCores: 0.1,
        cpuLimitCores: 3,
        memoryRequestBytes: 1024 * mebi,
        memoryLimitBytes: 2048 * mebi,
      },
      // `autoscaling.enabled` would only omit `replicas`: the chart has no template of an autoscaler.
      hasAutoscaler: false,
      livenessProbe: { ...pageProbe, periodMs: seconds(15) },
      readinessProbe: { ...pageProbe, periodMs: seconds(10) },
    },
    {
      /** Indexes and answers queries. Its autoscaler (`graph-node`, 1–100 pods) is off. */
      name: "graph-node-combined",
      kind: "StatefulSet",
      surfaces: ["subgraph"],
      replicas: 1,
      resources: {
        cpuRequestCores: 0.06,
        cpuLimitCores: 0.36,
        memoryRequestBytes: 512 * mebi,
        memoryLimitBytes: 1024 * mebi,
      },
      hasAutoscaler: false,
      livenessProbe: "none",
      readinessProbe: "none",
    },
  ],
} as const satisfies Deployment;

/** Which workload serves each surface, for environments that install the chart. */
export const deployedNames = {
  web: "dapp",
  api: "dapp",
  subgraph: "graph-node-combined",
} as const;
