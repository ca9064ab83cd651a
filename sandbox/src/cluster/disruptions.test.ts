/** Versions, pods and nodes that go, on a virtual clock. */
import { describe, expect, test } from "vitest";
import { Cluster } from "./cluster.ts";
import { nextStep } from "./rollout.ts";
import { specifiedCluster } from "./specification.ts";
import type { Workload } from "./workload.ts";

const start = (replicas: number): { cluster: Cluster; api: Workload } => {
  const cluster = new Cluster(
    specifiedCluster({ seed: 1, scale: 1, mapping: "separate", replicas }),
  );
  return { cluster, api: cluster.serving("api") };
};

/** Lets time pass, and looks at the workload every 100 ms. */
function watch(cluster: Cluster, workload: Workload, seconds: number) {
  const seen = { fewestReady: Infinity, mostPods: 0, unavailable: 0 };
  const end = cluster.now + seconds * 1000;
  while (cluster.now < end) {
    cluster.advance(cluster.now + 100);
    seen.fewestReady = Math.min(seen.fewestReady, workload.ready.length);
    seen.mostPods = Math.max(seen.mostPods, workload.active.length);
    seen.unavailable = Math.max(seen.unavailable, workload.unavailableShare);
  }
  return seen;
}

test.each([
  // 25 % of 2: one more, none fewer.
  [{ size: 2, current: 0, earlier: 2, ready: 2, earlierUnready: 0 }, [1, 0, 0]],
  [{ size: 2, current: 1, earlier: 2, ready: 3, earlierUnready: 0 }, [0, 0, 1]],
  [{ size: 8, current: 0, earlier: 8, ready: 8, earlierUnready: 0 }, [2, 0, 2]],
  [{ size: 8, current: 2, earlier: 6, ready: 6, earlierUnready: 0 }, [2, 0, 0]],
  [{ size: 8, current: 4, earlier: 6, ready: 8, earlierUnready: 1 }, [0, 0, 3]],
  [{ size: 3, current: 5, earlier: 0, ready: 5, earlierUnready: 0 }, [0, 2, 0]],
])("a step of a rollout from %j", (state, [start_, endCurrent, endEarlier]) => {
  expect(nextStep(state)).toEqual({ start: start_, endCurrent, endEarlier });
});

describe("a rollout", () => {
  test.each([
    [2, 0, 3],
    [4, 0.25, 5],
    [8, 0.25, 10],
  ])("of %i pods: at most %f unavailable, at most %i pods", (replicas, unavailable, most) => {
    const { cluster, api } = start(replicas);
    const before = new Set(api.active.map(({ target }) => target.name));
    cluster.update(api, { ...api.current.template, restartedAt: "now" });
    const seen = watch(cluster, api, 300);
    expect(seen).toEqual({
      fewestReady: replicas * (1 - unavailable),
      mostPods: most,
      unavailable,
    });
    expect(api.rollout).toBeUndefined();
    expect(api.ready.length).toBe(replicas);
    expect(api.updated).toBe(replicas);
    expect(api.active.map(({ target }) => target.name).filter((name) => before.has(name))).toEqual(
      [],
    );
    const messages = cluster.events.list(cluster.now).map(({ message }) => message);
    const [first, second] = api.replicaSets.map(({ target }) => target.name);
    expect(messages).toContain(
      `Scaled up replica set ${second} from 0 to ${Math.ceil(replicas / 4)}`,
    );
    expect(messages.some((text) => text.startsWith(`Scaled down replica set ${first}`))).toBe(true);
  });

  test("goes back to the version before", () => {
    const { cluster, api } = start(4);
    const [original] = api.replicaSets;
    cluster.update(api, { image: "sandbox.local/api:2.0.0" });
    watch(cluster, api, 300);
    cluster.rollBack(api);
    expect(watch(cluster, api, 300).unavailable).toBe(0.25);
    expect(api.current).toBe(original);
    expect(api.current.revision).toBe(3);
    expect(api.replicaSets.length).toBe(2);
  });

  test("whose pods never become ready is stuck, with the earlier pods, until it is undone", () => {
    const { cluster, api } = start(4);
    api.isUnready = true;
    cluster.update(api, { image: "sandbox.local/api:2.0.0" });
    expect(watch(cluster, api, 599)).toMatchObject({ fewestReady: 3, mostPods: 5 });
    expect(api.rollout?.isStuck).toBe(false);
    watch(cluster, api, 2);
    expect(api.rollout?.isStuck).toBe(true);
    cluster.rollBack(api);
    watch(cluster, api, 60);
    expect(api.rollout).toBeUndefined();
    expect(api.ready.length).toBe(4);
  });

  test("follows an autoscaler meanwhile, and ends", () => {
    const cluster = new Cluster(specifiedCluster({ seed: 1, scale: 1, mapping: "separate" }));
    const api = cluster.serving("api");
    const { autoscaler } = api;
    if (autoscaler === undefined) throw new Error("no autoscaler");
    autoscaler.fault = "above-maximum";
    cluster.advance(60_000);
    cluster.update(api, { ...api.current.template, restartedAt: "now" });
    autoscaler.fault = undefined;
    watch(cluster, api, 1500);
    expect(api.rollout).toBeUndefined();
    expect(api.ready.length).toBe(api.size);
    expect(api.updated).toBe(api.size);
  });
});

