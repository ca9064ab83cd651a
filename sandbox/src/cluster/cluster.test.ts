import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { Cluster } from "./cluster.ts";
import type { ClusterEvent } from "./event-log.ts";
import { hpaFaults, type HpaFault } from "../../../src/domain/sandbox.ts";
import type { ClusterModel } from "./model.ts";
import { specifiedCluster } from "./specification.ts";
import type { Workload } from "./workload.ts";

const choice = { seed: 1, scale: 1, mapping: "separate" } as const;

/** Requests per second of wall time at the API, each of 8 ms of CPU, for so long; counts what was not answered. */
function load(
  cluster: Cluster,
  workload: Workload,
  phase: { readonly perSecond: number; readonly seconds: number },
): { sizes: number[]; refused: number; lost: number } {
  const random = seededRandom(5);
  const spacingMs = 1000 / phase.perSecond;
  const seen = { sizes: [] as number[], refused: 0, lost: 0 };
  const end = cluster.wallNow + phase.seconds * 1000;
  for (let at = cluster.wallNow + spacingMs; at <= end; at += spacingMs) {
    cluster.advance(at);
    if (seen.sizes.at(-1) !== workload.size) seen.sizes.push(workload.size);
    const process = workload.pick(random)?.process;
    const leave = process?.enter(at, () => seen.lost++);
    if (process === undefined || leave === undefined) seen.refused++;
    else process.queue.arrive(at, 8, () => leave());
  }
  return seen;
}

function start(changes: Partial<ClusterModel> = {}): { cluster: Cluster; api: Workload } {
  const cluster = new Cluster({ ...specifiedCluster(choice), ...changes });
  return { cluster, api: cluster.serving("api") };
}

const rescales = (cluster: Cluster): readonly ClusterEvent[] =>
  cluster.events
    .list(cluster.now)
    .filter(({ reason, target }) => reason === "SuccessfulRescale" && target.name === "api");

test("the API goes from 2 to 8 pods under load and back, by the policies", () => {
  const { cluster, api } = start();
  const quiet = load(cluster, api, { perSecond: 10, seconds: 60 });
  expect(quiet.sizes).toEqual([2]);
  const busy = load(cluster, api, { perSecond: 160, seconds: 400 });
  expect(busy.sizes).toEqual([2, 5, 8]);
  expect(busy.refused + busy.lost).toBe(0);
  expect(api.ready.length).toBe(8);
  // CPU asks for more than the maximum: 160/s of 8 ms on eight pods of 0.2 cores requested.
  const limited = api.autoscaler?.conditions.find(({ type }) => type === "ScalingLimited");
  expect(limited).toMatchObject({ status: "True", reason: "TooManyReplicas" });
  const after = load(cluster, api, { perSecond: 10, seconds: 1500 });
  expect(after.sizes).toEqual([8, 7, 6, 5, 4, 3, 2]);
  expect(after.refused + after.lost).toBe(0);
  expect(api.pods.size).toBe(2);
  const rescaleEvents = rescales(cluster);
  expect(rescaleEvents[0]?.message).toMatch(/^New size: 5; reason: .+ above target$/);
  expect(rescaleEvents.map(({ message }) => message)).toContain(
    "New size: 2; reason: All metrics below target",
  );
  expect((rescaleEvents[1]?.firstAt ?? 0) - (rescaleEvents[0]?.firstAt ?? 0)).toBe(30_000);
});

test("a scale of ten does the same in a tenth of wall time, at the same rates", () => {
  const { cluster, api } = start(specifiedCluster({ ...choice, scale: 10 }));
  load(cluster, api, { perSecond: 10, seconds: 6 });
  expect(load(cluster, api, { perSecond: 160, seconds: 40 }).sizes).toEqual([2, 5, 8]);
  const usage = [...api.usage(cluster.now).values()].map(({ cpu }) => Number(cpu.valueMilli));
  const mean = usage.reduce((sum, milli) => sum + milli, 0) / usage.length;
  // 160/s · 8 ms on eight pods, and 5 millicores at rest.
  expect(mean).toBeGreaterThan(155);
  expect(mean).toBeLessThan(175);
  expect(cluster.now).toBeCloseTo(460_000, -3);
});

test("the same seed gives the same cluster", () => {
  const [one, two] = [start(), start()];
  for (const { cluster, api } of [one, two]) load(cluster, api, { perSecond: 100, seconds: 200 });
  expect(one.cluster.events.list(0)).toEqual(two.cluster.events.list(0));
  expect(one.cluster.events.list(0).length).toBeGreaterThan(10);
});

