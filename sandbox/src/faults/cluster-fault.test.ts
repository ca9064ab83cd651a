/** What the truth says of each fault of the cluster, beside what the checks A1–A13 find: a cluster on a virtual clock. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { checkAutoscaling } from "../../../analysis/autoscaling/checks/index.ts";
import type { AutoscalingObservations } from "../../../analysis/autoscaling/checks/observations.ts";
import { UsageError } from "../../../src/domain/errors.ts";
import { Cluster } from "../cluster/cluster.ts";
import { specifiedCluster } from "../cluster/specification.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { parseFault } from "./index.ts";
import { FaultInjector } from "./injector.ts";

const injectors: FaultInjector[] = [];

afterEach(() => {
  for (const injector of injectors.splice(0)) injector.close();
});

function start(fault: string | undefined, mapping: "separate" | "dapp" = "separate") {
  const cluster = new Cluster(specifiedCluster({ seed: 1, scale: 1, mapping }));
  const faults = fault === undefined ? [] : [parseFault(fault)];
  const injector = new FaultInjector({ seed: 1, faults, cluster });
  injectors.push(injector);
  injector.attach({ pools: [], setQueryFactor: async () => undefined, cluster });
  return { cluster, injector, api: cluster.serving("api") };
}

/** Quiet, busy, quiet: requests of 8 ms of CPU at the API; what an observer sees of it. */
function observe(cluster: Cluster, phases: readonly (readonly [number, number])[]) {
  const api = cluster.serving("api");
  const { autoscaler } = api;
  if (autoscaler === undefined) throw new Error("no autoscaler");
  const syncs: Record<string, unknown>[] = [];
  const samples: Record<string, number>[] = [];
  const loads: Record<string, number>[] = [];
  const conditions: Record<string, unknown>[] = [];
  const pods = new Set([...api.pods.keys()].map(({ life }) => life));
  const sync = autoscaler.sync.bind(autoscaler);
  vi.spyOn(autoscaler, "sync").mockImplementation((at, seen) => {
    const result = sync(at, seen);
    syncs.push({ at, desiredReplicas: autoscaler.desiredReplicas, ...seen });
    conditions.push({ at, conditions: autoscaler.conditions });
    return result;
  });
  const random = seededRandom(5);
  let refused = 0;
  for (const [perSecond, seconds] of phases) {
    const end = cluster.now + seconds * 1000;
    for (let at = cluster.now + 1000 / perSecond; at <= end; at += 1000 / perSecond) {
      cluster.advance(at);
      const process = api.pick(random)?.process;
      const leave = process?.enter(at, () => refused++);
      if (process === undefined || leave === undefined) refused++;
      else process.queue.arrive(at, 8, leave);
      if (at - (samples.at(-1)?.["at"] ?? -Infinity) < 5000) continue;
      const counts = { specReplicas: api.size, readyReplicas: api.ready.length };
      samples.push({ at, desiredReplicas: autoscaler.desiredReplicas, ...counts });
      loads.push({ at, perSecond });
      for (const { life } of api.pods.keys()) pods.add(life);
    }
  }
  const triggered = cluster.events
    .list(cluster.now)
    .filter(({ reason }) => reason === "TriggeredScaleUp");
  const observations = {
    workload: "api",
    from: 0,
    to: cluster.now,
    spec: autoscaler.spec,
    samples,
    syncs,
    conditions,
    pods: [...pods],
    nodes: {
      nodes: cluster.pool.history.map(({ name, requestedAt, readyAt }) =>
        Number.isFinite(readyAt) ? { name, requestedAt, readyAt } : { name, requestedAt },
      ),
      scaleUpsTriggeredAt: triggered.map(({ firstAt }) => firstAt),
    },
    load: loads,
  } as unknown as AutoscalingObservations;
  return { observations, refused };
}

const failed = (observations: AutoscalingObservations): readonly string[] =>
  checkAutoscaling(observations)
    .filter(({ verdict }) => verdict.outcome === "fail")
    .map(({ verdict }) => verdict.checkId);

const upAndBack = [
  [10, 360],
  [160, 450],
  [10, 1100],
] as const;

