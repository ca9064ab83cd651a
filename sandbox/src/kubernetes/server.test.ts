import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { get } from "node:http";
import { Cluster } from "../cluster/cluster.ts";
import { specifiedCluster } from "../cluster/specification.ts";
import { listen } from "../http.ts";
import type { HttpListener } from "../http.ts";
import { call } from "../testdata/client.ts";
import { createKubernetesApi } from "./server.ts";
import type { KubernetesApi } from "./server.ts";

/** The clock of these tests: nothing happens that they do not ask for. */
const startedAt = Date.parse("2026-11-23T12:00:00Z");
const cluster = new Cluster(specifiedCluster({ seed: 3, scale: 1, mapping: "separate" }));
let api: KubernetesApi;
let listener: HttpListener;
let base: string;

beforeAll(async () => {
  api = createKubernetesApi(cluster, startedAt);
  listener = await listen(undefined, api.handle, () => undefined);
  base = `http://127.0.0.1:${listener.port}`;
});

afterAll(() => listener.close());

const atk = "namespaces/atk";
const read = async (path: string): Promise<unknown> => (await call(base + path)).json;
const list = z.object({
  kind: z.string(),
  metadata: z.object({ resourceVersion: z.string().optional() }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});

describe("discovery", () => {
  test("groups, versions and resources", async () => {
    expect(await read("/api")).toMatchObject({ versions: ["v1"] });
    expect(await read("/apis")).toMatchObject({
      kind: "APIGroupList",
      groups: [
        { name: "apps" },
        { name: "autoscaling" },
        { name: "metrics.k8s.io" },
        { name: "custom.metrics.k8s.io" },
      ],
    });
    expect(await read("/apis/autoscaling/v2")).toMatchObject({
      resources: [{ name: "horizontalpodautoscalers", namespaced: true, shortNames: ["hpa"] }],
    });
    expect(await read("/version")).toMatchObject({ major: "1", minor: "36" });
    expect((await call(`${base}/readyz`)).text).toBe("ok");
  });

  test.each([
    ["GET", "/apis/batch/v1/jobs", 404, "NotFound"],
    ["GET", `/api/v1/${atk}/pods/nobody`, 404, "NotFound"],
    ["GET", `/api/v1/${atk}/pods?labelSelector=a==b==c`, 400, "BadRequest"],
    ["GET", `/apis/metrics.k8s.io/v1beta1/${atk}/pods?watch=1`, 405, "MethodNotAllowed"],
    ["DELETE", `/api/v1/${atk}/pods/web`, 405, "MethodNotAllowed"],
  ])("%s %s is refused as Kubernetes does it", async (method, path, status, reason) => {
    const answer = await call(base + path, { method });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ kind: "Status", status: "Failure", reason, code: status });
  });
});

