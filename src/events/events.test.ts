import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { EventStepName } from "../domain/resilience.ts";
import { jsonApi } from "../observe/kubernetes/json-api.ts";
import { openTransport } from "../observe/kubernetes/transport.ts";
import { commandEvents } from "./command-events.ts";
import { handEvents } from "./hand-events.ts";
import { kubernetesEvents } from "./kubernetes-events.ts";
import { isReached } from "./object-events.ts";
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

  test("its refusal is the sentence", async () => {
    const { url } = await serve({
      "POST /control/events": () => [400, { message: "no node is called x" }],
    });
    const made = sandboxEvents(url).make({ kind: "node-loss", target: "x" }, progress().given);
    await expect(made).rejects.toThrow("the sandbox did not make the event: no node is called x");
  });
});

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

  test("is stopped with the load", async () => {
    const { given } = progress(AbortSignal.timeout(100));
    const words = await commandEvents([node, "-e", "setTimeout(() => {}, 60000)"]).make(
      { kind: "cache-flush" },
      given,
    );
    expect(words).toBe("its command was stopped");
  });
});

test("by hand: the terminal says what to do, a file that it is over", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-hand-"));
  const said: string[] = [];
  const made = handEvents("pull the plug", { directory, say: (line) => said.push(line) }).make(
    { kind: "node-loss" },
    progress().given,
  );
  const file = path.join(directory, "event-done-node-loss");
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

const deployment = (status: object, annotations = {}) => ({
  metadata: { name: "api", generation: 2, annotations },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "api" } },
    template: { spec: { containers: [] } },
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

async function makerFor(routes: Readonly<Record<string, Answer>>) {
  const server = await serve(routes);
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-events-"));
  const kubeconfig = path.join(directory, "kubeconfig");
  const config = {
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: server.url } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const api = jsonApi(await openTransport({ kubeconfig }), "roles.yaml");
  const maker = kubernetesEvents(api, { namespace: "atk", workloadOf: () => "api" });
  closers.push(() => maker.close?.());
  return { ...server, maker };
}

describe("the Kubernetes API", () => {
  const reviews = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const deployments = "/apis/apps/v1/namespaces/atk/deployments";

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
      "event rolling-update: the namespace atk has no deployment web",
    );
  });

  test("a rolling update is over when every pod is of the new template and available", async () => {
    const states = [
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
    expect(JSON.stringify(bodies[0])).toContain("kubectl.kubernetes.io/restartedAt");
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

  const nodes = "/api/v1/nodes/n1";
  const pods = "/api/v1/namespaces/atk/pods";

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
      { spec: { unschedulable: true } },
      { spec: { unschedulable: null } },
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
    await maker.make({ kind: "node-drain", target: "n1" }, given);
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
});
