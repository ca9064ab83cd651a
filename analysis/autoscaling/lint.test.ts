import { describe, expect, test } from "vitest";
import { autoscaling, scalingLimits } from "../../profiles/platform/autoscaling.ts";
import { lastKnown, objectives } from "../../profiles/platform/objectives.ts";
import { workloads } from "../../profiles/platform/workloads.ts";
import { lintAutoscaling, lintRules } from "./lint/index.ts";
import type { LintInput } from "./lint/lint-input.ts";
import { hpaSpecSchema } from "./manifest-schema.ts";
import { mapPolicies } from "./policy-mapping.ts";

const { web, api, subgraph } = workloads;
const specified = { web, api, subgraph };
const mapped = mapPolicies(autoscaling, specified, "atk");

describe("the specification's table as autoscaling/v2", () => {
  test("one HPA per workload: its own limits, every metric, fastest up, slowest down", () => {
    expect(mapped.map(({ hpa }) => hpa.name)).toEqual(["web", "api", "subgraph"]);
    const spec = mapped[1]?.hpa.spec;
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 8 });
    expect(spec?.metrics).toHaveLength(4);
    expect(spec?.behavior).toEqual({
      scaleUp: { policies: [{ type: "Pods", value: 3, periodSeconds: 30 }] },
      scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] },
    });
    for (const { hpa } of mapped) expect(hpaSpecSchema.safeParse(hpa.spec).success).toBe(true);
  });

  test("what a row loses is reported", () => {
    expect(mapped[1]?.losses).toContain(
      "api, requestRate: the table says at most 15, the workload has 8",
    );
    expect(mapped[0]?.losses).toContain(
      "web, cpu: the table says 1 pod every 60 s down, the object allows 1 pod every 120 s",
    );
    expect(mapped[0]?.losses).toContain(
      "web, cpu: the table says 2 pods every 30 s up, the object allows 3 pods every 30 s",
    );
    expect(mapped[2]?.losses).toContain(
      "subgraph, cpu: the table says at least 2, the workload has 1",
    );
  });
});

const input: LintInput = {
  workloads: Object.entries(specified).map(([name, { minReplicas, maxReplicas }]) => ({
    name,
    minReplicas,
    maxReplicas,
  })),
  hpas: mapped.map(({ hpa }) => hpa),
  policies: autoscaling,
  podLimit: scalingLimits.pods,
  demand: {
    workload: "api",
    requestsPerMinute: objectives.requestsPerMinute,
    todayPerMinute: lastKnown.requestsPerMinute,
  },
};
const sentences = (of: LintInput, id: string): string[] =>
  lintAutoscaling(of)
    .filter((one) => one.id === `autoscaling.${id}`)
    .map(({ sentence }) => sentence);

describe("the specification's contradictions", () => {
  test("1: ten API pods needed, eight allowed; eight needed today", () => {
    expect(sentences(input, "demand-above-maximum")).toEqual([
      "10000 requests/min at 1000 requests/min/pod need 10 api pods; the workload allows 8. Today's 8000 requests/min already need 8: it stands at its maximum now.",
    ]);
  });

  test("2: fifteen pods nobody may have, and 21 of 20", () => {
    expect(sentences(input, "maximum-unreachable")).toEqual([
      "The requestRate policy allows 15 pods; no workload may have more than 10.",
    ]);
    expect(sentences(input, "maxima-above-limit")[0]).toMatch(
      /add up to 21 pods, the platform allows 20: 1 cannot/,
    );
  });

  test("6: the minimum is not the workloads'", () => {
    expect(sentences(input, "minimum-unlike-workload")[0]).toMatch(
      /at least 2 pods .* \(web 3, subgraph 1\)/,
    );
    expect(sentences(input, "minimum-below-spare")[0]).toMatch(/HPA subgraph may go down to 1/);
  });

  test("7: four metrics, one behaviour", () => {
    const found = lintAutoscaling(input).find(({ id }) => id.endsWith("behaviour-per-metric"));
    expect(found?.sentence).toMatch(/gives 4 metrics 7 different limits/);
    expect(found?.evidence).toContain(
      "scale-down: 1 pod every 60 s / 1 pod every 120 s / 1 pod every 90 s",
    );
  });

  test("a latency metric overshoots", () => {
    expect(sentences(input, "latency-not-proportional")).toHaveLength(3);
  });
});

