/**
 * The Kubernetes observer with the rights of deploy/kubernetes/observer-rbac.yaml, while the real controller scales on
 * metrics that the test sets: CPU, a custom metric of the pods, an external metric.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { loadAllYaml } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { autoscaler, externalMetric, list, namespace, podsMetric, workload } from "./objects.ts";
import { eventually, observedRun, observerKubeconfig, type ObservedRun } from "./observed-run.ts";

const rbac = path.resolve(import.meta.dirname, "../../deploy/kubernetes/observer-rbac.yaml");
const surfaces = ["web", "api", "subgraph"] as const;
const of = "atk";
const objects = [
  workload({ namespace: of, name: "api" }),
  autoscaler({ namespace: of, name: "api" }),
  workload({ namespace: of, name: "web" }),
  autoscaler({ namespace: of, name: "web", metric: podsMetric("requests_per_minute") }),
  workload({ namespace: of, name: "subgraph", kind: "StatefulSet" }),
  autoscaler({
    namespace: of,
    name: "subgraph",
    kind: "StatefulSet",
    metric: externalMetric("queue_depth"),
  }),
];

let plane: ControlPlane;
let run: ObservedRun;

/** Replicas of the three workloads' autoscalers. */
const sizes = async (): Promise<readonly number[]> => {
  const shown = "jsonpath={range .items[*]}{.metadata.name}={.status.desiredReplicas} {end}";
  const text = await plane.kubectl(["get", "hpa", "-n", of, "-o", shown]);
  return surfaces.map((name) => Number(new RegExp(`${name}=(\\d+)`).exec(text)?.[1]));
};

function setLoad(level: { api: number; web: number; subgraph: number }): void {
  const { usage, pods: ofPods, external: ofQueue } = plane.metrics.values;
  usage.set("atk/api", { cpuMilli: level.api, memoryMi: 100 });
  ofPods.set("atk/web/requests_per_minute", String(level.web));
  ofQueue.set("atk/queue_depth", String(level.subgraph));
}

/** A few syncs without a change. */
const steadyMs = 40_000;
const low = { api: 80, web: 20, subgraph: 15 };

beforeAll(async () => {
  plane = await startControlPlane();
  setLoad(low);
  await plane.kubectl(["create", "-f", "-"], namespace(of));
  await plane.kubectl(["apply", "-f", rbac]);
  await plane.kubectl(["create", "-f", "-"], list(objects));
  await eventually(sizes, (all) => all.every((size) => size === 2), 90_000);
  run = await observedRun({
    namespace: of,
    workloads: surfaces,
    kubeconfig: await observerKubeconfig(plane),
    phases: [
      {
        load: 4,
        during: async () => {
          setLoad({ api: 300, web: 200, subgraph: 55 });
          await eventually(
            sizes,
            ([web = 0, api, subgraph]) => web > 3 && api === 6 && subgraph === 6,
            120_000,
          );
          await wait(steadyMs);
        },
      },
      {
        load: 1,
        during: async () => {
          setLoad(low);
          await eventually(sizes, (all) => all.every((size) => size === 2), 120_000);
          await wait(steadyMs);
        },
      },
    ],
  });
}, 420_000);
afterAll(() => plane?.stop());

test("nothing is missing, and the server names its version", () => {
  expect(run.gaps).toEqual([]);
  expect(run.records).toContainEqual(
    expect.objectContaining({ type: "cluster-version", version: "v1.37.2" }),
  );
});

const rescales =
  /"Successfully rescaled" .*HPA="atk\/(\w+)" currentReplicas=(\d+) desiredReplicas=(\d+)/g;

test("each change of size that the controller logged was observed, and no other", () => {
  const log = plane.log("kube-controller-manager");
  const logged = [...log.matchAll(rescales)].map(([, name, , to]) => `${name} ${to}`);
  const observed = run.records.flatMap((record) =>
    record.type === "hpa-scaled" ? [`${record.workload} ${record.value}`] : [],
  );
  expect(logged.length).toBeGreaterThan(5);
  expect(observed.toSorted()).toEqual(logged.toSorted());
});

test("the adapters' metrics are read between the syncs", () => {
  const served = run.records.flatMap((record) =>
    record.type === "hpa-metric-served" ? [[record.metric, record.value]] : [],
  );
  expect(served).toEqual(
    expect.arrayContaining([
      ["Pods/requests_per_minute", 20],
      ["Pods/requests_per_minute", 200],
      ["External/queue_depth", 55],
    ]),
  );
});

test("the replay decides as the controller did, and no check fails", () => {
  const [agreed, syncs] = run.agreement;
  expect(syncs).toBeGreaterThan(20);
  expect(agreed).toBe(syncs);
  const failed = run.judged.verdicts.filter(({ outcome }) => outcome === "fail");
  expect(failed).toEqual([]);
});

const ruleShape = z.object({
  kind: z.enum(["Role", "ClusterRole"]),
  metadata: z.object({ namespace: z.string().exactOptional() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
    }),
  ),
});

describe("observer-rbac.yaml", () => {
  test("grants exactly what the API server's audit log says was used", () => {
    const granted = loadAllYaml(readFileSync(rbac, "utf8")).flatMap((document) => {
      const role = ruleShape.safeParse(document);
      if (!role.success) return [];
      const { metadata, rules } = role.data;
      return rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => right(verb, group, resource, metadata.namespace)),
          ),
        ),
      );
    });
    const asked = plane.audit().filter(({ objectRef }) => objectRef !== undefined);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code !== 200)).toEqual([]);
    const used = asked.map(
      ({ verb, objectRef: { apiGroup, resource, namespace: where } = absent }) =>
        right(verb, apiGroup ?? "", resource, where),
    );
    expect([...new Set(used)].toSorted()).toEqual(granted.toSorted());
  });
});

const absent = { resource: "", apiGroup: undefined, namespace: undefined };
/** Of the metrics of an adapter each is a resource, which a role of the manifest cannot know. */
const right = (verb: string, group: string, resource: string, where: string | undefined): string =>
  [verb, group, /^(?:custom|external)\./.test(group) ? "*" : resource, where ?? "everywhere"].join(
    " ",
  );
