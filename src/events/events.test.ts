import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { EventStepName } from "../domain/resilience.ts";
import { jsonApi, type JsonApi } from "../observe/kubernetes/json-api.ts";
import { openTransport } from "../observe/kubernetes/transport.ts";
import { commandEvents } from "./command-events.ts";
import { handEvents } from "./hand-events.ts";
import { kubernetesEvents } from "./kubernetes-events.ts";
import { isReached, objectEvents } from "./object-events.ts";
import { sandboxEvents } from "./sandbox-events.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const progress = (signal = AbortSignal.timeout(10_000)) => {
  const steps: EventStepName[] = [];
  return { steps, given: { signal, step: (name: EventStepName) => void steps.push(name) } };
};

type Answer = (body: unknown) => readonly [status: number, document: object];

/** @param routes by "METHOD /path", without the query @returns its URL, and what was asked */
async function serve(routes: Readonly<Record<string, Answer>>) {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const route = `${request.method} ${(request.url ?? "").split("?")[0]}`;
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      asked.push(route);
      bodies.push(body);
      const [status, document] = routes[route]?.(body) ?? [404, { message: "not here" }];
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(document));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, bodies };
}

describe("the sandbox", () => {
  test("makes it, and says when it was over", async () => {
    let polls = 0;
    const { url, bodies } = await serve({
      "POST /control/events": () => [202, { id: 3 }],
      "GET /control/events": () => [
        200,
        [
          { id: 2, endedAt: 1, steps: [] },
          { id: 3, endedAt: ++polls > 1 ? 9 : undefined, steps: [{ name: "ready", at: 8 }] },
        ],
      ],
    });
    const { steps, given } = progress();
    await sandboxEvents(url).make({ kind: "rolling-update", target: "api" }, given);
    expect(steps).toStrictEqual(["ready"]);
    expect(polls).toBe(2);
    expect(bodies[0]).toStrictEqual({ kind: "rolling-update", target: "api" });
  });

  test("is asked before the load whether it could; not for a rollback of what the run rolls out", async () => {
    const { url, bodies } = await serve({
      "POST /control/events": () => [400, { message: "nothing to roll back to" }],
    });
    const maker = sandboxEvents(url);
    await expect(maker.check({ kind: "rollback" })).rejects.toThrow(
      "event rollback: nothing to roll back to",
    );
    await maker.check({ kind: "rollback" }, [{ kind: "rolling-update" }]);
    expect(bodies).toStrictEqual([{ kind: "rollback", isCheck: true }]);
  });

  test("its refusal is the sentence", async () => {
    const { url } = await serve({
      "POST /control/events": () => [400, { message: "no node is called x" }],
    });
    const made = sandboxEvents(url).make({ kind: "node-loss", target: "x" }, progress().given);
    await expect(made).rejects.toThrow("the sandbox did not make the event: no node is called x");
  });
});

