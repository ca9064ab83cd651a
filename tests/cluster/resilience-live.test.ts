/**
 * `headroom run resilience` against services whose pods are processes behind a load balancer, while the real deployment,
 * eviction, node lifecycle and taint eviction controllers do what the event is. All runs go on side by side, each in a
 * namespace of its own:
 *
 * - `good`: pods that drain their connections, on nodes of the pool `a`: a rolling update, then a drain of one of the nodes;
 * - `abrupt`: pods that exit at once, a rolling update;
 * - `stuck`: a rolling update whose pods are never ready;
 * - `lost`: pods on nodes of the pool `b`, of which one is lost by a command of the user's;
 * - `held`: pods on the only node of the pool `c`, whose disruption budget allows no eviction, so that its drain does not end:
 *   one run is killed meanwhile, the next one's event takes too long, the last is ended by Ctrl-C.
 */
import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/domain/report.ts";
import { freePort, listening } from "../../src/testdata/free-port.ts";
import {
  asReport,
  headroom,
  killed,
  newWorkplace,
  startHeadroom,
  type Finished,
} from "../headroom.ts";
import { startControlPlane, type ControlPlane } from "./control-plane.ts";
import { startKubelet, type Kubelet } from "./kubelet.ts";
import { startLoadBalancer, type LoadBalancer } from "./load-balancer.ts";
import { list, namespace, onPool } from "./objects.ts";
import { eventually } from "./observed-run.ts";

const app = "subgraph";
const replicas = 4;
const folder = path.resolve(import.meta.dirname, "../../deploy/kubernetes");
const children: ChildProcess[] = [];
const kubelets: Kubelet[] = [];
let plane: ControlPlane;
let balancer: LoadBalancer;
let power: Server;
const runs = new Map<string, Finished>();

interface ServiceFields {
  readonly pool: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly lifecycle?: object;
  readonly progressDeadlineSeconds?: number;
  /** Of its disruption budget; absent: one. */
  readonly maxUnavailable?: number;
}

const notServing = ["not-ready", "unreachable"].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 2,
}));

const service = (upstream: string, { pool, env = {}, ...fields }: ServiceFields): unknown =>
  list([
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: app },
      spec: { selector: { app }, ports: [{ port: 8080 }] },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: app },
      spec: { maxUnavailable: fields.maxUnavailable ?? 1, selector: { matchLabels: { app } } },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: app },
      spec: {
        replicas,
        progressDeadlineSeconds: fields.progressDeadlineSeconds,
        selector: { matchLabels: { app } },
        template: {
          metadata: { labels: { app } },
          spec: {
            nodeSelector: onPool(pool).nodeSelector,
            tolerations: [...onPool(pool).tolerations, ...notServing],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: { app } },
              },
            ],
            containers: [
              {
                name: app,
                image: "none",
                command: ["node", path.join(import.meta.dirname, "testdata/server.mjs")],
                env: [
                  { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
                  ...Object.entries({ UPSTREAM: upstream, DELAY_MS: "30", ...env }).map(
                    ([name, value]) => ({ name, value }),
                  ),
                ],
                lifecycle: fields.lifecycle,
                readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 1 },
                resources: { requests: { cpu: "100m", memory: "64Mi" } },
              },
            ],
          },
        },
      },
    },
  ]);

/** The load balancer sends nothing more before the process ends, and no connection is closed while a request is on its way. */
const draining = {
  lifecycle: { preStop: { sleep: { seconds: 1 } } },
  env: { DRAIN_MS: "4000" },
} as const;

const kubectl = (of: string, ...args: readonly string[]): Promise<string> =>
  plane.kubectl(["-n", of, ...args]);
const rolledOut = (of: string): Promise<string> =>
  kubectl(of, "rollout", "status", `deployment/${app}`, "--timeout=60s");

/** The service, its accounts, and an environment file for it. @returns the workplace of its runs */
async function deployed(
  of: string,
  upstream: string,
  fields: ServiceFields,
  events: object = {},
): Promise<string> {
  const workplace = newWorkplace();
  await plane.kubectl(["create", "-f", "-"], namespace(of));
  for (const name of ["observer-rbac.yaml", "events.yaml"]) {
    const text = readFileSync(path.join(folder, name), "utf8");
    await plane.kubectl(
      ["apply", "-f", "-"],
      text.replaceAll("namespace: atk", `namespace: ${of}`),
    );
  }
  await plane.kubectl(["create", "-n", of, "-f", "-"], service(upstream, fields));
  await rolledOut(of);
  const host = await kubectl(of, "get", "service", app, "-o", "jsonpath={.spec.clusterIP}");
  const kubeconfigOf = async (account: string): Promise<string> =>
    plane.kubeconfigOf({
      token: (await plane.kubectl(["create", "token", account, "-n", "headroom"])).trim(),
    });
  const environment = {
    targets: { subgraph: `http://${host}:8080/subgraphs/name/kit` },
    allowedHosts: [host],
    workloads: { web: app, api: app, subgraph: app },
    observers: {
      kubernetes: { namespace: of, kubeconfig: await kubeconfigOf("headroom-observer") },
    },
    events: { kubeconfig: await kubeconfigOf("headroom-events"), ...events },
  };
  writeFileSync(path.join(workplace, "environment.json"), JSON.stringify(environment));
  return workplace;
}

