import { describe, expect, test } from "vitest";
import { autoscaling } from "../../profiles/platform/autoscaling.ts";
import { deployedWorkloads } from "../../profiles/platform/deployed-workloads.ts";
import { workloads as specified } from "../../profiles/platform/workloads.ts";
import type { DeployedWorkload } from "../../src/domain/deployed-workload.ts";
import { compareDeployment } from "./index.ts";

const demand = { surface: "api", requestsPerMinute: 10_000 } as const;
const ofChart = compareDeployment({
  deployment: deployedWorkloads,
  specified,
  demand,
  policies: autoscaling,
});
const sentenceOf = (id: string, workload: string): string =>
  ofChart.find((one) => one.id === id && one.workload === workload)?.sentence ?? "";

describe("the chart beside the specification", () => {
  test.each([
    [
      "deployed-replicas-below-minimum",
      "dapp",
      "with 1 pod; the specification has 3–10 web, 2–8 api. 10,000 requests/min at 1,000 requests/min/pod need 10.",
    ],
    ["deployed-no-autoscaler", "dapp", "1 pod at every load"],
    ["deployed-no-autoscaler", "graph-node-combined", "the specification scales 1–3 subgraph"],
    ["deployed-shared-workload", "dapp", "serves web and api from one Deployment dapp"],
    [
      "deployed-requests-differ",
      "dapp",
      "CPU 100m instead of 300m (×0.33), memory 1024Mi instead of 384Mi (×2.67). At 10,000 requests/min on 1 pod, 0.6 ms of CPU per request is guaranteed.",
    ],
    [
      "deployed-limits-differ",
      "dapp",
      "CPU 3000m instead of 1500m (×2), memory 2048Mi instead of 1536Mi (×1.33). At 10,000 requests/min on 1 pod, 18 ms of CPU per request can be used at most.",
    ],
    ["deployed-requests-differ", "graph-node-combined", "CPU 60m instead of 200m (×0.3)"],
    [
      "deployed-limits-differ",
      "graph-node-combined",
      "CPU 360m instead of 1000m (×0.36), memory 1024Mi instead of 2048Mi (×0.5)",
    ],
    ["deployed-limit-far-above-request", "dapp", "30 times the CPU it requests"],
    ["deployed-limit-far-above-request", "dapp", "would ask for 43 pods"],
    ["deployed-probe-renders-page", "dapp", "GET /, a rendered page, within 3 s"],
    ["deployed-probe-renders-page", "dapp", "restart it after 150 s"],
    ["deployed-readiness-missing", "graph-node-combined", "no readiness probe"],
    ["deployed-stateful-set", "graph-node-combined", "is a StatefulSet in the chart atk 486664d4"],
  ])("%s of %s has its numbers", (id, workload, words) => {
    expect(sentenceOf(id, workload)).toContain(words);
  });

  test("one pod of graph-node is what the specification allows", () => {
    expect(sentenceOf("deployed-replicas-below-minimum", "graph-node-combined")).toBe("");
  });
});

/** As the specification has it. */
const alike: DeployedWorkload = {
  name: "api",
  kind: "Deployment",
  surfaces: ["api"],
  replicas: 2,
  resources: specified.api,
  hasAutoscaler: true,
};
const idsOf = (changes: Partial<DeployedWorkload>): readonly string[] =>
  compareDeployment({
    deployment: { source: "cluster", workloads: [{ ...alike, ...changes }] },
    specified,
    policies: autoscaling,
  }).map(({ id }) => id);

describe("a changed figure changes what is found", () => {
  test.each<[string, Partial<DeployedWorkload>, readonly string[]]>([
    ["nothing differs", {}, []],
    ["an autoscaler decides the number of pods", { replicas: 1 }, []],
    [
      "nothing is known but the name",
      { replicas: undefined, resources: undefined, hasAutoscaler: undefined },
      [],
    ],
    ["no autoscaler", { hasAutoscaler: false }, ["deployed-no-autoscaler"]],
    [
      "one pod, and whether an autoscaler targets it is not known",
      { replicas: 1, hasAutoscaler: undefined },
      ["deployed-replicas-below-minimum"],
    ],
    [
      "another request",
      { resources: { ...specified.api, cpuRequestCores: 0.25 } },
      ["deployed-requests-differ"],
    ],
    [
      "no memory limit at all",
      { resources: { ...specified.api, memoryLimitBytes: undefined } },
      ["deployed-limits-differ"],
    ],
    ["a StatefulSet", { kind: "StatefulSet" }, ["deployed-stateful-set"]],
    [
      "a surface that the specification does not size is not compared",
      { surfaces: [], replicas: 0, hasAutoscaler: false },
      [],
    ],
    [
      "a probe of an address that renders nothing",
      {
        livenessProbe: { path: "/health", timeoutMs: 1000, periodMs: 10_000, failureThreshold: 3 },
      },
      [],
    ],
  ])("%s", (_, changes, ids) => {
    expect(idsOf(changes)).toEqual(ids);
  });

  test("a limit that is not set reads none", () => {
    const [difference] = compareDeployment({
      deployment: {
        source: "cluster",
        workloads: [{ ...alike, resources: { ...specified.api, memoryLimitBytes: undefined } }],
      },
      specified,
    });
    expect(difference?.sentence).toContain("memory none instead of 1024Mi");
  });
});
