/**
 * `headroom run autoscale` against a service whose pods are processes, behind a load balancer, scaled by the real
 * controller on the CPU that they use: the report has what kubectl recorded meanwhile, and the rules explain it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/testdata/free-port.ts";
import {
  asReport,
  headroom,
  killed,
  newWorkplace,
  startHeadroom,
  type Finished,
} from "../headroom.ts";
import { binaryPath } from "./binaries.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { startKubelet, type Kubelet } from "./kubelet.ts";
import { startLoadBalancer, type LoadBalancer } from "./load-balancer.ts";
import { list, namespace, onProcesses } from "./objects.ts";
import { eventually, observerKubeconfig } from "./observed-run.ts";

const of = "atk";
const app = "subgraph";
const rbac = path.resolve(import.meta.dirname, "../../deploy/kubernetes/observer-rbac.yaml");
const workplace = newWorkplace();
const children: ChildProcess[] = [];
let plane: ControlPlane;
let kubelet: Kubelet;
let balancer: LoadBalancer;
let finished: Finished;

/** 10 ms of CPU for each request: 7 requests/s are the target of one pod. */
const service = (upstream: string): readonly unknown[] => [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: app },
    spec: { selector: { app }, ports: [{ port: 8080 }] },
  },
  {
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
          containers: [
            {
              name: app,
              image: "none",
              command: ["node", path.join(import.meta.dirname, "testdata/server.mjs")],
              env: [
                { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                { name: "UPSTREAM", value: upstream },
                { name: "CPU_MS", value: "9" },
              ],
              readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 1 },
              resources: { requests: { cpu: "100m", memory: "64Mi" } },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: app },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: app },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
        },
      ],
      // The specification's, with shorter times.
      behavior: {
        scaleUp: { policies: [{ type: "Pods", value: 2, periodSeconds: 15 }] },
        scaleDown: {
          stabilizationWindowSeconds: 15,
          policies: [{ type: "Pods", value: 4, periodSeconds: 15 }],
        },
      },
    },
  },
];

/** kubectl's own record of it, in a file. */
function watch(resource: string, columns: string): void {
  const file = openSync(path.join(workplace, resource), "w");
  const args = ["get", resource, "-n", of, "--watch", "--no-headers"];
  const child = spawn(
    binaryPath("kubectl"),
    ["--kubeconfig", plane.kubeconfig, ...args, "-o", `custom-columns=${columns}`],
    { stdio: ["ignore", file, file] },
  );
  closeSync(file);
  children.push(child);
}
const recorded = (resource: string): string => readFileSync(path.join(workplace, resource), "utf8");

beforeAll(async () => {
  plane = await startControlPlane();
  [kubelet, balancer] = [await startKubelet(plane), await startLoadBalancer(plane)];
  const port = await freePort();
  const sandbox = startHeadroom(workplace, ["sandbox", "--port=0", `--subgraph-port=${port}`]);
  children.push(sandbox.child);
  const upstream = `http://127.0.0.1:${port}`;
  await plane.kubectl(["create", "-f", "-"], namespace(of));
  await plane.kubectl(["apply", "-f", rbac]);
  await plane.kubectl(["create", "-n", of, "-f", "-"], list(service(upstream)));
  watch("hpa", "DESIRED:.status.desiredReplicas");
  watch("events", "REASON:.reason,MESSAGE:.message");
  const ip = ["get", "service", app, "-n", of, "-o", "jsonpath={.spec.clusterIP}"];
  const host = await plane.kubectl(ip);
  const environment = {
    targets: { subgraph: `http://${host}:8080/subgraphs/name/kit` },
    allowedHosts: [host],
    workloads: { web: app, api: app, subgraph: app },
    observers: { kubernetes: { namespace: of, kubeconfig: await observerKubeconfig(plane) } },
  };
  writeFileSync(path.join(workplace, "environment.json"), JSON.stringify(environment));
  const rate = ["--rate", "40/s", "--duration", "105s"];
  await plane.kubectl(["rollout", "status", `deployment/${app}`, "-n", of, "--timeout=60s"]);
  await eventually(() => answers(upstream), Boolean, 60_000);
  finished = await headroom(workplace, [
    ..."run autoscale --scenario subgraph --env-file environment.json --json".split(" "),
    ...rate,
  ]);
}, 420_000);
afterAll(async () => {
  await Promise.all(children.map(killed));
  await balancer?.stop();
  await kubelet?.stop();
  await plane?.stop();
});

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const sizes = (text: string): readonly number[] =>
  [...text.matchAll(/New size: (\d+)/g)].map(([, size]) => Number(size));

test("the autoscaler followed the load up and down, and no check of it fails", () => {
  const { autoscaling } = asReport(finished.out);
  const [scaling] = autoscaling?.workloads ?? [];
  expect(scaling?.replicas).toMatchObject({ atStart: 2, least: 2, atEnd: 2 });
  expect(scaling?.replicas?.most).toBeGreaterThanOrEqual(4);
  expect(scaling?.checks).toHaveLength(13);
  const failed = scaling?.checks.filter(({ verdict }) => verdict.outcome === "fail");
  expect(failed).toEqual([]);
  expect([...(autoscaling?.gaps ?? []), ...(scaling?.gaps ?? [])]).toEqual([]);
});

test("the report has the changes of size that kubectl recorded", () => {
  const [scaling] = asReport(finished.out).autoscaling?.workloads ?? [];
  const events = sizes(recorded("events"));
  expect(events.length).toBeGreaterThanOrEqual(2);
  expect(scaling?.events.flatMap(({ message }) => sizes(message))).toEqual(events);
  const desired = recorded("hpa").trim().split("\n").map(Number);
  const changes = desired.filter((size, index) => size !== desired[index - 1]);
  expect(changes.slice(-events.length)).toEqual(events);
});

test("its recording, decided again: predicted = observed", async () => {
  const replayed = await headroom(workplace, ["simulate", "hpa", "--from-run", "latest"]);
  const [, agreed, ticks] = /predicted = observed on (\d+) of (\d+) ticks/.exec(replayed.err) ?? [];
  expect(Number(ticks)).toBeGreaterThan(4);
  expect(agreed).toBe(ticks);
});