interface Load {
  readonly seconds: number;
  readonly events: readonly string[];
  /** Requests a second; absent: 20. */
  readonly rate?: number;
}

const argvOf = ({ seconds, events, rate = 20 }: Load): readonly string[] => [
  ..."run resilience --scenario subgraph --env-file environment.json --json".split(" "),
  `--rate=${rate}/s`,
  "--warm-up=5s",
  `--duration=${seconds}s`,
  ...events.map((event) => `--event=${event}`),
];

const loaded = async (of: string, workplace: string, load: Load): Promise<void> =>
  void runs.set(of, await headroom(workplace, argvOf(load)));

const nodeOfHeld = "c-1";
const isCordoned = async (): Promise<boolean> =>
  (await plane.kubectl(["get", "node", nodeOfHeld, "-o", "jsonpath={.spec.unschedulable}"])) ===
  "true";

/** Three runs of which each drains the node, one after the other. */
async function heldRuns(workplace: string): Promise<void> {
  const argv = argvOf({ seconds: 80, events: [`node-drain=${nodeOfHeld}@11s`] });
  const ended = async (name: string, end: (child: ChildProcess) => void): Promise<void> => {
    const { child, finished } = startHeadroom(workplace, argv);
    children.push(child);
    // One that was killed left the node cordoned.
    if (name !== "timed-out") await eventually(isCordoned, Boolean, 60_000);
    end(child);
    runs.set(`held ${name}`, await finished);
    cordoned.set(name, await isCordoned());
  };
  await ended("killed", (child) => child.kill("SIGKILL"));
  await ended("timed-out", () => undefined);
  await ended("interrupted", (child) => child.kill("SIGINT"));
}
const cordoned = new Map<string, boolean>();

const saidOf = (of: string): string => (runs.get(of)?.err ?? "").replaceAll(/\s+/g, " ");
const reportOf = (of: string): Report => asReport(runs.get(of)?.out ?? "");
const verdictsOf = (of: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    reportOf(of)
      .verdicts.filter(
        ({ checkId, outcome }) => checkId.startsWith("resilience.") && outcome !== "not-applicable",
      )
      .map(({ checkId, outcome }) => [checkId.slice("resilience.".length), outcome]),
  );

beforeAll(async () => {
  plane = await startControlPlane({
    controllerManager: { "node-monitor-grace-period": "20s", "node-monitor-period": "1s" },
  });
  for (const [node, pool] of Object.entries({
    "a-1": "a",
    "a-2": "a",
    "b-1": "b",
    "b-2": "b",
    [nodeOfHeld]: "c",
  }))
    kubelets.push(await startKubelet(plane, { node, pool }));
  balancer = await startLoadBalancer(plane);
  const port = await freePort();
  const sandbox = startHeadroom(newWorkplace(), ["sandbox", "--port=0", `--subgraph-port=${port}`]);
  children.push(sandbox.child);
  const upstream = `http://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> =>
    fetch(upstream).then(
      () => true,
      () => false,
    );
  await eventually(answers, Boolean, 60_000);

  // What a user's command has that cuts a machine's power.
  power = createServer((request, response) => {
    const lost = kubelets.find(({ node }) => request.url === `/${node}`);
    const cut = async (): Promise<void> => {
      await lost?.lose();
      const ready = ["get", "deployment", app, "-o", "jsonpath={.status.readyReplicas}"];
      const count = async (): Promise<number> => Number(await kubectl("lost", ...ready));
      await eventually(count, (now) => now < replicas, 60_000);
      await eventually(count, (now) => now === replicas, 60_000);
    };
    cut().then(
      () => response.end(),
      () => response.destroy(),
    );
  });
  const powerUrl = `http://127.0.0.1:${await listening(power)}`;

  const readyFile = path.join(plane.folder, "ready");
  writeFileSync(readyFile, "");
  const exitsAtOnce = { pool: "a", env: { EXIT_AT_ONCE: "1", DELAY_MS: "60" } };
  const stuck = { pool: "a", env: { READY_FILE: readyFile }, progressDeadlineSeconds: 15 };
  const cutPower = `await fetch("${powerUrl}/" + process.env.HEADROOM_EVENT_TARGET)`;
  const command = [process.execPath, "--input-type=module", "-e", cutPower];
  const held = { pool: "c", maxUnavailable: 0 };
  const [good, abrupt, neverReady, lost, undrainable] = await Promise.all([
    deployed("good", upstream, { pool: "a", ...draining }),
    deployed("abrupt", upstream, exitsAtOnce),
    deployed("stuck", upstream, stuck),
    deployed("lost", upstream, { pool: "b" }, { make: { "node-loss": { command } } }),
    deployed("held", upstream, held, { timeout: "5s" }),
  ]);
  rmSync(readyFile);
  await Promise.all([
    loaded("good", good, { seconds: 160, events: ["rolling-update@12s", "node-drain=a-1@80s"] }),
    loaded("abrupt", abrupt, { seconds: 95, rate: 40, events: ["rolling-update@12s"] }),
    loaded("stuck", neverReady, { seconds: 80, events: ["rolling-update@12s"] }),
    loaded("lost", lost, { seconds: 120, events: ["node-loss=b-1@12s"] }),
    heldRuns(undrainable),
  ]);
}, 420_000);
afterAll(async () => {
  await Promise.all(children.map(killed));
  power?.closeAllConnections();
  power?.close();
  await balancer?.stop();
  await Promise.all(kubelets.map((kubelet) => kubelet.stop()));
  await plane?.stop();
});

