import { describe, expect, test } from "vitest";
import type { WorkloadCapacity } from "../../../src/domain/capacity.ts";
import type { RunData } from "../../../src/domain/run.ts";
import { testRun } from "../../testdata/test-run.ts";
import { capacityModel } from "./capacity-model.ts";
import { breakpointRun, queueLevels } from "./testdata/breakpoint-run.ts";
import type { TestLevel } from "./testdata/breakpoint-run.ts";

const rates = [45, 52, 59, 67, 77, 88, 100, 114, 130, 150];
/** p95 reaches 200 ms at u/(1−u) = 5, which is 83.33/s of 100/s. */
const slowQueue = { greatest: 100, baseMs: 100, growthMs: 20 };

function apiOf(...runs: readonly RunData[]): WorkloadCapacity {
  const model = capacityModel(runs, { seed: 1 });
  const found = model.workloads.find(({ workload }) => workload === "api");
  if (found === undefined) throw new Error(JSON.stringify(model.refusedRuns));
  return found;
}

const codes = (list: readonly { readonly code: string }[]): string[] =>
  list.map(({ code }) => code);

/** Levels with some of them changed. */
const changed = (
  levels: readonly TestLevel[],
  change: (level: TestLevel, index: number) => Partial<TestLevel>,
): TestLevel[] => levels.map((level, index) => ({ ...level, ...change(level, index) }));

describe("identified", () => {
  const found = apiOf(breakpointRun({ levels: queueLevels(rates, slowQueue), pods: 1 }));

  test("the load at which p95 reaches its objective, between two levels", () => {
    expect(found.state).toBe("identified");
    const { point, low, high } = found.capacityAtObjectivePerPod ?? { point: 0, low: 0, high: 0 };
    expect(point / (100 * (5 / 6))).toBeCloseTo(1, 1.7);
    expect(low).toBeLessThan(100 * (5 / 6));
    expect(high).toBeGreaterThan(100 * (5 / 6));
    expect(found.bindingLimit).toMatchObject({ kind: "response-time", surface: "api" });
    expect(found.bindingLimit?.sentence).toContain("p95 of API reads reaches its objective");
  });

  test("drops with an idle generator are levels of the platform, and stay", () => {
    const beyond = found.levels.filter(({ offeredPerSecond }) => offeredPerSecond > 101);
    expect(beyond.map(({ state }) => state)).toEqual(["saturated", "saturated", "saturated"]);
    const last = beyond.at(-1);
    expect(last?.completedPerSecond).toBeCloseTo(100, 0);
    expect(last?.droppedPerSecond).toBeCloseTo(50, 0);
    expect(last?.errorRatio).toBeCloseTo(1 / 3, 2);
    expect(last?.latency[0]?.p95Ms).toBe(Infinity);
  });

  test("requests in the system by Little's law: throughput times mean response time", () => {
    const [first] = found.levels;
    const mean = 100 + (20 * 0.45) / 0.55;
    // The mean of the lognormal times lies at exp(σ²/2 − 1.645σ) of their p95.
    const expected = 45 * (mean / 1000) * Math.exp(0.4 ** 2 / 2 - 1.645 * 0.4);
    expect((first?.concurrency ?? 0) / expected).toBeCloseTo(1, 1);
  });

  test("0.9 of the greatest throughput comes first where response times stay low", () => {
    const quick = { ...slowQueue, growthMs: 4 };
    const other = apiOf(breakpointRun({ levels: queueLevels(rates, quick), pods: 1 }));
    expect(other.bindingLimit?.kind).toBe("throughput");
    expect((other.capacityAtObjective?.point ?? 0) / 90).toBeCloseTo(1, 1.7);
  });

  test("too many errors come first where the platform fails before it is slow", () => {
    const levels = changed(queueLevels(rates, slowQueue), ({ offered }) =>
      offered >= 67 ? { failed: offered * 0.03, completed: Math.min(100, offered) * 0.97 } : {},
    );
    const other = apiOf(breakpointRun({ levels, pods: 1 }));
    expect(other.bindingLimit?.kind).toBe("errors");
    expect(other.capacityAtObjective?.point).toBeGreaterThan(59);
    expect(other.capacityAtObjective?.point).toBeLessThan(67);
  });

  test("two pods carry it together: half of it each", () => {
    const other = apiOf(breakpointRun({ levels: queueLevels(rates, slowQueue), pods: 2 }));
    const both = other.capacityAtObjective?.point ?? 0;
    expect(other.capacityAtObjectivePerPod?.point).toBeCloseTo(both / 2, 9);
  });

  test("without anybody who counted the pods there is no capacity a pod", () => {
    const other = apiOf(breakpointRun({ levels: queueLevels(rates, slowQueue) }));
    expect(other.state).toBe("identified");
    expect(other.capacityAtObjectivePerPod).toBeUndefined();
    expect(codes(other.refusals)).toContain("replicas-unknown");
  });

  test("one run says so, several do not; the same seed gives the same model", () => {
    expect(codes(found.warnings)).toContain("one-run");
    const runs = ["a", "b"].map((id) =>
      breakpointRun({ id, levels: queueLevels(rates, slowQueue), pods: 1 }),
    );
    expect(codes(apiOf(...runs).warnings)).not.toContain("one-run");
    expect(capacityModel(runs, { seed: 3 })).toEqual(capacityModel(runs, { seed: 3 }));
  });

  test("a curve that the levels beyond the knee contradict is not given as a law", () => {
    // Requests mostly wait for others: a sharp knee, which the law cannot bend round.
    const sharp = { greatest: 100, baseMs: 190, growthMs: 0.1 };
    const other = apiOf(breakpointRun({ levels: queueLevels(rates, sharp), pods: 1 }));
    expect(other.state).toBe("identified");
    expect(other.law).toBeUndefined();
    expect(codes(other.refusals)).toContain("law-refused");
  });
});

