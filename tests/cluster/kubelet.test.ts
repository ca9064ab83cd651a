/** Pods as processes of this machine, as a kubelet would run them, and what reaches them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf } from "../../src/domain/errors.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { startKubelet, type Kubelet } from "./kubelet.ts";
import { startLoadBalancer, type LoadBalancer } from "./load-balancer.ts";
import { namespace, onProcesses } from "./objects.ts";
import { eventually } from "./observed-run.ts";

const of = "pods";
const limitMs = 20_000;
let plane: ControlPlane;
let kubelet: Kubelet;
let balancer: LoadBalancer;

beforeAll(async () => {
  plane = await startControlPlane();
  kubelet = await startKubelet(plane, { crashBackoffMs: 500 });
  balancer = await startLoadBalancer(plane);
  await plane.kubectl(["create", "-f", "-"], namespace(of));
  await plane.kubectl(["wait", "serviceaccount/default", "-n", of, "--for=create"]);
}, 120_000);
afterAll(async () => {
  await balancer?.stop();
  await kubelet?.stop();
  await plane?.stop();
});

const server = ["node", path.join(import.meta.dirname, "testdata/server.mjs")];
const readinessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 1 };
const podIp = { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } };

const create = (object: unknown): Promise<string> =>
  plane.kubectl(["create", "-n", of, "-f", "-"], object);
const podObject = (
  name: string,
  container: Partial<V1PodSpec["containers"][number]>,
  spec: Partial<V1PodSpec> = {},
): unknown => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: {
    ...onProcesses,
    ...spec,
    containers: [{ name: "main", image: "none", command: server, env: [podIp], ...container }],
  },
});

const podOf = async (name: string): Promise<V1Pod> =>
  JSON.parse(await plane.kubectl(["get", "pod", name, "-n", of, "-o", "json"])) as V1Pod;
/** Waits for it. */
const podWhere = (
  name: string,
  holds: (pod: V1Pod, container: NonNullable<V1Pod["status"]>["containerStatuses"]) => boolean,
): Promise<V1Pod> =>
  eventually(
    () => podOf(name),
    (pod) => holds(pod, pod.status?.containerStatuses),
    limitMs,
  );
const isReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ===
  true;
const logsOf = (name: string, ...flags: readonly string[]): Promise<string> =>
  plane.kubectl(["logs", name, "-n", of, ...flags]);

test.concurrent("a pod is ready when its probe says so, on its own address", async () => {
  const byHttp = { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 1 };
  const env = [podIp, { name: "READY_AFTER_MS", value: "3000" }];
  await create(podObject("slow-start", { env, readinessProbe: byHttp }));
  const started = await podWhere("slow-start", (pod) => pod.status?.phase === "Running");
  expect(isReady(started)).toBe(false);
  const { status } = await podWhere("slow-start", isReady);
  const [container] = status?.containerStatuses ?? [];
  const startedAt = Date.parse(String(container?.state?.running?.startedAt));
  const readyAt = Date.parse(
    String(status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime),
  );
  // Both of whole seconds.
  expect(readyAt - startedAt).toBeGreaterThanOrEqual(2000);
  const answer = await fetch(`http://${status?.podIP}:8080/`);
  expect(await answer.text()).toBe(`${status?.podIP}\n`);
  expect(await logsOf("slow-start")).toBe(`listening on ${status?.podIP}\n`);
});

test.concurrent("a deleted pod finishes its requests; its hook comes before SIGTERM", async () => {
  const lifecycle = { preStop: { sleep: { seconds: 1 } } };
  await create(podObject("graceful", { lifecycle, readinessProbe }));
  const { status } = await podWhere("graceful", isReady);
  const slow = fetch(`http://${status?.podIP}:8080/slow?ms=5000`);
  const deletion = plane.kubectl(["delete", "pod", "graceful", "-n", of]);
  await wait(500);
  expect(await logsOf("graceful")).not.toContain("SIGTERM");
  await eventually(
    () => logsOf("graceful"),
    (text) => text.includes("SIGTERM"),
    3000,
  );
  await expect(fetch(`http://${status?.podIP}:8080/`)).rejects.toThrow("fetch failed");
  expect((await slow).status).toBe(200);
  await deletion;
  await expect(podOf("graceful")).rejects.toThrow("NotFound");
});

