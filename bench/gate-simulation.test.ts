import { expect, test } from "vitest";
import { compareSamples } from "../analysis/comparison/compare-samples.ts";
import { gateRatesOf, ratesOf, simulateRelease } from "./gate-simulation.ts";
import { seededUniform } from "./quantile-intervals-simulation.ts";

const release = { noise: 0.03, pairs: 12 };
const repetitions = 500;

test("the errors of one analysis are those that it claims, and it sees what is there", () => {
  const same = ratesOf({ ...release, change: 0 }, repetitions, 1);
  expect(same.fail).toBeLessThanOrEqual(0.01);
  expect(same.pass).toBeGreaterThan(0.93);
  const atMargin = ratesOf({ ...release, change: 0.05 }, repetitions, 2);
  expect(Math.max(atMargin.pass, atMargin.fail)).toBeLessThanOrEqual(0.08);
  const slower = ratesOf({ ...release, change: 0.1 }, repetitions, 3);
  expect(slower.fail).toBeGreaterThan(0.93);
  expect(slower.pass).toBeLessThanOrEqual(0.01);
  expect(ratesOf({ ...release, change: 0.2 }, repetitions, 4).fail).toBeGreaterThan(0.98);
});

test("drift biases blocks of runs, not interleaved ones", () => {
  const drifting = { ...release, change: 0.05, drift: 0.015 };
  expect(ratesOf(drifting, repetitions, 5).pass).toBeLessThan(0.08);
  expect(ratesOf({ ...drifting, order: "blocks" }, repetitions, 5).pass).toBeGreaterThan(0.15);
});

test("the rule keeps most of what independence wins where runs are spoiled", () => {
  const spoiled = { ...release, change: 0.1, spoiled: 0.1 };
  const [rule, paired, independent] = (["rule", "paired", "independent"] as const).map(
    (design) => ratesOf(spoiled, repetitions, 6, design).fail,
  );
  expect(rule).toBeGreaterThan(paired ?? 1);
  expect(independent).toBeGreaterThan(paired ?? 1);
});

test("the whole gate passes what did not change, and fails what got slower", () => {
  const gate = { noise: 0.03, correlation: 0.5 };
  expect(gateRatesOf({ ...gate, change: 0 }, 40, 7).pass).toBeGreaterThan(0.9);
  const slow = gateRatesOf({ ...gate, change: 0.2 }, 40, 8);
  expect(slow.fail).toBe(1);
  expect(slow.meanPairs).toBeCloseTo(6, 0);
});

test("four of five changes of the smallest detectable size are found", () => {
  const uniform = seededUniform(10);
  const detectable = Array.from({ length: 200 }, () => {
    const arms = simulateRelease({ ...release, change: 0 }, uniform);
    return compareSamples(arms).minimumDetectableRatio;
  });
  const change = (detectable.toSorted((a, b) => a - b)[100] ?? 1) - 1;
  const found = ratesOf({ ...release, change }, repetitions, 11, "independent").fail;
  expect(found).toBeGreaterThan(0.72);
  expect(found).toBeLessThan(0.88);
});

test("the same seed simulates the same runs", () => {
  const [one, other] = [9, 9].map((seed) =>
    simulateRelease({ ...release, change: 0.1 }, seededUniform(seed)),
  );
  expect(one).toEqual(other);
});
