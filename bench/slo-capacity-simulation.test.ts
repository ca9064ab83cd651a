import { describe, expect, test } from "vitest";
import { measureLevels } from "../analysis/capacity/breakpoint/measure-levels.ts";
import {
  greatestThroughput,
  steadyP95Ms,
  truth,
  workloadCases,
} from "./slo-capacity-queue-simulation.ts";
import { coverageOfCapacity, simulateBreakpointRun } from "./slo-capacity-simulation.ts";

const [api] = workloadCases;
if (api === undefined) throw new Error("no cases");

describe("the simulated run", () => {
  const expectedKnee = greatestThroughput(api);
  const levels = measureLevels(simulateBreakpointRun(api, { expectedKnee, seed: 1 }), "api", [
    "api",
  ]);

  test("serves all it is given up to the knee, and what a pod can beyond it", () => {
    expect(levels.length).toBe(10);
    for (const { level } of levels) {
      const carried = Math.min(level.offeredPerSecond, expectedKnee);
      expect(level.completedPerSecond / carried).toBeCloseTo(1, 1.3);
    }
    expect(levels.at(-1)?.level.droppedPerSecond).toBeGreaterThan(0.2 * expectedKnee);
  });

  test("an idle pod answers in the time that its requests need: p95 = median · exp(1.645 σ)", () => {
    const idle = api.medianMs * Math.exp(1.645 * api.spread);
    expect(steadyP95Ms(api, 5, 20_000) / idle).toBeCloseTo(1, 1.3);
  });
});

test("the truth lies below the greatest throughput, where the steady p95 is the limit", () => {
  const known = truth(api, 50_000);
  expect(known.atObjective).toBeLessThan(known.maxThroughput);
  expect(steadyP95Ms(api, known.atObjective, 50_000) / api.limitMs).toBeCloseTo(1, 1.3);
});

test("of a few runs most intervals hold the truth", () => {
  const { held, runs } = coverageOfCapacity(api, {
    runs: 4,
    confidence: 0.95,
    seed: 5,
    truthRequests: 100_000,
  });
  expect(held).toBeGreaterThanOrEqual(runs - 1);
});