test.concurrent("a process that ignores SIGTERM is killed after its grace period", async () => {
  const command = ["sh", "-c", "trap 'echo ignored' TERM; while :; do sleep 0.2; done"];
  await create(podObject("deaf", { command }, { terminationGracePeriodSeconds: 2 }));
  await podWhere("deaf", isReady);
  const startedAt = Date.now();
  await plane.kubectl(["delete", "pod", "deaf", "-n", of]);
  expect(Date.now() - startedAt).toBeGreaterThan(1900);
  expect(Date.now() - startedAt).toBeLessThan(5000);
});

test.concurrent("a Job fails with its container's exit code", async () => {
  const spec = { ...onProcesses, restartPolicy: "Never" };
  const containers = [{ name: "main", image: "none", command: ["sh", "-c", "exit 3"] }];
  await create({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "three" },
    spec: { backoffLimit: 0, template: { spec: { ...spec, containers } } },
  });
  await plane.kubectl(["wait", "job/three", "-n", of, "--for=condition=Failed", "--timeout=20s"]);
  const codes = "jsonpath={.items[*].status.containerStatuses[*].state.terminated.exitCode}";
  const selector = ["-l", "job-name=three", "-o", codes];
  expect(await plane.kubectl(["get", "pods", "-n", of, ...selector])).toBe("3");
});

test.concurrent("more memory than its limit ends a container, OOMKilled with 137", async () => {
  const grow = "const all = []; setInterval(() => all.push(Buffer.alloc(2 ** 23, 1)), 50)";
  const resources = { limits: { memory: "128Mi" } };
  await create(
    podObject("grows", { command: ["node", "-e", grow], resources }, { restartPolicy: "Never" }),
  );
  const { status } = await podWhere("grows", (pod) => pod.status?.phase === "Failed");
  expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    reason: "OOMKilled",
    exitCode: 137,
  });
});

test.concurrent("a container that crashes is restarted, at longer and longer intervals", async () => {
  const command = ["sh", "-c", "echo $HOSTNAME; sleep 0.1; exit 1"];
  await create(podObject("crashes", { command }));
  const { status } = await podWhere(
    "crashes",
    (_, [container] = []) =>
      (container?.restartCount ?? 0) >= 3 &&
      container?.state?.waiting?.reason === "CrashLoopBackOff",
  );
  const [container] = status?.containerStatuses ?? [];
  expect(status?.phase).toBe("Running");
  expect(container?.lastState?.terminated).toMatchObject({ reason: "Error", exitCode: 1 });
  expect(container?.state?.waiting?.message).toMatch(/^back-off [24]s restarting/);
  expect(await logsOf("crashes", "--previous")).toBe("crashes\n");
  await plane.kubectl(["delete", "pod", "crashes", "-n", of]);
});

test.concurrent("a failing liveness probe restarts its container", async () => {
  const command = ["sh", "-c", "touch alive; sleep 2; rm alive; exec sleep 60"];
  const exec = { command: ["test", "-f", "alive"] };
  const livenessProbe = { exec, initialDelaySeconds: 1, periodSeconds: 1, failureThreshold: 2 };
  await create(podObject("ill", { command, livenessProbe }));
  const { status } = await podWhere("ill", (_, [container] = []) => container?.restartCount === 1);
  expect(status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(143);
  await plane.kubectl(["delete", "pod", "ill", "-n", of, "--grace-period=1"]);
});

test.concurrent("a container gets files and variables", async () => {
  await create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings" },
    data: { "test.txt": "from a file", level: "high" },
  });
  const folder = path.join(plane.folder, "results");
  const command = [
    ..."sh -c".split(" "),
    'cat /test/test.txt; echo; echo "$LEVEL $WHERE"; echo kept > /results/a.txt',
  ];
  const configMapKeyRef = { name: "settings", key: "level" };
  const env = [
    { name: "LEVEL", valueFrom: { configMapKeyRef } },
    { name: "WHERE", value: "$(LEVEL) 0.0.0.0:80" },
  ];
  const volumes = [
    { name: "settings", configMap: { name: "settings" } },
    { name: "results", hostPath: { path: folder, type: "DirectoryOrCreate" } },
  ];
  const volumeMounts = [
    { name: "settings", mountPath: "/test" },
    { name: "results", mountPath: "/results" },
  ];
  const container = { command, env, volumeMounts };
  await create(podObject("reads", container, { restartPolicy: "Never", volumes }));
  const { status } = await podWhere("reads", (pod) => pod.status?.phase === "Succeeded");
  expect(await logsOf("reads")).toBe(`from a file\nhigh high ${status?.podIP}:80\n`);
  expect(readFileSync(path.join(folder, "a.txt"), "utf8")).toBe("kept\n");
});