/** A process that ended and is not waited for yet counts as ended. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("a command", () => {
  const node = process.execPath;

  test("runs until the event is over, and names steps", async () => {
    const { steps, given } = progress();
    const script = 'console.log("x"); console.log(process.env.HEADROOM_EVENT_TARGET)';
    await commandEvents([node, "-e", script]).make({ kind: "cache-flush", target: "ready" }, given);
    expect(steps).toStrictEqual(["ready"]);
  });

  test.each([
    [[node, "-e", 'console.error("no redis"); process.exit(3)'], "ended with status 3: no redis"],
    [["/nowhere/flush"], "/nowhere/flush could not be started"],
  ])("%j fails with one sentence", async (command, sentence) => {
    const made = commandEvents(command).make({ kind: "cache-flush" }, progress().given);
    await expect(made).rejects.toThrow(sentence);
  });

  test("is stopped with the load, and what it started with it", async () => {
    const { given } = progress(AbortSignal.timeout(300));
    const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-command-")), "pid");
    // The shell's child holds its output open, and would outlive it.
    const command = ["sh", "-c", 'sleep 60 & echo $! >"$1"; wait', "sh", file];
    const words = await commandEvents(command).make({ kind: "cache-flush" }, given);
    expect(words).toBe("its command was stopped");
    const pid = Number(readFileSync(file, "utf8"));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
  });

  test("is stopped where Headroom exits at once", async () => {
    const before = new Set(process.listeners("exit"));
    const command = [node, "-e", "setTimeout(() => {}, 60000)"];
    const made = commandEvents(command).make({ kind: "cache-flush" }, progress().given);
    const own = process.listeners("exit").filter((each) => !before.has(each));
    expect(own).toHaveLength(1);
    own[0]?.(0);
    await expect(made).rejects.toThrow("ended with SIGTERM");
    expect(process.listeners("exit")).toHaveLength(before.size);
  });

  test("is over when it ends, though what it left running holds its output open", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-command-")), "pid");
    const command = ["sh", "-c", 'sleep 60 & echo $! >"$1"; echo ready', "sh", file];
    const { steps, given } = progress();
    await expect(commandEvents(command).make({ kind: "cache-flush" }, given)).resolves.toBe(
      undefined,
    );
    expect(steps).toStrictEqual(["ready"]);
    const pid = Number(readFileSync(file, "utf8"));
    expect(isRunning(pid)).toBe(true);
    process.kill(pid);
  });

  test.each([
    ["/nowhere/flush", "/nowhere/flush cannot be started: no such file"],
    ["no-such-flush", "no-such-flush cannot be started: there is no such program on PATH"],
    [import.meta.filename, "it is not executable"],
  ])("%s is refused before the load", async (program, sentence) => {
    await expect(commandEvents([program]).check({ kind: "cache-flush" })).rejects.toThrow(sentence);
  });

  test("a program on PATH is not refused", async () => {
    await expect(commandEvents(["sh"]).check({ kind: "cache-flush" })).resolves.toBe(undefined);
  });
});

test("by hand: the terminal says what to do, a file that it is over", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-hand-"));
  const said: string[] = [];
  const file = path.join(directory, "event-done-node-loss");
  // Of an earlier event of the run.
  writeFileSync(file, "");
  const made = handEvents("pull the plug", { directory, say: (line) => said.push(line) }).make(
    { kind: "node-loss" },
    progress().given,
  );
  expect(existsSync(file)).toBe(false);
  expect(said).toStrictEqual([
    `event node-loss: now pull the plug; when it is over: touch ${file}`,
  ]);
  writeFileSync(file, "");
  await expect(made).resolves.toBeUndefined();
});

test.each([
  [{ status: { conditions: [{ type: "AllRecovered", status: "True" }] } }, "AllRecovered", true],
  [{ status: { conditions: [{ type: "AllRecovered", status: "False" }] } }, "AllRecovered", false],
  [{ status: { engineStatus: "completed" } }, "status.engineStatus=completed", true],
  [{ status: { engineStatus: "running" } }, "status.engineStatus=completed", false],
  [{}, "status.engineStatus=completed", false],
])("%j has reached %s: %s", (state, until, isIt) => {
  expect(isReached(state, until)).toBe(isIt);
});

const allowed: Answer = () => [201, { status: { allowed: true } }];

const deployment = (status: object, annotations = {}, spec = {}) => ({
  metadata: { name: "api", generation: 2, annotations },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "api" } },
    template: { spec: { containers: [] } },
    ...spec,
  },
  status,
});

const revision = (number: number, image: string) => ({
  metadata: {
    annotations: { "deployment.kubernetes.io/revision": String(number) },
    ownerReferences: [{ kind: "Deployment", name: "api" }],
  },
  spec: {
    template: {
      metadata: { labels: { app: "api", "pod-template-hash": "x" } },
      spec: { containers: [{ image }] },
    },
  },
});

const pod = (name: string, nodeName: string, owner = "ReplicaSet") => ({
  metadata: { name, uid: name, ownerReferences: [{ kind: owner }] },
  spec: { nodeName, containers: [] },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
});

async function apiAt(url: string): Promise<JsonApi> {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-events-"));
  const kubeconfig = path.join(directory, "kubeconfig");
  const config = {
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: url } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return jsonApi(await openTransport({ kubeconfig }), "roles.yaml");
}

async function makerFor(routes: Readonly<Record<string, Answer>>) {
  const server = await serve(routes);
  const api = await apiAt(server.url);
  const said: string[] = [];
  const maker = kubernetesEvents(api, {
    namespace: "atk",
    workloadOf: () => "api",
    say: (line) => void said.push(line),
    awayMs: 1200,
    settledMs: 700,
  });
  closers.push(() => maker.close?.());
  return { ...server, maker, said };
}

const reviews = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const deployments = "/apis/apps/v1/namespaces/atk/deployments";
const nodes = "/api/v1/nodes/n1";
const pods = "/api/v1/namespaces/atk/pods";

const mark = (at: unknown) => ({ annotations: { "headroom/cordoned-at": at } });

const nodeOf =
  (spec: object, annotations: object = {}): Answer =>
  () => [200, { metadata: { annotations }, spec }];

/** @returns what is said before the load that drains n1 */
async function drainChecked(node: Answer, items: readonly object[]): Promise<string | undefined> {
  const { maker } = await makerFor({
    [reviews]: allowed,
    [`GET ${nodes}`]: node,
    [`GET ${pods}`]: () => [200, { items }],
  });
  return maker.check({ kind: "node-drain", target: "n1" });
}