describe("not identified", () => {
  const healthy = queueLevels(rates, { ...slowQueue, greatest: 1000 });

  test("knee not reached: only what was carried, and what to do", () => {
    const found = apiOf(breakpointRun({ levels: healthy, pods: 2 }));
    expect(found.state).toBe("knee-not-reached");
    expect(found.capacityAtObjective).toBeUndefined();
    expect(found.bindingLimit).toBeUndefined();
    expect(found.atLeastPerSecond).toBeCloseTo(75, 0);
    expect(found.refusals.map(({ message }) => message).join()).toContain("raise --rate");
  });

  test("a saturated generator ends the test there, drops or not", () => {
    const levels = changed(queueLevels(rates, { ...slowQueue, greatest: 400 }), (_, index) =>
      index >= 7 ? { k6Cores: 0.95, dropped: 10 } : {},
    );
    const found = apiOf(breakpointRun({ levels, pods: 1 }));
    expect(found.state).toBe("generator-saturated");
    expect(found.levels.map(({ state }) => state).slice(6)).toEqual([
      "served",
      "generator-saturated",
      "generator-saturated",
      "generator-saturated",
    ]);
    expect(found.atLeastPerSecond).toBeCloseTo(100, 0);
    expect(found.refusals[0]?.message).toMatch(/level-8.*load generator.*95 % of 1 cores/);
  });

  test("a generator that saturates beyond the limit does not spoil it", () => {
    const levels = changed(queueLevels(rates, slowQueue), (_, index) =>
      index === 9 ? { k6Cores: 0.95 } : {},
    );
    expect(apiOf(breakpointRun({ levels, pods: 1 })).state).toBe("identified");
  });

  test("erratic: response times that jump up and down below their limit", () => {
    const levels = changed(queueLevels(rates, slowQueue), ({ p95Ms }, index) =>
      index < 6 ? { p95Ms: index % 2 === 0 ? 190 : 95 } : { p95Ms },
    );
    const found = apiOf(breakpointRun({ levels, pods: 1 }));
    expect(found.state).toBe("erratic");
    expect(found.capacityAtObjective).toBeUndefined();
    expect(found.atLeastPerSecond).toBeUndefined();
    expect(found.refusals[0]?.message).toContain("scatter by");
  });

  test("erratic: an objective that is broken at one level and kept at a higher one", () => {
    const seen = [179, 172, 192, 427, 267, 219, 802];
    const levels = changed(queueLevels(rates, slowQueue), ({ p95Ms }, index) => ({
      p95Ms: seen[index] ?? p95Ms,
    }));
    expect(apiOf(breakpointRun({ levels, pods: 1 })).state).toBe("erratic");
  });

  test("not monotone: throughput falls and rises again", () => {
    const levels = changed(
      queueLevels(rates, { ...slowQueue, greatest: 400 }),
      ({ offered }, index) =>
        index === 6 || index === 7 ? { completed: 40, dropped: offered - 40 } : {},
    );
    expect(apiOf(breakpointRun({ levels, pods: 1 })).state).toBe("not-monotone");
  });

  test("an objective broken at the lowest level: nothing is known below it", () => {
    const found = apiOf(
      breakpointRun({ levels: queueLevels(rates, slowQueue), pods: 1, limitMs: 50 }),
    );
    expect(found.state).toBe("knee-not-reached");
    expect(codes(found.refusals)).toContain("broken-at-lowest");
    expect(found.atLeastPerSecond).toBeUndefined();
  });

  test("pods that multiply while the load rises make every level another platform", () => {
    const levels = changed(queueLevels(rates, slowQueue), (_, index) => ({
      pods: index < 5 ? 2 : 4,
    }));
    const found = apiOf(breakpointRun({ levels }));
    expect(found.capacityAtObjective).toBeUndefined();
    expect(found.refusals[0]?.message).toContain("from 2 to 4");
  });
});

