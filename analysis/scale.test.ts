import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  costOfScenarios,
  noopMicroseconds,
  memoryPerUser,
  referenceRunner,
  windowFigures,
} from "./scale-figures.ts";
import { portsPerAddress, scalePlan, type ScaleRequest } from "./scale.ts";

const request: ScaleRequest = {
  load: {
    requestsPerSecond: 100_000,
    users: 40_000,
    flows: 6,
    surfaces: ["web", "api", "subgraph"],
  },
  runner: {
    cpuCores: 2,
    memoryBytes: 8e9,
    ceilingPerSecond: 10_000,
    costFactor: 2,
    memoryBytesPerUser: 1e6,
  },
  windows: {
    bytes: { surface: 100, flow: 10, endpoint: 1000 },
    collectedPerSecond: 500,
    microsecondsPerMerge: 20,
  },
  bytesPerRequest: 1000,
  prices: { perCoreHour: 0.05, perGigabyte: 0.1 },
};

test("runners have three quarters of what makes a run INVALID: 80 % of the ceiling", () => {
  const plan = scalePlan(request);
  expect(plan.perRunner.mostRequestsPerSecond).toBeCloseTo(10_000 * 0.5 * 0.8 * 0.75, 6);
  // 100,000 / 3,000; 40,000 users of 4,000; 120,000 connections of 28,232.
  expect(plan.runnersFor).toEqual({ requests: 34, memory: 10, ports: 5 });
  expect(plan).toMatchObject({ runners: 34, limitedBy: "requests", cpuCores: 68 });
});

test("users are whole, and as many for each runner", () => {
  const { users, perRunner, memoryBytes, connections } = scalePlan(request);
  expect(perRunner).toMatchObject({ users: 1177, memoryBytes: 1.177e9, connections: 3531 });
  expect({ users, memoryBytes, connections }).toEqual({
    users: 40_018,
    memoryBytes: 40_018e6,
    connections: 120_054,
  });
});

test("windows: 6 of surfaces and kinds, 7 of flows each second, 113 of endpoints every ten", () => {
  const { perRunner, collector, mergeOfAnHour } = scalePlan(request);
  expect(perRunner.windowsPerSecond).toBeCloseTo(24.3, 6);
  expect(perRunner.windowBytesPerSecond).toBeCloseTo(600 + 70 + 11_300, 6);
  expect(collector.windowsPerSecond).toBeCloseTo(826.2, 6);
  // 826.2 / 500, and 500 / 24.3.
  expect(collector.cpuCores).toBeCloseTo(1.6524, 6);
  expect(collector.mostRunners).toBe(20);
  expect(mergeOfAnHour.windows).toBeCloseTo(2_974_320, 3);
  expect(mergeOfAnHour.cpuSeconds).toBeCloseTo(59.4864, 6);
  expect(mergeOfAnHour.mergedWindows).toBeCloseTo(87_480, 6);
});

test("traffic and prices are those of an hour of load", () => {
  const { network, price } = scalePlan(request);
  expect(network?.bytesPerSecond).toBe(1e8);
  expect(network?.bytesPerSecondPerRunner).toBeCloseTo(1e8 / 34, 6);
  expect(price?.cores).toBeCloseTo(3.4, 9);
  expect(price?.traffic).toBeCloseTo(36, 9);
});

test("what was not given is not calculated", () => {
  const { network, price } = scalePlan({ ...request, bytesPerRequest: undefined, prices: {} });
  expect(network).toBeUndefined();
  expect(price).toBeUndefined();
  const prices = { perCoreHour: undefined, perGigabyte: 0.1 };
  expect(scalePlan({ ...request, bytesPerRequest: undefined, prices }).price).toBeUndefined();
});

const withUsers = (users: number, memoryBytes: number) =>
  scalePlan({
    ...request,
    load: { ...request.load, users },
    runner: { ...request.runner, memoryBytes },
  });

test("many users take memory, and then ports, before requests do", () => {
  expect(withUsers(640_000, 8e9)).toMatchObject({ runners: 160, limitedBy: "memory" });
  const ofPorts = withUsers(640_000, 1e12);
  expect(ofPorts).toMatchObject({ runners: 69, limitedBy: "ports" });
  expect(ofPorts.perRunner.connections).toBeLessThanOrEqual(portsPerAddress);
});

test("one surface has fewer windows, and one connection for each user", () => {
  const load = { ...request.load, surfaces: ["api"], flows: 1 } as const;
  const { perRunner, users, connections } = scalePlan({ ...request, load });
  expect(perRunner.windowsPerSecond).toBeCloseTo(2 + 5.2 + 2, 9);
  expect(connections).toBe(users);
});

const measured = (name: string): Record<string, unknown> =>
  z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(`bench/results/${name}.json`, "utf8")));

/** Another machine may measure a quarter more or less; what is seeded is the same everywhere. */
test.each([
  [
    "ceiling",
    referenceRunner.ceilingPerSecond,
    measured("generator-limits"),
    "saturation.ownPerSecond",
  ],
  [
    "API mix",
    costOfScenarios * noopMicroseconds,
    measured("api-mix"),
    "microsecondsPerRequest.own",
  ],
  [
    "no-op",
    noopMicroseconds,
    measured("generator-cost"),
    "variants.Headroom's bundle and collector.microsecondsPerRequest",
  ],
  [
    "memory",
    memoryPerUser.noop * 200e-6,
    measured("generator-cost"),
    "variants.Headroom's bundle and collector.megabytes",
  ],
  ["windows", windowFigures.microsecondsPerMerge, measured("windows"), "microsecondsPerWindow"],
])("the figure of %s is the committed measurement's", (_, figure, result, place) => {
  const value = place
    .split(".")
    .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], result);
  expect(figure / Number(value)).toBeGreaterThan(0.75);
  expect(figure / Number(value)).toBeLessThan(1.25);
});

test("what a collector takes is the committed measurement's", () => {
  const ratio =
    windowFigures.collectedPerSecond / Number(measured("collector")["windowsPerCpuSecond"]);
  expect(Math.abs(ratio - 1)).toBeLessThan(0.25);
});

test("bytes of windows are the committed measurement's", () => {
  expect(measured("windows")["bytes"]).toEqual(windowFigures.bytes);
});