test("without a fault the checks find nothing", () => {
  expect(failed(observe(start(undefined).cluster, upAndBack).observations)).toEqual([]);
});

test.each([
  ["hpa=stuck"],
  ["hpa=slow:api"],
  ["hpa=flapping"],
  ["hpa=wrong-policy"],
  ["hpa=missing-metrics"],
  ["hpa=below-minimum"],
  ["hpa=above-maximum"],
  ["node=never-ready"],
])("%s is found by the check that its truth names", (text) => {
  const { cluster, injector } = start(text);
  const { verdicts = [] } = injector.truth().expect;
  expect(verdicts).toHaveLength(1);
  const { observations } = observe(cluster, upAndBack);
  expect(failed(observations)).toEqual(expect.arrayContaining([...verdicts]));
});

test("a crash loop: ever longer back-offs, and requests without a pod", () => {
  const { cluster, injector, api } = start("crash-loop=api:30s");
  const { refused } = observe(cluster, [[10, 600]]);
  expect(refused).toBeGreaterThan(10 * 600 * 0.3);
  expect(api.active.map(({ restarts }) => restarts > 3)).not.toContain(false);
  expect(cluster.events.list(cluster.now).map(({ reason }) => reason)).toContain("BackOff");
  expect(cluster.serving("web").active.map(({ restarts }) => restarts)).not.toContain(1);
  injector.remove();
  cluster.advance(cluster.now + 700_000);
  expect(api.ready.length).toBe(2);
});

test("pods that leak are ended at their limit, and start anew", () => {
  const { cluster, api } = start("pod-leak=api:200MB/min");
  cluster.advance(5 * 60_000);
  expect(api.active.some(({ lastTermination }) => lastTermination?.reason === "OOMKilled")).toBe(
    true,
  );
});

test("nodes that never become ready register, are given up, and come once the fault is over", () => {
  const { cluster, injector, api } = start("node=never-ready");
  observe(cluster, [
    [10, 30],
    [160, 400],
  ]);
  const broken = cluster.pool.nodes.find(({ readyAt }) => readyAt > cluster.now);
  if (broken === undefined) throw new Error("no node was ordered");
  expect(cluster.registeredAt(broken)).toBeLessThan(cluster.now);
  expect(api.ready.length).toBe(2);
  injector.remove();
  expect(api.active.every(({ simulated }) => simulated.node !== undefined)).toBe(true);
  cluster.advance(cluster.now + 16 * 60_000);
  expect(cluster.pool.nodes).not.toContain(broken);
  expect(cluster.events.list(cluster.now).map(({ reason }) => reason)).toContain("ScaleUpTimedOut");
});

describe("where a fault cannot be", () => {
  test.each(["hpa=stuck", "crash-loop=api", "node=never-ready", "pod-leak=api:50MB/min"])(
    "%s needs a cluster, and says so",
    (text) => {
      const inject = () => new FaultInjector({ seed: 1, faults: [parseFault(text)] });
      expect(inject).toThrow(UsageError);
      expect(inject).toThrow("the sandbox has no cluster");
      const later = new FaultInjector({ seed: 1 });
      expect(() => later.add(parseFault(text))).toThrow("the sandbox has no cluster");
      expect(later.truth().faults).toEqual([]);
    },
  );

  test.each([
    ["hpa=stuck:web", 'no autoscaler "web"'],
    ["hpa=stuck:graph-node", 'no autoscaler "graph-node"'],
    ["crash-loop=api", 'no workload "api"'],
  ])("%s: the chart's mapping has %s", (text, words) => {
    expect(() => start(text, "dapp")).toThrow(words);
    expect(() => start("crash-loop=dapp", "dapp")).not.toThrow();
  });
});

test("of one workload: the others' autoscalers behave, and all do at the end", () => {
  const { cluster, injector, api } = start("hpa=stuck:api");
  expect(api.autoscaler?.fault).toBe("stuck");
  expect(cluster.serving("web").autoscaler?.fault).toBeUndefined();
  injector.remove();
  expect(api.autoscaler?.fault).toBeUndefined();
});