test.each<[HpaFault, (sizes: readonly number[]) => boolean]>([
  ["stuck", (sizes) => sizes.join() === "2"],
  ["missing-metrics", (sizes) => sizes.join() === "2"],
  ["slow", (sizes) => sizes.join().startsWith("2,5")],
  ["flapping", (sizes) => sizes.some((size, i) => size < (sizes[i - 1] ?? 0))],
  ["below-minimum", (sizes) => sizes.join() === "2,5,8"],
  ["above-maximum", (sizes) => Math.max(...sizes) > 8],
])("a %s autoscaler", (fault, expected) => {
  const { cluster, api } = start();
  cluster.setHpaFault(fault);
  const { sizes } = load(cluster, api, { perSecond: 160, seconds: 600 });
  expect({ sizes, asExpected: expected(sizes) }).toMatchObject({ asExpected: true });
});

test("a wrong policy is faster than the declared one, which the object still shows", () => {
  const { cluster, api } = start();
  cluster.setHpaFault("wrong-policy");
  expect(load(cluster, api, { perSecond: 160, seconds: 300 }).sizes).toEqual([2, 5, 8]);
  const [first, second] = rescales(cluster);
  expect((second?.firstAt ?? 0) - (first?.firstAt ?? 0)).toBe(15_000);
  expect(api.autoscaler?.spec.behavior?.scaleUp?.policies).toEqual([
    { type: "Pods", value: 3, periodSeconds: 30 },
  ]);
});

test("below the minimum it goes when the load does", () => {
  expect(hpaFaults).toContain("below-minimum");
  const { cluster, api } = start();
  cluster.setHpaFault("below-minimum");
  expect(load(cluster, api, { perSecond: 2, seconds: 600 }).sizes).toEqual([2, 1]);
});

describe("pods", () => {
  test("one that crashes is started again, sooner the first time", () => {
    const { cluster, api } = start();
    const [pod] = api.ready;
    if (pod?.process === undefined) throw new Error("no pod");
    let lost = 0;
    pod.process.enter(0, () => lost++);
    cluster.crash(pod);
    expect(lost).toBe(1);
    expect(api.ready.length).toBe(1);
    cluster.advance(60_000);
    expect(api.ready.length).toBe(2);
    cluster.crash(pod);
    expect(pod).toMatchObject({ restarts: 2, waiting: "CrashLoopBackOff" });
    cluster.advance(69_000);
    expect(pod.process).toBeUndefined();
    cluster.advance(130_000);
    expect(api.ready.length).toBe(2);
    expect(cluster.events.list(cluster.now).map(({ reason }) => reason)).toContain("BackOff");
  });

  test("a leak ends in OOMKilled", () => {
    const { cluster, api } = start();
    cluster.setLeak(api, 4 * 1024 ** 2);
    load(cluster, api, { perSecond: 10, seconds: 120 });
    expect(api.active.some(({ lastTermination }) => lastTermination?.reason === "OOMKilled")).toBe(
      true,
    );
  });

  test("what is in flight at the end of a pod may finish, within the grace period", () => {
    const { cluster, api } = start();
    load(cluster, api, { perSecond: 160, seconds: 300 });
    let killed = 0;
    const leaves = api.ready.map(({ process }) => process?.enter(cluster.wallNow, () => killed++));
    expect(leaves.length).toBe(8);
    cluster.advance(cluster.wallNow + 320_000);
    const ending = [...api.pods.values()].filter(({ deletingAt }) => deletingAt !== undefined);
    expect(ending.length).toBeGreaterThan(0);
    expect(killed).toBe(0);
    cluster.advance(cluster.wallNow + 40_000);
    expect(killed).toBeGreaterThan(0);
  });
});

test("nodes come when pods do not fit, and go when they are not needed", () => {
  const base = specifiedCluster(choice);
  const { cluster, api } = start({
    nodePool: { ...base.nodePool, cpuCores: 0.6, maxNodes: 5 },
  });
  load(cluster, api, { perSecond: 160, seconds: 600 });
  expect(cluster.pool.nodes.length).toBeGreaterThan(2);
  expect(api.ready.length).toBe(8);
  const reasons = new Set(cluster.events.list(cluster.now).map(({ reason }) => reason));
  for (const reason of ["FailedScheduling", "TriggeredScaleUp", "NodeReady", "Scheduled"])
    expect(reasons).toContain(reason);
  load(cluster, api, { perSecond: 5, seconds: 3000 });
  expect(cluster.pool.nodes.length).toBeLessThan(5);
  expect(api.ready.length).toBe(2);
});

test("the chart's mapping: web and API in one workload, graph-node without an autoscaler", () => {
  const cluster = new Cluster(specifiedCluster({ ...choice, mapping: "dapp" }));
  expect(cluster.serving("web")).toBe(cluster.serving("api"));
  expect(cluster.serving("subgraph").autoscaler).toBeUndefined();
});
