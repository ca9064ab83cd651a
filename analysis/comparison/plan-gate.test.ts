import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gateAnalyses } from "./judge-gate.ts";
import { planGate, runNoise } from "./plan-gate.ts";

const metrics = (noise: number, count = 1) =>
  Array.from({ length: count }, (_, index) => ({ id: `m${index}`, noise }));

describe("how many pairs an answer needs", () => {
  test("3 % noise: reachable, with minutes, and the chances of each analysis", () => {
    const plan = planGate({ metrics: metrics(0.03, 4), runMs: 50_000 });
    expect(plan.pairs).toBeGreaterThan(14);
    expect(plan.pairs).toBeLessThan(20);
    expect(plan.isReachable).toBe(true);
    expect(plan.minutes).toBeCloseTo((plan.pairs * 100) / 60, 9);
    expect(plan.analyses.map(({ pairs }) => pairs)).toEqual(gateAnalyses.map(({ pairs }) => pairs));
    // bench/gate: 0.37 to 0.45 of A/A gates have passed by 11 pairs, 0.96 by 20.
    expect(plan.analyses[2]?.chanceToPass).toBeCloseTo(0.41, 1);
    expect(plan.analyses.at(-1)?.chanceToPass).toBeCloseTo(0.965, 2);
    expect(plan.sentence).toMatch(
      /^With 3 % noise from run to run \(m0\) a 5 % answer needs \d+ pairs/,
    );
  });

  test("10 % noise: more than the gate runs, and it says so", () => {
    const plan = planGate({ metrics: metrics(0.1) });
    expect(plan.isReachable).toBe(false);
    expect(plan.sentence).toContain("more than the gate runs");
    expect(plan.minutes).toBeUndefined();
  });

  test("no noise at all needs the fewest pairs that can answer", () => {
    expect(planGate({ metrics: metrics(0) }).pairs).toBe(7);
  });

  test("a regression of the margin itself is never found", () => {
    expect(planGate({ metrics: metrics(0.03), effect: 0.05 }).pairsToFail).toBe(Infinity);
    expect(planGate({ metrics: metrics(0), effect: 0.05 }).pairsToFail).toBe(Infinity);
  });

  test("no metric is a mistake of the caller", () => {
    expect(() => planGate({ metrics: [] })).toThrow(RangeError);
  });

  test("more noise or more metrics never need fewer pairs", () => {
    const noise = fc.double({ min: 0.005, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(noise, noise, (a, b) => {
        const [quiet, loud] = [Math.min(a, b), Math.max(a, b)];
        const pairs = planGate({ metrics: metrics(quiet) }).pairs;
        expect(planGate({ metrics: metrics(loud) }).pairs).toBeGreaterThanOrEqual(pairs);
        expect(planGate({ metrics: metrics(quiet, 3) }).pairs).toBeGreaterThanOrEqual(pairs);
      }),
      { numRuns: 15 },
    );
  });
});

describe("run-to-run noise", () => {
  test("of alternating values, and without the drift", () => {
    expect(runNoise([100, 104, 100, 104, 100])).toBeCloseTo(Math.log(1.04) / Math.SQRT2, 12);
    const drifting = Array.from({ length: 50 }, (_, index) => 100 * 1.01 ** index);
    expect(runNoise(drifting)).toBeLessThan(0.008);
  });

  test.each([
    ["none", []],
    ["two", [1, 2]],
    ["only useless ones", [0, Infinity, 0, 1, 2]],
  ])("%s: unknown", (_reason, values) => {
    expect(runNoise(values)).toBeUndefined();
  });
});
