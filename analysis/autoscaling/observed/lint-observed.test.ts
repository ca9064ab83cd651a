import { describe, expect, test } from "vitest";
import { specifiedPlatform } from "../../../profiles/platform/specified-platform.ts";
import type { ClusterRecord } from "../../../src/domain/kubernetes-records.ts";
import { surfaces, type PerSurface } from "../../../src/domain/surface.ts";
import { recordsByType, type ClusterRecords } from "./cluster-records.ts";
import { lintObserved } from "./lint-observed.ts";

const head = { source: "kubernetes", at: 0 } as const;

const recordsOf = (lines: readonly ClusterRecord[]): ClusterRecords => ({
  clock: { startedAt: 0, scale: 1 },
  of: recordsByType(lines.map((line) => ({ ...line, t: 0 }))),
  from: 0,
  to: 60_000,
  toOurs: (t) => t,
  toCluster: (t) => t,
  gaps: [],
});

const specifiedLines = (served: PerSurface<string>): readonly ClusterRecord[] =>
  surfaces.map((surface) => ({
    ...head,
    type: "workload-specified",
    workload: served[surface],
    surface,
    ...specifiedPlatform.workloads[surface],
  }));

interface Pod {
  readonly kind: string;
  readonly replicas: number;
  readonly cpu: readonly [request: string, limit: string];
  readonly memory: readonly [request: string, limit: string];
  readonly hpas?: number;
}

const workloadLines = (
  workload: string,
  { kind, replicas, cpu, memory, hpas }: Pod,
): ClusterRecord[] => [
  {
    ...head,
    type: "pod-template",
    workload,
    kind,
    containers: [
      {
        name: "main",
        requests: { cpu: cpu[0], memory: memory[0] },
        limits: { cpu: cpu[1], memory: memory[1] },
        hasReadinessProbe: true,
      },
    ],
  },
  { ...head, type: "workload-replicas", workload, kind, value: replicas },
  ...(hpas === undefined ? [] : [{ ...head, type: "hpa-count" as const, workload, value: hpas }]),
];

const asChart: PerSurface<string> = { web: "dapp", api: "dapp", subgraph: "graph-node-combined" };
const dapp: Pod = {
  kind: "Deployment",
  replicas: 1,
  cpu: ["100m", "3"],
  memory: ["1Gi", "2Gi"],
  hpas: 0,
};
const graphNode: Pod = {
  kind: "StatefulSet",
  replicas: 1,
  cpu: ["60m", "360m"],
  memory: ["512Mi", "1Gi"],
  hpas: 0,
};

const idsOf = (lines: readonly ClusterRecord[], served: PerSurface<string>): readonly string[] =>
  lintObserved(recordsOf(lines), [...new Set(Object.values(served))])
    .map(({ id }) => id)
    .filter((id) => id.startsWith("autoscaling.deployed-"));

describe("the cluster's own values beside the specification", () => {
  test("the chart as installed: a workload of two surfaces and a StatefulSet", () => {
    const lines = [
      ...specifiedLines(asChart),
      ...workloadLines("dapp", dapp),
      ...workloadLines("graph-node-combined", graphNode),
    ];
    expect(idsOf(lines, asChart)).toEqual([
      "autoscaling.deployed-replicas-below-minimum",
      "autoscaling.deployed-no-autoscaler",
      "autoscaling.deployed-no-autoscaler",
      "autoscaling.deployed-shared-workload",
      "autoscaling.deployed-requests-differ",
      "autoscaling.deployed-limits-differ",
      "autoscaling.deployed-limit-far-above-request",
      "autoscaling.deployed-requests-differ",
      "autoscaling.deployed-limits-differ",
      "autoscaling.deployed-stateful-set",
    ]);
  });

  test("a list of autoscalers that could not be read is no missing autoscaler", () => {
    const { hpas: _, ...unread } = dapp;
    const lines = [...specifiedLines(asChart), ...workloadLines("dapp", unread)];
    expect(idsOf(lines, asChart)).not.toContain("autoscaling.deployed-no-autoscaler");
  });

  test("a cluster as the specification has it", () => {
    const served: PerSurface<string> = { web: "web", api: "api", subgraph: "subgraph" };
    const pods: PerSurface<Pod> = {
      web: { ...dapp, replicas: 3, cpu: ["100m", "500m"], memory: ["128Mi", "512Mi"], hpas: 1 },
      api: { ...dapp, replicas: 2, cpu: ["0.2", "1"], memory: ["256Mi", "1Gi"], hpas: 1 },
      subgraph: { ...dapp, cpu: ["200m", "1"], memory: ["512Mi", "2Gi"], hpas: 1 },
    };
    const lines = surfaces.flatMap((surface) => workloadLines(served[surface], pods[surface]));
    expect(idsOf([...specifiedLines(served), ...lines], served)).toEqual([]);
  });
});
