import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packedNodes, spreadNodes } from "./packing.ts";
import type { PodGroup } from "./packing.ts";
import { replicasFor, withReserve } from "./replicas.ts";
import { allocatable } from "./reservations.ts";

const mebi = 1024 ** 2;

describe("pods", () => {
  test.each([
    [10_000, 1000, 10],
    [8_000, 1000, 8],
    [8_001, 1000, 9],
    [8_000 * (1 + 1e-13), 1000, 8],
    [0, 1000, 1],
  ])("%d at %d a pod", (demand, perPod, pods) => {
    expect(replicasFor(demand, perPod)).toBe(pods);
  });

  test.each([
    [1, 2],
    [3, 4],
    [6, 7],
    [7, 9],
    [10, 13],
  ])("%d needed: %d survive a loss and a rollout of 25 %%", (needed, pods) => {
    expect(withReserve(needed, 0.25)).toBe(pods);
  });

  test("more load never needs fewer pods, nor fewer with their reserve", () => {
    const demand = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(demand, demand, fc.double({ min: 1, max: 5000, noNaN: true }), (a, b, perPod) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const fewer = replicasFor(less, perPod);
        const pods = replicasFor(more, perPod);
        expect(fewer).toBeLessThanOrEqual(pods);
        expect(withReserve(fewer, 0.25)).toBeLessThanOrEqual(withReserve(pods, 0.25));
      }),
    );
  });
});

describe("what a node keeps for itself", () => {
  const gib32 = { cpuCores: 8, memoryBytes: 32 * 1024 * mebi };

  test("GKE leaves 7,910 m and 29,023 MiB of 8 cores and 32 GiB", () => {
    const free = allocatable(gib32, "gke");
    expect(free.cpuCores).toBeCloseTo(7.91, 6);
    expect(free.memoryBytes / mebi).toBeCloseTo(29_022.6, 0);
    expect(
      allocatable({ cpuCores: 1, memoryBytes: 512 * mebi }, "gke").memoryBytes / mebi,
    ).toBeCloseTo(157, 6);
  });

  test("EKS: the same CPU, 11 MiB a pod", () => {
    const free = allocatable({ ...gib32, memoryBytes: gib32.memoryBytes * 0.925 }, "eks", 58);
    expect(free.cpuCores).toBeCloseTo(7.91, 6);
    expect(free.memoryBytes / mebi).toBeCloseTo(29_317, 0);
  });

  test("AKS keeps 180 m of 8 cores; nothing is kept where nothing is reserved", () => {
    expect(allocatable(gib32, "aks").cpuCores).toBeCloseTo(7.82, 6);
    expect(allocatable({ ...gib32, cpuCores: 96 }, "aks").cpuCores).toBeCloseTo(94.94, 6);
    expect(allocatable(gib32, "none")).toEqual(gib32);
  });
});

const group = (name: string, replicas: number, cpuCores: number, memoryBytes = 1): PodGroup => ({
  name,
  replicas,
  cpuCores,
  memoryBytes,
});

describe("nodes", () => {
  const node = { cpuCores: 4, memoryBytes: 16 };

  test.each([
    ["none", [], 0],
    ["what fits one", [group("a", 4, 1)], 1],
    ["one more", [group("a", 5, 1)], 2],
    ["sums of tenths", [group("a", 40, 0.1, 0.1)], 1],
    ["small ones into the gaps of large ones", [group("small", 2, 1), group("large", 2, 3)], 2],
    ["memory binds", [group("a", 4, 0.1, 8)], 2],
    ["no node is large enough", [group("a", 1, 5)], Infinity],
    ["separate pods", [{ ...group("db", 3, 0.5), isSeparate: true }], 3],
  ])("%s", (_name, groups, nodes) => {
    expect(packedNodes(groups, node)).toBe(nodes);
  });

  test("spreading wants a node more where it leaves gaps that are too small", () => {
    const groups = [group("small", 5, 1), group("large", 2, 3)];
    expect(packedNodes(groups, node)).toBe(3);
    expect(spreadNodes(groups, node)).toBe(4);
    expect(spreadNodes([group("a", 1, 5)], node)).toBe(Infinity);
  });

  test("never fewer nodes than the pods' sum, never fewer spread than packed, never fewer for more pods", () => {
    const groups = fc.array(
      fc.record({
        name: fc.constantFrom("a", "b", "c"),
        replicas: fc.integer({ min: 0, max: 12 }),
        cpuCores: fc.double({ min: 0.05, max: 4, noNaN: true }),
        memoryBytes: fc.double({ min: 0.1, max: 16, noNaN: true }),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(groups, (any) => {
        const packed = packedNodes(any, node);
        const cores = any.reduce((sum, one) => sum + one.replicas * one.cpuCores, 0);
        expect(packed).toBeGreaterThanOrEqual(Math.ceil(cores / 4 - 1e-6));
        expect(spreadNodes(any, node)).toBeGreaterThanOrEqual(packed);
        const [first] = any;
        if (first === undefined || any.length > 1) return;
        expect(
          packedNodes([{ ...first, replicas: first.replicas + 1 }], node),
        ).toBeGreaterThanOrEqual(packed);
      }),
    );
  });
});