const refusal = (data: RunData) => capacityModel([data], { seed: 1 }).refusedRuns[0];

describe("runs that are refused, each with its reason", () => {
  test("a run of another profile", () => {
    expect(refusal(testRun())).toMatchObject({ code: "not-a-breakpoint-run" });
    expect(refusal(testRun())?.reason).toContain("does not climb in plateaus");
  });

  test("two levels", () => {
    const run = breakpointRun({ levels: queueLevels([45, 90], slowQueue), pods: 1 });
    expect(refusal(run)).toMatchObject({ code: "too-few-levels" });
  });

  test("a run without windows, one that does not know its workloads", () => {
    const run = breakpointRun({ levels: queueLevels(rates, slowQueue), pods: 1 });
    expect(refusal({ ...run, windows: [] })?.code).toBe("nothing-measured");
    const { workloads: _workloads, ...plan } = run.run.plan;
    expect(refusal({ ...run, run: { ...run.run, plan } })?.code).toBe("workloads-unknown");
  });

  test("a run of another environment than the newest", () => {
    const levels = queueLevels(rates, slowQueue);
    const older = breakpointRun({ id: "older", levels, pods: 1 });
    const newer = breakpointRun({ id: "newer", levels, pods: 1, run: { startedAt: 2e12 } });
    const elsewhere = { ...newer.run.plan, environment: "staging", sandbox: false } as const;
    const moved = { ...newer, run: { ...newer.run, plan: elsewhere } };
    const model = capacityModel([older, moved], { seed: 1 });
    expect(model.refusedRuns).toMatchObject([{ id: "older", code: "other-environment" }]);
    expect(model.workloads[0]?.runs.map(({ id }) => id)).toEqual(["newer"]);
  });
});

test("a rule of the platform is a breakpoint run's proper end: its levels count", () => {
  const levels = queueLevels(rates.slice(0, 8), slowQueue);
  const ended = apiOf(
    breakpointRun({
      levels,
      pods: 1,
      run: { state: "interrupted", interruption: { cause: "platform-rule", message: "p95" } },
    }),
  );
  expect(ended).toMatchObject({ state: "identified", runs: [{ endedBy: "rule" }] });
  expect(codes(ended.warnings)).toContain("one-level-beyond");
});

test("CPU for one more request: the slope, without what idle pods use", () => {
  const levels = changed(queueLevels(rates, slowQueue), ({ offered }) => ({
    cpuCoresPerPod: 0.05 + 0.008 * Math.min(offered, 100),
  }));
  const found = apiOf(breakpointRun({ levels, pods: 1 }));
  expect(found.cpuMsPerRequest[0]?.surface).toBe("api");
  expect(found.cpuMsPerRequest[0]?.cpuMs.point).toBeCloseTo(8, 1);
  const capacity = found.capacityAtObjective?.point ?? 0;
  expect(found.atCapacity?.cpuCoresPerPod).toBeCloseTo(0.05 + 0.008 * capacity, 1);
});

describe("across pods", () => {
  /** X(N) = 100·N / (1 + 0.1·(N−1)): the back end that they share is busy for a tenth of each request. */
  const runs = [1, 2, 4].map((pods) => {
    const factor = pods / (1 + 0.1 * (pods - 1));
    const levels = queueLevels(
      rates.map((rate) => rate * factor),
      { ...slowQueue, greatest: 100 * factor },
    );
    return breakpointRun({ id: `pods-${pods}`, levels, pods });
  });

  test("three numbers of pods give the law of what they share", () => {
    const { acrossReplicas, replicas, capacityAtObjectivePerPod } = apiOf(...runs);
    expect(replicas).toBe(1);
    expect((capacityAtObjectivePerPod?.point ?? 0) / (100 * (5 / 6))).toBeCloseTo(1, 1.7);
    expect(acrossReplicas?.points.map((point) => point.replicas)).toEqual([1, 2, 4]);
    const { sigma, kappa } = acrossReplicas?.law ?? {};
    // Half a percent of error in each capacity moves it by 0.015.
    expect(sigma?.point).toBeGreaterThan(0.07);
    expect(sigma?.point).toBeLessThan(0.13);
    expect(kappa?.point).toBeLessThan(0.01);
    expect(sigma?.low).toBeLessThan(sigma?.point ?? 0);
    expect(sigma?.high).toBeGreaterThan(sigma?.point ?? 1);
    expect(acrossReplicas?.sentence).toMatch(
      /^Of what 1 pod carried, 2 pods 1\.8\d? times, 4 pods/,
    );
  });

  test("two numbers are compared, and no law is laid through them", () => {
    const { acrossReplicas } = apiOf(...runs.slice(0, 2));
    expect(acrossReplicas?.law).toBeUndefined();
    expect(acrossReplicas?.sentence).toContain("takes three numbers");
  });
});