describe("objects in the cluster", () => {
  const [first] = mapped;
  if (first === undefined) throw new Error("nothing mapped");
  const { hpa } = first;
  const workload = { name: "web", minReplicas: 3, maxReplicas: 10 };
  const healthy: LintInput = {
    workloads: [
      {
        ...workload,
        containers: [{ name: "app", cpuRequestCores: 0.1, memoryRequestBytes: 2 ** 27 }],
        freesMemory: true,
        hasReadinessProbe: true,
      },
    ],
    hpas: [{ ...hpa, spec: { ...hpa.spec, metrics: (hpa.spec.metrics ?? []).slice(0, 2) } }],
    servedMetrics: ["cpu", "memory"],
    quota: { cpuCores: 2, memoryBytes: 2 ** 31 },
  };
  const broken = (change: object, rest: Partial<LintInput> = {}): LintInput => ({
    ...healthy,
    workloads: healthy.workloads.map((one) => Object.assign({}, one, change)),
    ...rest,
  });

  test("nothing wrong, nothing found", () => {
    expect(lintAutoscaling(healthy)).toEqual([]);
  });

  const onContainer = (container: string) => ({
    ...hpa,
    spec: {
      ...hpa.spec,
      metrics: [
        {
          type: "ContainerResource",
          containerResource: { name: "cpu", container, target: { averageUtilization: 70 } },
        },
      ],
    },
  });
  const withSidecar = { containers: [{ name: "app", cpuRequestCores: 0.1 }, { name: "proxy" }] };

  const containerFindings = (container: string) =>
    lintAutoscaling(broken(withSidecar, { hpas: [onContainer(container)] })).map(({ id }) => id);

  test("of a container metric only that container's request counts, and it must exist", () => {
    expect(containerFindings("app")).toEqual([]);
    expect(containerFindings("proxy")).toEqual(["autoscaling.requests-missing"]);
    expect(containerFindings("ap")).toEqual(["autoscaling.container-unknown"]);
  });

  test("requests of the pod itself count for all its containers, and not for a metric of one", () => {
    const pod = {
      ...withSidecar,
      podRequests: { cpuRequestCores: 0.1, memoryRequestBytes: 2 ** 27 },
    };
    expect(lintAutoscaling(broken(pod))).toEqual([]);
    const found = lintAutoscaling(broken(pod, { hpas: [onContainer("proxy")] }));
    expect(found.map(({ id }) => id)).toEqual(["autoscaling.requests-missing"]);
  });

  test.each<[keyof typeof lintRules, LintInput, RegExp]>([
    [
      "requests-missing",
      broken({ containers: [{ name: "app", cpuRequestCores: 0.1 }, { name: "proxy" }] }),
      /compares cpu with requests that 1 of 2/,
    ],
    [
      "target-shared",
      { ...healthy, hpas: [hpa, { ...hpa, name: "web-2" }] },
      /2 HPAs select the pods of atk\/Deployment\/web/,
    ],
    [
      "limits-unlike-workload",
      broken({ maxReplicas: 6 }),
      /keeps 3–10 pods, the workload web is specified with 3–6/,
    ],
    ["memory-never-freed", broken({ freesMemory: false }), /never down/],
    [
      "metric-missing",
      { ...healthy, servedMetrics: ["cpu"] },
      /1 of 2 metrics have no value \(memory\), so it never scales down/,
    ],
    ["metric-missing", { ...healthy, servedMetrics: [] }, /does not scale at all/],
    ["readiness-missing", broken({ hasReadinessProbe: false }), /no readiness probe/],
    [
      "quota-too-small",
      { ...healthy, quota: { cpuCores: 0.5 } },
      /request 1 cores of cpu, the quota holds 0.5/,
    ],
  ])("%s", (id, of, sentence) => {
    expect(sentences(of, id)[0]).toMatch(sentence);
  });

  test("the worst comes first; what was not declared is not judged", () => {
    const severities = lintAutoscaling(input).map(({ severity }) => severity);
    expect(severities).toEqual(severities.toSorted());
    expect(lintAutoscaling({ workloads: [], hpas: [] })).toEqual([]);
    const { maxReplicas: _max, ...demand } = {
      ...input,
      demand: { workload: "api", requestsPerMinute: 5000 },
      maxReplicas: 0,
    };
    expect(sentences(demand, "demand-above-maximum")).toEqual([]);
  });
});
