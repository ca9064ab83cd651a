/** Events in wall time: cheap handlers behind the pods of a fast cluster, over real HTTP. */
import { afterEach, describe, expect, test } from "vitest";
import { startLiveCluster } from "../cluster/live-cluster.ts";
import type { LiveCluster } from "../cluster/live-cluster.ts";
import { behindFaults } from "../faults/door.ts";
import { parseFault } from "../faults/index.ts";
import { FaultInjector } from "../faults/injector.ts";
import { listen, respondJson } from "../http.ts";
import { call } from "../testdata/client.ts";
import { SandboxEvents } from "./events.ts";

const closers: (() => Promise<void> | void)[] = [];
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Started {
  readonly live: LiveCluster;
  readonly events: SandboxEvents;
  readonly url: string;
}

async function start(faults: readonly string[] = []): Promise<Started> {
  const events = new SandboxEvents();
  const live = await startLiveCluster({
    scale: 10,
    replicas: 4,
    seed: 2,
    make: (event) => events.start(event),
    log: () => undefined,
  });
  const { cluster } = live;
  events.attach({ cluster });
  const injector = new FaultInjector({ seed: 1, faults: faults.map(parseFault), cluster });
  injector.attach({ pools: [], setQueryFactor: async () => undefined, cluster });
  const answer = behindFaults(
    injector,
    async (_, response) => {
      await sleep(30);
      respondJson(response, 200, {});
    },
    () => ({ surface: "api", endpoint: "token.read", kind: "call" }),
  );
  const server = await listen(
    undefined,
    events.watch(live.gate.before(answer, () => "api")),
    () => undefined,
  );
  closers.push(
    () => live.stop(),
    () => server.close(),
    () => events.close(),
    () => void injector.close(),
  );
  return { live, events, url: `http://127.0.0.1:${server.port}/` };
}

/** 100 requests per second until the event ends. @returns how many were lost, of how many */
async function loaded(
  { events, url }: Started,
  id: number,
): Promise<{ lost: number; sent: number }> {
  const asked: Promise<boolean>[] = [];
  const deadline = performance.now() + 15_000;
  while (events.list()[id - 1]?.endedAt === undefined && performance.now() < deadline) {
    asked.push(
      call(url).then(
        ({ status }) => status >= 500,
        () => true,
      ),
    );
    await sleep(10);
  }
  const answers = await Promise.all(asked);
  return { lost: answers.filter(Boolean).length, sent: answers.length };
}

const patch = (url: string, type: string, body: unknown) =>
  call(url, { method: "PATCH", body, headers: { "content-type": `application/${type}` } });

const names = (events: SandboxEvents): readonly string[] | undefined =>
  events.list()[0]?.steps.map(({ name }) => name);

describe("a rolling update", () => {
  test("that drains well loses nothing", async () => {
    const started = await start();
    const { id } = started.events.start({ kind: "rolling-update", target: "api" });
    const { lost } = await loaded(started, id);
    expect(lost).toBe(0);
    expect(started.events.list()[0]).toMatchObject({
      id: 1,
      kind: "rolling-update",
      target: "api",
      endedAt: expect.any(Number),
      truth: { requestsDropped: 0, unavailableShareMax: 0.25 },
    });
    expect(names(started.events)).toEqual(["rescheduled", "started", "ready", "served"]);
  }, 30_000);

  test.each([["draining=api:none"], ["draining=api:5%"]])(
    "with %s loses what its truth counts",
    async (fault) => {
      const started = await start([fault]);
      const { id } = started.events.start({ kind: "rolling-update", target: "api" });
      const { lost } = await loaded(started, id);
      const { truth } = started.events.list()[0] ?? {};
      expect(lost).toBeGreaterThan(0);
      expect(truth?.requestsDropped).toBe(lost);
      expect(truth?.recoveredAt).toBeGreaterThanOrEqual(truth?.firstErrorAt ?? Infinity);
    },
    30_000,
  );
});

test("through the Kubernetes API: restart, undo, deletion, eviction, each with its truth", async () => {
  const started = await start();
  const { live, events } = started;
  const apps = `${live.kubernetesUrl}/apis/apps/v1/namespaces/atk`;
  const core = `${live.kubernetesUrl}/api/v1`;
  const ended = async (id: number): Promise<void> => void (await loaded(started, id));

  const annotations = { "kubectl.kubernetes.io/restartedAt": "2026-11-30T00:00:00Z" };
  const restart = await patch(`${apps}/deployments/api`, "strategic-merge-patch+json", {
    spec: { template: { metadata: { annotations } } },
  });
  expect(restart).toMatchObject({
    status: 200,
    json: {
      metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } },
      spec: { template: { metadata: { annotations } } },
      status: { conditions: [{}, { type: "Progressing", reason: "ReplicaSetUpdated" }] },
    },
  });
  await ended(1);
  const sets = await call(`${apps}/replicasets`);
  expect(sets.json).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ status: expect.objectContaining({ replicas: 0 }) }),
    ]),
  });

  const template = { metadata: {}, spec: { containers: [{ image: "sandbox.local/api:1.0.0" }] } };
  await patch(`${apps}/deployments/api`, "json-patch+json", [
    { op: "replace", path: "/spec/template", value: template },
  ]);
  await ended(2);
  const [pod] = live.cluster.serving("api").ready;
  const name = pod?.target.name ?? "";
  expect(
    (await call(`${core}/namespaces/atk/pods/${name}`, { method: "DELETE" })).json,
  ).toMatchObject({
    kind: "Pod",
    metadata: { name, deletionTimestamp: expect.any(String) },
  });
  const statuses: number[] = [];
  for (const { target } of live.cluster.serving("api").ready) {
    const url = `${core}/namespaces/atk/pods/${target.name}/eviction`;
    statuses.push(
      (await call(url, { body: { apiVersion: "policy/v1", kind: "Eviction" } })).status,
    );
  }
  expect(statuses).toEqual([429, 429, 429]);
  const node = `${core}/nodes/node-0`;
  await patch(node, "merge-patch+json", { spec: { unschedulable: true } });
  expect((await call(node)).json).toMatchObject({ spec: { unschedulable: true } });
  expect(events.list().map(({ kind, target }) => [kind, target])).toEqual([
    ["rolling-update", "api"],
    ["rollback", "api"],
    ["pod-deletion", name],
  ]);
}, 60_000);

test("a node that is drained gives its pods away one after the other, without a loss", async () => {
  const started = await start();
  const { id, target } = started.events.start({ kind: "node-drain" });
  expect(target).toMatch(/^node-\d$/);
  const { lost } = await loaded(started, id);
  expect(lost).toBe(0);
  expect(names(started.events)).toEqual(expect.arrayContaining(["cordoned", "drained", "ready"]));
}, 30_000);

describe("what cannot happen is refused in a sentence", () => {
  test.each([
    [{ kind: "rolling-update", target: "mail" }, 'the cluster has nothing called "mail"'],
    [{ kind: "rollback" }, 'no rollout history for deployment "api"'],
    [{ kind: "node-loss", target: "node-9" }, 'the cluster has no ready node "node-9"'],
  ] as const)("%j", async (request, sentence) => {
    const { events } = await start();
    expect(() => events.check(request)).toThrow(sentence);
    expect(() => events.start(request)).toThrow(sentence);
    expect(events.list()).toEqual([]);
  });

  test("pods without a cluster", () => {
    expect(() => new SandboxEvents().start({ kind: "pod-deletion" })).toThrow(
      "the sandbox has no cluster",
    );
  });
});
