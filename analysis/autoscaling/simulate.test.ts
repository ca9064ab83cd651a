import { describe, expect, test } from "vitest";
import { phaseLengths, travelMs } from "./phase-lengths.ts";
import { simulate } from "./simulate.ts";
import { defaultPlant, defaultPod } from "./simulation/defaults.ts";
import { EventQueue } from "./simulation/event-queue.ts";
import { dayLoad, loadReader } from "./simulation/load-shape.ts";
import type { SimulationModel } from "./simulation/model.ts";
import { defaultNodePool, firstFitDecreasing } from "./simulation/node-pool.ts";
import { erlangC, plantStep, waitP95Ms } from "./simulation/plant.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { drawDelay } from "./simulation/delay.ts";
import { trialSpec } from "./simulation/trials.ts";
import { trialModel } from "./testdata/trial-model.ts";
import { applyChoice, markFront, sweep } from "./sweep.ts";

const minute = 60_000;

const podsOf = (count: number, cpu: number, memory: number) =>
  Array.from({ length: count }, () => ({ cpuRequestCores: cpu, memoryRequestBytes: memory }));

describe("parts", () => {
  test("events run in the order of time, then of scheduling", () => {
    const queue = new EventQueue();
    const seen: string[] = [];
    for (const at of [30, 10, 20, 10, 5, 40, 15])
      queue.schedule(at, (now) => seen.push(`${now}.${seen.length}`));
    queue.every(12, 12, (now) => seen.push(`every ${now}`));
    queue.runUntil(31);
    expect(seen.map((one) => one.split(".")[0])).toEqual([
      "5",
      "10",
      "10",
      "every 12",
      "15",
      "20",
      "every 24",
      "30",
    ]);
  });

  test("load between its points is a straight line", () => {
    const at = loadReader([
      [0, 10],
      [100, 20],
      [200, 0],
    ]);
    expect([0, 50, 100, 150, 500, 25].map(at)).toEqual([10, 15, 20, 10, 0, 12.5]);
    expect(loadReader([])(5)).toBe(0);
    expect(Math.max(...dayLoad(80).map(([, rate]) => rate))).toBe(80);
  });

  test("delays: the median, or spread round it", () => {
    const random = seededRandom(7);
    expect(drawDelay(random, { medianMs: 100, spread: 0 })).toBe(100);
    const draws = Array.from({ length: 2001 }, () =>
      drawDelay(random, { medianMs: 1000, spread: 0.5 }),
    );
    const median = draws.toSorted((a, b) => a - b)[1000] ?? 0;
    expect(median).toBeGreaterThan(930);
    expect(median).toBeLessThan(1070);
  });

  test("Erlang C against published and closed values", () => {
    expect(erlangC(1, 0.5)).toBeCloseTo(0.5, 12);
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12);
    expect(erlangC(8, 8 * 0.718)).toBeCloseTo(0.3, 2);
    expect([erlangC(3, 0), erlangC(3, 3)]).toEqual([0, 1]);
    expect(waitP95Ms(10, 0.1, 100)).toBe(0);
    expect(waitP95Ms(1, 0.5, 100)).toBeCloseTo((Math.log(10) / 50) * 1000, 9);
  });

  test("what exceeds the capacity is carried over, then given up", () => {
    const now = {
      arrivalsPerSecond: 250,
      backlog: 0,
      readyPods: 1,
      cpuLimitCores: 1,
      stepMs: 1000,
    };
    const first = plantStep(defaultPlant, now);
    expect(first).toMatchObject({ served: 125, failed: 0, backlog: 125, busyRatio: 1 });
    expect(first.p95Ms).toBeGreaterThan(1000);
    const full = plantStep(defaultPlant, { ...now, backlog: 1200 });
    expect(full.failed).toBe(75);
    const none = plantStep(defaultPlant, { ...now, readyPods: 0 });
    expect(none).toMatchObject({ served: 0, p95Ms: defaultPlant.timeoutMs });
    expect(plantStep(defaultPlant, { ...now, readyPods: 0, arrivalsPerSecond: 0 }).p95Ms).toBe(60);
  });

  test("first fit decreasing: the scarcer resource decides, monsters fit nowhere", () => {
    const node = { cpuCores: 8, memoryBytes: 32e9 };
    expect(firstFitDecreasing(podsOf(40, 0.2, 1e8), node)).toBe(1);
    expect(firstFitDecreasing(podsOf(41, 0.2, 1e8), node)).toBe(2);
    expect(firstFitDecreasing(podsOf(4, 0.1, 20e9), node)).toBe(4);
    expect(firstFitDecreasing([...podsOf(2, 5, 1), ...podsOf(2, 3, 1)], node)).toBe(2);
    expect(firstFitDecreasing(podsOf(3, 9, 1), node)).toBe(0);
  });
});

