import { expect, test } from "vitest";
import {
  coverageOf,
  seededUniform,
  simulateQueue,
  trueP95Ms,
} from "./quantile-intervals-simulation.ts";
import { Histogram } from "../src/domain/histogram.ts";

const busy = { utilisation: 0.8, requests: 20_000, requestsPerSecond: 100 };

test("bounds of p95 hold at utilisation 0.8, and independence would not", () => {
  const coverage = coverageOf(busy, 200, 7);
  expect(coverage.upper).toBeGreaterThanOrEqual(0.88);
  expect(coverage.lower).toBeGreaterThanOrEqual(0.88);
  expect(coverage.upperIndependent).toBeLessThan(0.8);
  expect(coverage.falseDrift).toBeLessThan(0.05);
});

test("a short run near saturation: wider bounds, and a warning that they hold less often", () => {
  const { upper, lower, warned } = coverageOf(
    { utilisation: 0.9, requests: 3000, requestsPerSecond: 100 },
    300,
    7,
  );
  expect(Math.min(upper, lower)).toBeGreaterThanOrEqual(0.84);
  expect(warned).toBeGreaterThan(0.8);
});

test("a quiet short run keeps its bounds without a warning", () => {
  const { upper, lower, warned } = coverageOf(
    { utilisation: 0.3, requests: 3000, requestsPerSecond: 100 },
    300,
    7,
  );
  expect(Math.min(upper, lower)).toBeGreaterThanOrEqual(0.92);
  expect(warned).toBeLessThan(0.05);
});

test("the queue has the p95 that theory gives it", () => {
  const run = { ...busy, utilisation: 0.3, requests: 200_000 };
  const measured = Histogram.merged(simulateQueue(run, seededUniform(3))).quantile(0.95) ?? 0;
  expect(measured / trueP95Ms(run)).toBeGreaterThan(0.97);
  expect(measured / trueP95Ms(run)).toBeLessThan(1.03);
});