describe("objects", () => {
  test("an autoscaler, in the form of autoscaling/v2", async () => {
    expect(await read(`/apis/autoscaling/v2/${atk}/horizontalpodautoscalers/api`)).toMatchObject({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "api", namespace: "atk", resourceVersion: expect.stringMatching(/^\d+$/) },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
        minReplicas: 2,
        maxReplicas: 8,
        metrics: [
          { resource: { name: "cpu", target: { averageUtilization: 70 } } },
          { resource: { name: "memory", target: { averageUtilization: 80 } } },
          { pods: { target: { type: "AverageValue", averageValue: "1k" } } },
        ],
        behavior: {
          scaleUp: { selectPolicy: "Max", stabilizationWindowSeconds: 0 },
          scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] },
        },
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        currentMetrics: [
          { resource: { name: "cpu", current: { averageUtilization: 2, averageValue: "5m" } } },
          {
            resource: { name: "memory", current: { averageUtilization: 35, averageValue: "90Mi" } },
          },
          { pods: { current: { averageValue: "0" } } },
        ],
        conditions: [
          { type: "AbleToScale", status: "True" },
          { type: "ScalingActive", status: "True", reason: "ValidMetricFound" },
          { type: "ScalingLimited", status: "False", reason: "DesiredWithinRange" },
        ],
      },
    });
  });

  test("what an adapter serves of an autoscaler's own metrics", async () => {
    const metrics = `/apis/custom.metrics.k8s.io/v1beta2/${atk}`;
    const rate = `${metrics}/pods/*/http_requests_per_minute?labelSelector=app.kubernetes.io/name=api`;
    expect(await read(rate)).toMatchObject({
      kind: "MetricValueList",
      items: [0, 1].map(() => ({
        describedObject: { kind: "Pod", name: expect.stringMatching(/^api-/) },
        metric: { name: "http_requests_per_minute" },
        value: "0",
      })),
    });
    expect(await read(`${metrics}/pods/*/unknown?labelSelector=app=none`)).toMatchObject({
      items: [],
    });
  });

  test("pods with requests, conditions and owners, chosen by labels and fields", async () => {
    const query = "labelSelector=app.kubernetes.io/name%20in%20(api,none)&limit=500";
    const pods = list.parse(await read(`/api/v1/${atk}/pods?${query}`));
    expect(pods.items.length).toBe(2);
    expect(pods.items[0]).toMatchObject({
      metadata: {
        creationTimestamp: "2026-11-23T11:00:00Z",
        ownerReferences: [{ kind: "ReplicaSet", controller: true }],
      },
      spec: {
        nodeName: expect.stringMatching(/^node-/),
        containers: [
          {
            resources: {
              requests: { cpu: "200m", memory: "256Mi" },
              limits: { cpu: "1", memory: "1Gi" },
            },
          },
        ],
      },
      status: {
        phase: "Running",
        conditions: expect.arrayContaining([
          expect.objectContaining({ type: "Ready", status: "True" }),
        ]),
        containerStatuses: [{ ready: true, restartCount: 0 }],
      },
    });
    const node = encodeURIComponent("spec.nodeName!=node-0,status.phase=Running");
    const elsewhere = list.parse(await read(`/api/v1/pods?fieldSelector=${node}`));
    expect(elsewhere.items.length).toBe(3);
  });

  test("deployments, replica sets, nodes and namespaces", async () => {
    expect(await read(`/apis/apps/v1/${atk}/deployments/web`)).toMatchObject({
      spec: { replicas: 3 },
      status: { replicas: 3, readyReplicas: 3, availableReplicas: 3 },
    });
    const sets = list.parse(await read("/apis/apps/v1/replicasets"));
    expect(sets).toMatchObject({ kind: "ReplicaSetList", items: { length: 3 } });
    expect(await read("/api/v1/nodes/node-0")).toMatchObject({
      status: {
        capacity: { cpu: "8" },
        allocatable: { cpu: "7910m", memory: "29023Mi" },
        conditions: expect.arrayContaining([
          expect.objectContaining({ type: "Ready", status: "True" }),
        ]),
      },
    });
    expect(await read("/api/v1/namespaces/atk")).toMatchObject({ status: { phase: "Active" } });
  });

  test("the metrics API, in its units", async () => {
    const pods = list.parse(await read(`/apis/metrics.k8s.io/v1beta1/${atk}/pods`));
    expect(pods.items.length).toBe(6);
    const api0 = pods.items.find(({ metadata }) => metadata.name.startsWith("api"));
    expect(api0).toMatchObject({
      window: "30s",
      timestamp: expect.stringMatching(/^2026-11-23T11:59:\d\dZ$/),
      containers: [{ name: "api", usage: { cpu: "5000000n", memory: "92160Ki" } }],
    });
    const nodes = list.parse(await read("/apis/metrics.k8s.io/v1beta1/nodes"));
    expect(nodes.items).toMatchObject([{ usage: { cpu: "135000000n" } }, {}]);
  });

  test("a table for kubectl, ages by the cluster's clock", async () => {
    const headers = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
    const answer = await call(`${base}/apis/autoscaling/v2/${atk}/horizontalpodautoscalers`, {
      headers,
    });
    expect(answer.json).toMatchObject({ kind: "Table" });
    const table = z.object({ rows: z.array(z.object({ cells: z.array(z.string()) })) });
    expect(table.parse(answer.json).rows[1]?.cells).toEqual([
      "api",
      "Deployment/api",
      "cpu: 2%/70%, memory: 35%/80%, 0/1k",
      "2",
      "8",
      "2",
      "24h0m",
    ]);
    const pods = await call(`${base}/api/v1/${atk}/pods`, { headers });
    expect(table.parse(pods.json).rows[0]?.cells.slice(1)).toEqual([
      "1/1",
      "Running",
      "0",
      "60m",
      "node-0",
    ]);
  });
});

describe("watches", () => {
  test("tell first what there is, then what changes", async () => {
    const query = "watch=true&labelSelector=app.kubernetes.io/name=api";
    const watch = await startWatch(`/api/v1/${atk}/pods?${query}`);
    const [pod] = cluster.serving("api").ready;
    if (pod === undefined) throw new Error("no pod");
    cluster.crash(pod);
    cluster.advance(1000);
    api.refresh();
    const restarted = { status: { containerStatuses: [{ restartCount: 1, ready: false }] } };
    expect(await watch.lines(3)).toMatchObject([
      { type: "ADDED" },
      { type: "ADDED" },
      { type: "MODIFIED", object: { metadata: { name: pod.target.name }, ...restarted } },
    ]);
  });

  test("go on from a revision", async () => {
    const { metadata } = list.parse(await read(`/api/v1/${atk}/pods`));
    const query = `watch=1&resourceVersion=${metadata.resourceVersion}`;
    const watch = await startWatch(`/api/v1/${atk}/pods?${query}`);
    cluster.advance(60_000);
    api.refresh();
    expect(await watch.lines(1)).toMatchObject([{ type: "MODIFIED" }]);
  });

  test("end when their time is over", async () => {
    const answer = await call(`${base}/api/v1/nodes?watch=1&timeoutSeconds=1`);
    expect(answer.text.split("\n").length).toBe(3);
  });
});

/** Resolves when the server has answered; `lines` when as many have come, and ends the watch. */
function startWatch(
  path: string,
): Promise<{ lines: (count: number) => Promise<readonly Record<string, unknown>[]> }> {
  return new Promise((resolve, reject) => {
    const outgoing = get(base + path, (incoming) => {
      let text = "";
      const lines = async (count: number): Promise<readonly Record<string, unknown>[]> => {
        for await (const chunk of incoming) {
          text += String(chunk);
          if (text.split("\n").length > count) break;
        }
        return text
          .split("\n")
          .slice(0, -1)
          .map((line) => z.looseObject({}).parse(JSON.parse(line)));
      };
      resolve({ lines });
    });
    outgoing.once("error", reject);
  });
}