/** Requests that got another answer than they should; those that k6 could not send are its machine's. */
const failedIn = (of: string): readonly number[] =>
  (reportOf(of).resilience?.events ?? []).map(({ impact }) =>
    Object.values(impact.lostBy).reduce((sum, count) => sum + count, 0),
  );

/** A machine that is busy with something else makes a run INVALID, rightly: it is not asked for its verdicts then. */
const isJudged = (of: string): boolean => reportOf(of).validity.state === "valid";
const busy = "the machine was busy with something else: the run is INVALID";

test("pods that drain their connections lose nothing, in a rolling update and in a drain", ({
  skip,
}) => {
  const events = reportOf("good").resilience?.events.map(({ event }) => event) ?? [];
  expect(events.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ["rolling-update", "done"],
    ["node-drain", "done"],
  ]);
  expect(events[1]?.sentence).toMatch(/^evicted [1-4] pods? of good$/);
  expect(failedIn("good")).toEqual([0, 0]);
  skip(!isJudged("good"), busy);
  expect(verdictsOf("good")).toMatchObject({
    "requests-lost.1": "pass",
    "requests-lost.2": "pass",
    "recovery.1": "pass",
    "recovery.2": "pass",
    "unavailable.1": "pass",
  });
});

test("pods that exit at once lose requests, and the check that names it fails", ({ skip }) => {
  expect(reportOf("abrupt").resilience?.events[0]?.event.outcome).toBe("done");
  expect(failedIn("abrupt")[0]).toBeGreaterThan(1);
  expect(verdictsOf("abrupt")).toMatchObject({ "requests-lost": "fail" });
  skip(!isJudged("abrupt"), busy);
  expect(verdictsOf("abrupt")).toMatchObject({ recovery: "pass" });
  expect(runs.get("abrupt")?.status).toBe(1);
});

test("a rollout that is stuck ends the load, with one sentence why", () => {
  expect(runs.get("stuck")?.status).toBe(3);
  expect(saidOf("stuck")).toMatch(
    /event rolling-update: the rollout of subgraph is stuck \(ProgressDeadlineExceeded\): \d of 4 pods are updated and 3 available; it was left as it is/,
  );
  const { run, resilience } = reportOf("stuck");
  expect(resilience?.events[0]?.event.outcome).toBe("failed");
  // Of 85 s: 17 s until the event, its deadline of 15 s, and the end of the last requests.
  expect((run.endedAt ?? Infinity) - (run.loadStartedAt ?? 0)).toBeLessThan(70_000);
});

test("a node that is lost: of what the recovery consists is read from the cluster's objects", ({
  skip,
}) => {
  const [happened] = reportOf("lost").resilience?.events ?? [];
  expect(happened?.event).toMatchObject({
    kind: "node-loss",
    by: "command",
    outcome: "done",
    steps: [],
  });
  expect(failedIn("lost")[0]).toBeGreaterThan(0);
  const parts = new Map(happened?.impact.parts.map(({ name, ms }) => [name, ms]));
  expect([...parts.keys()]).toEqual(
    expect.arrayContaining(["detected", "rescheduled", "started", "ready"]),
  );
  // Of the 20 s without a heartbeat up to 10 s are over when the node is lost; its pods are given up 2 s later.
  expect(parts.get("detected")).toBeGreaterThan(8000);
  expect(parts.get("detected")).toBeLessThan(30_000);
  skip(!isJudged("lost"), busy);
  expect(verdictsOf("lost")).toMatchObject({ recovery: "pass" });
});

test("a drain that does not end: killed, the node stays cordoned, and the next run says so and puts it right", () => {
  expect(Object.fromEntries(cordoned)).toEqual({
    killed: true,
    "timed-out": false,
    interrupted: false,
  });
  expect(saidOf("held timed-out")).toMatch(
    /event node-drain=c-1: node c-1 has been cordoned since \S+ by a run of Headroom that was killed: it is uncordoned after the event/,
  );
  expect(saidOf("held timed-out")).toContain(
    "event node-drain=c-1: it did not end within 5 s; evicted 0 of 4 pods of held: a disruption budget did not allow more",
  );
  expect(runs.get("held timed-out")?.status).toBe(3);
  expect(runs.get("held interrupted")?.status).toBe(130);
});