test.concurrent("metrics say what a pod's process used", async () => {
  await create(podObject("works", { readinessProbe }));
  const { status } = await podWhere("works", isReady);
  const work = async (ms: number): Promise<void> => {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      const next = wait(100);
      await fetch(`http://${status?.podIP}:8080/work?cpu=20`);
      await next;
    }
  };
  await work(1000);
  await plane.metrics.scrape();
  await work(5000);
  await plane.metrics.scrape();
  const usage = JSON.parse(
    await plane.kubectl(["get", "--raw", `/apis/metrics.k8s.io/v1beta1/namespaces/${of}/pods`]),
  ) as { items: { metadata: { name: string }; containers: { usage: Record<string, string> }[] }[] };
  const [container] =
    usage.items.find(({ metadata }) => metadata.name === "works")?.containers ?? [];
  // 20 of each 100 ms, and what a request takes beyond.
  const cores = Number.parseInt(container?.usage["cpu"] ?? "", 10) / 1e9;
  expect(cores).toBeGreaterThan(0.17);
  expect(cores).toBeLessThan(0.3);
  const megabytes = Number.parseInt(container?.usage["memory"] ?? "", 10) / 1024;
  expect(megabytes).toBeGreaterThan(30);
  expect(megabytes).toBeLessThan(150);
});

test.concurrent(
  "a Service leads to its ready pods; a connection stays where it is",
  { timeout: 60_000 },
  async () => {
    const app = "balanced";
    const spec = { selector: { app }, ports: [{ port: 8080, targetPort: "http" }] };
    await create({ apiVersion: "v1", kind: "Service", metadata: { name: app }, spec });
    const ip = ["get", "service", app, "-n", of, "-o", "jsonpath={.spec.clusterIP}"];
    const url = `http://${await plane.kubectl(ip)}:8080`;
    const answers = async (count: number): Promise<ReadonlySet<string>> => {
      const headers = { connection: "close" };
      const texts = Array.from({ length: count }, async () =>
        (await fetch(url, { headers })).text(),
      );
      return new Set((await Promise.all(texts)).map((text) => text.trim()));
    };
    const replicas = (count: number): Promise<string> =>
      plane.kubectl(["scale", "deployment", app, "-n", of, `--replicas=${count}`]);
    const endpoints = (count: number): Promise<unknown> =>
      eventually(
        () => answers(20).catch(() => new Set<string>()),
        ({ size }) => size === count,
        limitMs,
      );
    const container = {
      command: server,
      readinessProbe,
      ports: [{ name: "http", containerPort: 8080 }],
    };
    await create(deployment(app, container));
    await endpoints(2);
    const slow = Array.from({ length: 8 }, async () => (await fetch(`${url}/slow?ms=4000`)).text());
    await wait(200);
    await replicas(1);
    await endpoints(1);
    const ended = await Promise.all(slow);
    // Those of the pod that was deleted, too.
    expect(new Set(ended).size).toBe(2);
    await replicas(0);
    const refusal = (): Promise<unknown> => answers(1).catch(({ cause }: Error) => codeOf(cause));
    await eventually(refusal, (code) => code === "ECONNREFUSED", limitMs);
  },
);

const deployment = (app: string, container: object): unknown => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: app },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: {
        ...onProcesses,
        containers: [{ name: "main", image: "none", env: [podIp], ...container }],
      },
    },
  },
});