test("a deleted pod finishes what is in flight, and is replaced", () => {
  const { cluster, api } = start(2);
  const [pod] = api.ready;
  if (pod?.process === undefined) throw new Error("no pod");
  let killed = 0;
  const leave = pod.process.enter(0, () => killed++);
  cluster.deletePod(pod);
  expect(api.ready.length).toBe(1);
  cluster.advance(5_000);
  leave?.();
  watch(cluster, api, 60);
  expect(killed).toBe(0);
  expect(api.ready.length).toBe(2);
  expect(api.isChanging).toBe(false);
});

test("a pod that ends abruptly cuts what is in flight, and its address is used for a second more", () => {
  const { cluster, api } = start(2);
  const [pod] = api.ready;
  if (pod?.process === undefined) throw new Error("no pod");
  let killed = 0;
  pod.process.enter(0, () => killed++);
  api.endsAbruptly = true;
  cluster.deletePod(pod);
  expect(killed).toBe(1);
  expect(api.pick(() => 0.99)).toBe(pod);
  expect(pod.process.isGone).toBe(true);
  cluster.advance(1_100);
  expect(api.pick(() => 0.99)).not.toBe(pod);
});

test("a budget lets one pod of two go at a time", () => {
  const { cluster, api } = start(2);
  const [first, second] = api.ready;
  if (first === undefined || second === undefined) throw new Error("no pods");
  expect(cluster.mayEvict(first)).toBe(true);
  cluster.deletePod(first);
  expect(cluster.mayEvict(second)).toBe(false);
});

test("a lost node: requests go there for 50 s, its pods are replaced elsewhere after 350 s", () => {
  const { cluster, api } = start(4);
  const node = api.active[0]?.simulated.node;
  if (node === undefined) throw new Error("no node");
  const here = api.active.filter((pod) => pod.simulated.node === node).length;
  cluster.loseNode(node);
  expect(api.unavailableShare).toBe(here / 4);
  expect(api.ready.length).toBe(4);
  cluster.advance(49_000);
  expect([api.ready.length, cluster.isLost(node)]).toEqual([4, false]);
  cluster.advance(51_000);
  expect([api.ready.length, cluster.isLost(node)]).toEqual([4 - here, true]);
  cluster.advance(349_000);
  expect(api.ready.length).toBe(4 - here);
  cluster.advance(420_000);
  expect(api.ready.length).toBe(4);
  expect(cluster.podsOn(node)).toEqual([]);
  expect(cluster.pool.nodes).not.toContain(node);
  const reasons = cluster.events.list(cluster.now).map(({ reason }) => reason);
  expect(reasons).toEqual(
    expect.arrayContaining(["NodeNotReady", "TaintManagerEviction", "DeletingNode"]),
  );
});