/** Drains n1, which is cordoned. @returns how it was changed */
async function patchesOf(annotations: object): Promise<readonly unknown[]> {
  let evicted = false;
  const { maker, bodies, asked } = await makerFor({
    [`GET ${nodes}`]: nodeOf({ unschedulable: true }, annotations),
    [`PATCH ${nodes}`]: () => [200, {}],
    [`GET ${pods}`]: () => [200, { items: [evicted ? pod("api-3", "n2") : pod("api-1", "n1")] }],
    [`POST ${pods}/api-1/eviction`]: () => {
      evicted = true;
      return [201, {}];
    },
  });
  await maker.make({ kind: "node-drain", target: "n1" }, progress().given);
  return bodies.filter((_, index) => asked[index] === `PATCH ${nodes}`);
}

function rolloutWhileAway(awayMs: number, code = 503) {
  const until = performance.now() + awayMs;
  const status = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  return makerFor({
    [`PATCH ${deployments}/api`]: () => [200, {}],
    [`GET ${deployments}/api`]: () =>
      performance.now() < until ? [code, { message: "starting" }] : [200, deployment(status)],
  });
}

describe("the Kubernetes API", () => {
  test("without the right it is refused before the load", async () => {
    const { maker } = await makerFor({
      [reviews]: (body) => [
        201,
        { status: { allowed: !JSON.stringify(body).includes('"patch"') } },
      ],
    });
    await expect(maker.check({ kind: "rolling-update" })).rejects.toThrow(
      /does not let us patch deployments in the namespace atk: bind the roles of deploy\/kubernetes\/events.yaml/,
    );
  });

  test("without the workload it is refused before the load", async () => {
    const { maker } = await makerFor({ [reviews]: allowed });
    await expect(maker.check({ kind: "rolling-update", target: "web" })).rejects.toThrow(
      "event rolling-update: the namespace atk has no deployment and no StatefulSet web",
    );
  });

  test("a rolling update is over when every pod is of the new template and available", async () => {
    const states = [
      { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      { observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 2 },
      { observedGeneration: 2, replicas: 3, updatedReplicas: 2, availableReplicas: 3 },
      { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    ];
    const { maker, bodies } = await makerFor({
      [`PATCH ${deployments}/api`]: () => [200, {}],
      [`GET ${deployments}/api`]: () => [200, deployment(states.shift() ?? {})],
    });
    const { steps, given } = progress();
    await maker.make({ kind: "rolling-update" }, given);
    expect(states).toStrictEqual([]);
    expect(steps).toStrictEqual(["detected", "rescheduled", "started", "ready"]);
    expect(JSON.stringify(bodies)).toContain("kubectl.kubernetes.io/restartedAt");
  });

  test("a rollout that is stuck fails with its state", async () => {
    const { maker } = await makerFor({
      [`PATCH ${deployments}/api`]: () => [200, {}],
      [`GET ${deployments}/api`]: () => [
        200,
        deployment({
          observedGeneration: 2,
          replicas: 3,
          updatedReplicas: 1,
          availableReplicas: 2,
          conditions: [
            { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" },
          ],
        }),
      ],
    });
    await expect(maker.make({ kind: "rolling-update" }, progress().given)).rejects.toThrow(
      "the rollout of api is stuck (ProgressDeadlineExceeded): 1 of 2 pods are updated and 2 available",
    );
  });

  test("a rollback takes the template of the revision before", async () => {
    const { maker, bodies } = await makerFor({
      [`PATCH ${deployments}/api`]: () => [200, {}],
      [`GET ${deployments}/api`]: () => [
        200,
        deployment(
          { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
          { "deployment.kubernetes.io/revision": "3" },
        ),
      ],
      "GET /apis/apps/v1/namespaces/atk/replicasets": () => [
        200,
        { items: [revision(1, "a:1"), revision(3, "a:3"), revision(2, "a:2")] },
      ],
    });
    await maker.make({ kind: "rollback" }, progress().given);
    expect(bodies.find((body) => Array.isArray(body))).toStrictEqual([
      {
        op: "replace",
        path: "/spec/template",
        value: { metadata: { labels: { app: "api" } }, spec: { containers: [{ image: "a:2" }] } },
      },
    ]);
  });

  test("a drain cordons, evicts what a disruption budget allows, and uncordons", async () => {
    let refusals = 1;
    let evicted = false;
    const { maker, asked, bodies } = await makerFor({
      [`GET ${nodes}`]: () => [200, { spec: {} }],
      [`PATCH ${nodes}`]: () => [200, {}],
      [`GET ${pods}`]: () => [
        200,
        {
          items: [
            pod("agent", "n1", "DaemonSet"),
            pod("api-2", "n2"),
            evicted ? pod("api-3", "n2") : pod("api-1", "n1"),
          ],
        },
      ],
      [`POST ${pods}/api-1/eviction`]: () => {
        if (refusals-- > 0) return [429, { message: "budget" }];
        evicted = true;
        return [201, {}];
      },
    });
    const { steps, given } = progress();
    await expect(maker.make({ kind: "node-drain", target: "n1" }, given)).resolves.toBe(
      "evicted 1 pod of atk, 1 of daemon sets stayed",
    );
    expect(steps).toStrictEqual(["detected", "rescheduled", "started", "ready"]);
    expect(asked.filter((each) => each.endsWith("/eviction"))).toHaveLength(2);
    const cordons = bodies.filter((_, index) => asked[index] === `PATCH ${nodes}`);
    expect(cordons).toStrictEqual([
      { metadata: mark(expect.any(String)), spec: { unschedulable: true } },
      { metadata: mark(null), spec: { unschedulable: null } },
    ]);
  });

  test("a drain that does not end uncordons all the same", async () => {
    const { maker, asked } = await makerFor({
      [`GET ${nodes}`]: () => [200, { spec: {} }],
      [`PATCH ${nodes}`]: () => [200, {}],
      [`GET ${pods}`]: () => [200, { items: [pod("api-1", "n1")] }],
      [`POST ${pods}/api-1/eviction`]: () => [429, { message: "budget" }],
    });
    const { given } = progress(AbortSignal.timeout(200));
    await expect(maker.make({ kind: "node-drain", target: "n1" }, given)).resolves.toBe(
      "evicted 0 of 1 pod of atk: a disruption budget did not allow more",
    );
    expect(asked.filter((each) => each === `PATCH ${nodes}`)).toHaveLength(2);
  });

  test("a deleted pod is replaced; the request after the deletion is read as one", async () => {
    let isDeleted = false;
    const { maker, bodies, asked } = await makerFor({
      [`GET ${deployments}/api`]: () => [200, deployment({})],
      [`GET ${pods}`]: () => [
        200,
        { items: [isDeleted ? pod("api-3", "n1") : pod("api-1", "n1"), pod("api-2", "n2")] },
      ],
      [`DELETE ${pods}/api-1`]: () => {
        isDeleted = true;
        return [200, {}];
      },
    });
    await expect(maker.make({ kind: "pod-deletion" }, progress().given)).resolves.toBe(
      "deleted the pod api-1",
    );
    expect(bodies[asked.indexOf(`DELETE ${pods}/api-1`)]).toStrictEqual({
      propagationPolicy: "Background",
    });
  });

  describe("a StatefulSet", () => {
    const sets = "/apis/apps/v1/namespaces/atk/statefulsets";
    const updated = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

    test("is rolled out as a deployment is", async () => {
      const states = [
        { observedGeneration: 1, ...updated },
        { observedGeneration: 1, ...updated },
        { observedGeneration: 2, ...updated, updatedReplicas: 1, availableReplicas: 1 },
        { observedGeneration: 2, ...updated },
      ];
      const { maker, asked } = await makerFor({
        [`PATCH ${sets}/api`]: () => [200, {}],
        [`GET ${sets}/api`]: () => [200, deployment(states.shift() ?? {})],
      });
      const { steps, given } = progress();
      await maker.make({ kind: "subgraph-restart" }, given);
      expect(steps).toStrictEqual(["detected", "rescheduled", "started", "ready"]);
      expect(asked).toContain(`PATCH ${sets}/api`);
    });

    test.each([
      ["rollback", {}, "cannot be rolled back by the Kubernetes API alone: name a command"],
      [
        "rolling-update",
        { updateStrategy: { type: "OnDelete" } },
        "the StatefulSet api has the update strategy OnDelete",
      ],
    ] as const)("%s of %j is refused before the load", async (kind, spec, sentence) => {
      const { maker } = await makerFor({
        [reviews]: allowed,
        [`GET ${sets}/api`]: () => [200, deployment({}, {}, spec)],
      });
      await expect(maker.check({ kind })).rejects.toThrow(sentence);
    });

    test("that may not be changed is refused before the load", async () => {
      const { maker } = await makerFor({
        [reviews]: (body) => [
          201,
          { status: { allowed: !JSON.stringify(body).includes("statefulsets") } },
        ],
        [`GET ${sets}/api`]: () => [200, deployment({})],
      });
      await expect(maker.check({ kind: "rolling-update" })).rejects.toThrow(
        "does not let us get statefulsets in the namespace atk",
      );
    });
  });

  test("a pod that an autoscaler does not replace is over all the same, and it is said", async () => {
    let isDeleted = false;
    const { maker } = await makerFor({
      [`GET ${deployments}/api`]: () => [200, deployment({})],
      [`GET ${pods}`]: () => [
        200,
        { items: [...(isDeleted ? [] : [pod("api-1", "n1")]), pod("api-2", "n2")] },
      ],
      [`DELETE ${pods}/api-1`]: () => {
        isDeleted = true;
        return [200, {}];
      },
    });
    await expect(maker.make({ kind: "pod-deletion" }, progress().given)).resolves.toBe(
      "deleted the pod api-1; 1 pod is ready now, 2 before",
    );
  });

  test("one whose replacement is not ready is not", async () => {
    let isDeleted = false;
    const pending = { ...pod("api-3", "n1"), status: { phase: "Pending" } };
    const { maker } = await makerFor({
      [`GET ${deployments}/api`]: () => [200, deployment({})],
      [`GET ${pods}`]: () => [
        200,
        { items: [isDeleted ? pending : pod("api-1", "n1"), pod("api-2", "n2")] },
      ],
      [`DELETE ${pods}/api-1`]: () => {
        isDeleted = true;
        return [200, {}];
      },
    });
    const { given } = progress(AbortSignal.timeout(2000));
    await expect(maker.make({ kind: "pod-deletion" }, given)).resolves.toBe(
      "deleted the pod api-1, and 1 of 2 are ready",
    );
  });

  describe("a node", () => {
    const api = pod("api-1", "n1");

    test.each([
      ["as usual", nodeOf({}), undefined],
      [
        "cordoned by a run that was killed",
        nodeOf({ unschedulable: true }, { "headroom/cordoned-at": "2026-12-01T02:00:00Z" }),
        "node n1 has been cordoned since 2026-12-01T02:00:00Z by a run of Headroom that was killed: it is uncordoned after the event",
      ],
      [
        "cordoned by somebody else",
        nodeOf({ unschedulable: true }),
        "node n1 is cordoned already, and is left so",
      ],
    ])("%s", async (_, node, notice) => {
      await expect(drainChecked(node, [api])).resolves.toBe(notice);
    });

    test.each([
      ["is not there", (): [number, object] => [404, {}], [api], "the cluster has no node n1"],
      [
        "has no pod of the namespace",
        nodeOf({}),
        [pod("api-2", "n2"), pod("agent", "n1", "DaemonSet")],
        "no pod of the namespace atk on the node n1 can be evicted",
      ],
      [
        "has a pod of its own",
        nodeOf({}),
        [api, { ...api, metadata: { name: "tool", uid: "tool", ownerReferences: [] } }],
        "tool on n1 in the namespace atk belongs to no controller, and would not come back",
      ],
    ])("that %s is refused before the load", async (_, node, items, sentence) => {
      await expect(drainChecked(node, items)).rejects.toThrow(sentence);
    });

    test("that was cordoned by somebody else stays so; of a run that was killed it is uncordoned", async () => {
      expect(await patchesOf({})).toStrictEqual([{ spec: { unschedulable: true } }]);
      expect((await patchesOf({ "headroom/cordoned-at": "then" }))[1]).toMatchObject({
        spec: { unschedulable: null },
      });
    });

    test("that cannot be uncordoned is said, with what else went wrong", async () => {
      let patched = 0;
      const { maker, said } = await makerFor({
        [`GET ${nodes}`]: nodeOf({}),
        [`PATCH ${nodes}`]: () => (patched++ === 0 ? [200, {}] : [503, { message: "away" }]),
        [`GET ${pods}`]: () => [200, { items: [] }],
      });
      const left =
        "the node n1 is still cordoned (/api/v1/nodes/n1 answered 503: away): kubectl uncordon n1";
      await expect(
        maker.make({ kind: "node-drain", target: "n1" }, progress().given),
      ).rejects.toThrow(
        `event node-drain: no pod of the namespace atk on the node n1 can be evicted; ${left}`,
      );
      expect(said).toStrictEqual([left]);
      expect(patched).toBeGreaterThan(2);
    });
  });

  describe("an API server that is away while the event goes on", () => {
    test.each([
      [503, "is starting"],
      [403, "has not read its roles yet"],
    ])("for a moment (%s: %s) does not end it", async (code) => {
      const { maker } = await rolloutWhileAway(700, code);
      const { steps, given } = progress();
      await maker.make({ kind: "rolling-update" }, given);
      expect(steps).toContain("ready");
    });

    test("for longer ends it with its sentence", async () => {
      const { maker } = await rolloutWhileAway(60_000);
      await expect(maker.make({ kind: "rolling-update" }, progress().given)).rejects.toThrow(
        "deployments/api answered 503: starting",
      );
    });
  });

  test.each([
    ["paused", { paused: true }, "the deployment api is paused"],
    ["of no pods", { replicas: 0 }, "the deployment api has no pods (replicas: 0)"],
  ])("a deployment that is %s is refused before the load", async (_, spec, sentence) => {
    const { maker } = await makerFor({
      [reviews]: allowed,
      [`GET ${deployments}/api`]: () => [200, deployment({}, {}, spec)],
    });
    await expect(maker.check({ kind: "rolling-update" })).rejects.toThrow(sentence);
  });

  test("a rollback has its earlier revision by the rolling update before it", async () => {
    const { maker } = await makerFor({
      [reviews]: allowed,
      [`GET ${deployments}/api`]: () => [200, deployment({})],
      "GET /apis/apps/v1/namespaces/atk/replicasets": () => [200, { items: [] }],
    });
    await expect(maker.check({ kind: "rollback" })).rejects.toThrow("has no earlier revision");
    await maker.check({ kind: "rollback" }, [{ kind: "rolling-update", target: "api" }]);
  });

  test("a rollout that does not end is left as it is, and how", async () => {
    const { maker } = await makerFor({
      [`PATCH ${deployments}/api`]: () => [200, {}],
      [`GET ${deployments}/api`]: () => [
        200,
        deployment({
          observedGeneration: 2,
          replicas: 3,
          updatedReplicas: 1,
          availableReplicas: 2,
        }),
      ],
    });
    const { given } = progress(AbortSignal.timeout(200));
    await expect(maker.make({ kind: "rolling-update" }, given)).resolves.toBe(
      "the rollout of api was left as it is: 1 of 2 pods are updated and 2 available",
    );
  });
});

test("an object that is in the cluster already is refused before the load", async () => {
  const chaos = { apiVersion: "chaos-mesh.org/v1alpha1", kind: "NetworkChaos" };
  const file = path.join(mkdtempSync(path.join(tmpdir(), "headroom-object-")), "chaos.yaml");
  writeFileSync(file, JSON.stringify({ ...chaos, metadata: { name: "cut" } }));
  const own = "/apis/chaos-mesh.org/v1alpha1/namespaces/atk/networkchaos/cut";
  let isThere = true;
  const { url } = await serve({
    "GET /apis/chaos-mesh.org/v1alpha1": () => [
      200,
      { resources: [{ name: "networkchaos", kind: "NetworkChaos" }] },
    ],
    [`GET ${own}`]: () => (isThere ? [200, {}] : [404, {}]),
  });
  const maker = objectEvents(await apiAt(url), { file, until: "AllRecovered", namespace: "atk" });
  closers.push(() => maker.close?.());
  await expect(maker.check({ kind: "external-outage" })).rejects.toThrow(
    "NetworkChaos cut is in the cluster already, made by somebody else or by a run that was killed: kubectl delete networkchaos cut -n atk",
  );
  isThere = false;
  await expect(maker.check({ kind: "external-outage" })).resolves.toBe(undefined);
});