describe("closed loop", () => {
  const model = trialModel(3);
  const result = simulate(model);
  const api = result.workloads[0];

  // 130 requests/s ask for 7.5 pods: 7 are within the tolerance.
  test("the size follows the load, up by the policy and down after the window", () => {
    const sizeAt = (at: number) => api?.samples.findLast((one) => one.at <= at)?.specReplicas;
    expect([sizeAt(9 * minute), sizeAt(20 * minute), sizeAt(59 * minute)]).toEqual([2, 7, 2]);
    const falls = api?.events.filter(({ message }) => message.includes("below target")) ?? [];
    expect(falls[0]?.at).toBeGreaterThanOrEqual(40 * minute);
    expect(api?.syncs).toHaveLength(240);
  });

  test("pods need their time, and are accounted for", () => {
    const late = api?.pods.filter(({ createdAt }) => createdAt > 0) ?? [];
    expect(late.length).toBeGreaterThanOrEqual(5);
    for (const { createdAt, startedAt = 0, readyAt = 0 } of late) {
      expect(startedAt).toBeGreaterThan(createdAt);
      expect(readyAt).toBeGreaterThan(startedAt);
    }
    expect(result.podHours).toBeGreaterThan(2);
    expect(result.nodeHours).toBeCloseTo(2, 9);
    expect((api?.requests ?? 0) / (25 * 2100 + 130 * 1500)).toBeCloseTo(1, 2);
  });

  test("without keepSyncs only decisions are kept", () => {
    const { keepSyncs: _all, ...light } = model;
    const syncs = simulate(light).workloads[0]?.syncs ?? [];
    expect(syncs.length).toBeLessThan(20);
    expect(syncs.every((sync) => sync.desiredReplicas !== sync.specReplicas)).toBe(true);
    expect(syncs[0]?.why).toMatchObject({ metric: expect.stringContaining("cpu") as string });
  });

  test("full nodes: pods wait, nodes come, idle ones go", () => {
    const crowded: SimulationModel = {
      ...model,
      durationMs: 120 * minute,
      nodePool: {
        ...defaultNodePool,
        cpuCores: 0.5,
        memoryBytes: 4e9,
        minNodes: 1,
        maxNodes: 6,
        pricePerNodeHour: 2,
      },
    };
    const { nodes, nodeHistory, scaleUpsTriggeredAt, cost, nodeHours, workloads } =
      simulate(crowded);
    expect(Math.max(...nodes.map(({ pendingPods }) => pendingPods))).toBeGreaterThan(0);
    expect(Math.max(...nodes.map(({ ready }) => ready))).toBe(4);
    expect(nodes.at(-1)?.ready).toBeLessThan(4);
    expect(scaleUpsTriggeredAt.length).toBeGreaterThan(0);
    expect(nodeHistory.some(({ removedAt }) => removedAt !== undefined)).toBe(true);
    expect(cost).toBeCloseTo(2 * nodeHours, 9);
    expect(
      Math.max(...(workloads[0]?.samples.map(({ readyReplicas }) => readyReplicas) ?? [])),
    ).toBe(8);
  });

  test("a fixed size, memory that is never freed, a queue, and the time out", () => {
    const [one] = model.workloads;
    if (one === undefined) throw new Error("no workload");
    const { hpa: _hpa, ...fixed } = one;
    const metrics = [
      {
        type: "Resource",
        resource: { name: "memory", target: { type: "Utilization", averageUtilization: 40 } },
      },
      { type: "Pods", pods: { metric: { name: "r" }, target: { averageValue: "100k" } } },
      { type: "External", external: { metric: { name: "queue" }, target: { averageValue: "1k" } } },
      {
        type: "Object",
        object: { metric: { name: "p95" }, target: { type: "Value", value: "10k" } },
      },
    ];
    const hoarder = {
      ...one,
      name: "hoarder",
      noiseRatio: 0,
      hpa: { ...trialSpec, metrics },
      pod: { ...defaultPod, freesMemory: false, memoryBytesPerRequestPerSecond: 4 * 2 ** 20 },
    };
    const small = { ...fixed, name: "fixed", pod: { ...defaultPod, cpuLimitCores: 0.1 } };
    const { nodePool: _pool, ...open } = model;
    const { workloads, nodes, cost } = simulate({ ...open, workloads: [small, hoarder] });
    expect(workloads[0]?.failedRequests).toBeGreaterThan(0);
    expect(workloads[0]?.violationSeconds).toBeGreaterThan(1000);
    expect(workloads[0]?.samples.every(({ specReplicas }) => specReplicas === 2)).toBe(true);
    expect(workloads[1]?.samples.at(-1)?.specReplicas).toBeGreaterThan(2);
    expect([nodes.length, cost]).toEqual([0, 0]);
  });
});

const frontOf = (pairs: readonly (readonly [number, number])[]) =>
  markFront(pairs.map(([violationSeconds, podHours]) => ({ violationSeconds, podHours }))).map(
    ({ onFront }) => onFront,
  );

describe("sweep", () => {
  const { keepSyncs: _all, ...light } = trialModel(1);
  const model = {
    ...light,
    durationMs: 25 * minute,
    workloads: light.workloads.map((one) => ({ ...one, pod: { ...one.pod, cpuLimitCores: 0.25 } })),
  };

  test("a grid, and the points nobody beats", () => {
    const points = sweep(model, "api", { targetFactors: [0.7, 1.3], minReplicas: [2, 5] });
    expect(points).toHaveLength(4);
    const front = points.filter(({ onFront }) => onFront);
    expect(front.length).toBeGreaterThan(0);
    const careful = points.find(
      ({ choice }) => choice.targetFactor === 0.7 && choice.minReplicas === 5,
    );
    const frugal = points.find(
      ({ choice }) => choice.targetFactor === 1.3 && choice.minReplicas === 2,
    );
    expect(careful?.violationSeconds).toBeLessThan(frugal?.violationSeconds ?? 0);
    expect(careful?.podHours).toBeGreaterThan(frugal?.podHours ?? 0);
  });

  test("the front", () => {
    expect(
      frontOf([
        [1, 5],
        [5, 1],
        [5, 5],
        [3, 3],
        [3, 3],
      ]),
    ).toEqual([true, true, false, true, true]);
  });

  test("choices change what they name, and nothing else", () => {
    const scaleUp = { type: "Pods" as const, value: 9, periodSeconds: 30 };
    const scaleDown = { type: "Percent" as const, value: 10, periodSeconds: 60 };
    const metrics = [
      ...(trialSpec.metrics ?? []),
      { type: "Pods", pods: { metric: { name: "q" }, target: { averageValue: "1k" } } },
      { type: "Object", object: { metric: { name: "q" }, target: { value: "3" } } },
      { type: "External", external: { metric: { name: "q" }, target: { value: 4 } } },
      {
        type: "ContainerResource",
        containerResource: { name: "cpu", container: "c", target: { averageUtilization: 50 } },
      },
    ];
    const spec = applyChoice(
      { ...trialSpec, metrics },
      { targetFactor: 0.5, maxReplicas: 7, scaleUp, scaleDown, downWindowSeconds: 60 },
    );
    expect(spec.metrics?.[0]?.resource?.target.averageUtilization).toBe(35);
    expect(spec.metrics?.[1]?.pods?.target.averageValue).toBe("500000m");
    expect(spec.metrics?.[2]?.object?.target.value).toBe("1500m");
    expect(spec.metrics?.[4]?.containerResource?.target.averageUtilization).toBe(25);
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 7 });
    expect(spec.behavior).toEqual({
      scaleUp: { policies: [scaleUp] },
      scaleDown: { policies: [scaleDown], stabilizationWindowSeconds: 60 },
    });
    expect(applyChoice(trialSpec, {})).toEqual(trialSpec);
  });

  test("without an HPA there is nothing to vary", () => {
    expect(() => sweep(model, "web", {})).toThrow('no workload "web" with an HPA to vary');
  });
});

describe("how long a policy needs", () => {
  test.each([
    [
      "two pods every 30 s from 2 to 9",
      { scaleUp: { policies: [{ type: "Pods", value: 2, periodSeconds: 30 }] } },
      [2, 9],
      90_000,
    ],
    [
      "one pod every 120 s from 5 to 2",
      { scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 120 }] } },
      [5, 2],
      240_000,
    ],
    ["without behaviour it doubles every sync", undefined, [2, 12], 30_000],
    [
      "a disabled direction never arrives",
      { scaleUp: { selectPolicy: "Disabled" } },
      [2, 5],
      Infinity,
    ],
    ["the maximum is as far as it goes", {}, [2, 40], 15_000],
  ] as const)("%s", (_why, behavior, [from, to], expected) => {
    expect(travelMs({ ...trialSpec, behavior }, { from, to })).toBe(expected);
  });

  test("the parts of an experiment", () => {
    const lengths = phaseLengths(trialSpec, { from: 2, to: 8, podReadyMs: 60_000 });
    expect(lengths).toEqual({ settleMs: 360_000, climbMs: 240_000, descendMs: 810_000 });
    const { behavior: _none, ...legacy } = trialSpec;
    expect(phaseLengths(legacy, { from: 2, to: 8, podReadyMs: 0 }).settleMs).toBe(360_000);
  });
});
