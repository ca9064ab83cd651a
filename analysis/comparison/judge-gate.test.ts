import { Rng } from "pragmastat";
import { describe, expect, test } from "vitest";
import { chooseDesign, driftPValue } from "./choose-design.ts";
import { comparePairs } from "./compare-pairs.ts";
import { holm } from "./holm.ts";
import type { GateMetric } from "./judge-gate.ts";
import { gateAnalyses, judgeGate, quickAnalyses } from "./judge-gate.ts";
import { judgeMetrics } from "./judge-metrics.ts";

/** Spread by ± 2 %, evenly and without order. */
const run = (index: number, salt = 0): number =>
  100 * (1 + 0.04 * ((((index + 1) * 0.618_034 + salt * 0.414_21) % 1) - 0.5));
const runs = (count: number, salt: number, factor = 1): number[] =>
  Array.from({ length: count }, (_, index) => run(index, salt) * factor);

interface Changes extends Partial<GateMetric> {
  readonly pairs?: number;
  readonly factor?: number;
}

const metric = (id: string, { pairs = 20, factor = 1, ...changes }: Changes = {}): GateMetric => ({
  id,
  title: id,
  required: true,
  better: "lower",
  baseline: runs(pairs, 1),
  candidate: runs(pairs, 2, factor),
  ...changes,
});

/** A gate whose candidate lies exactly on the margin, after so many pairs. */
const onTheMargin = (pairs: number) =>
  judgeGate({ metrics: [metric("a", { pairs, factor: 1.05 })] });

describe("interim analyses", () => {
  test("after 6, 8, 11, 15 and 20 pairs, at one level", () => {
    expect(gateAnalyses.map(({ pairs }) => pairs)).toEqual([6, 8, 11, 15, 20]);
    expect(new Set(gateAnalyses.map(({ alpha }) => alpha))).toEqual(new Set([0.012]));
  });

  test("before the first analysis nothing is decided, however clear", () => {
    const judgement = judgeGate({ metrics: [metric("api.p95", { pairs: 5, factor: 2 })] });
    expect(judgement).toMatchObject({
      outcome: "inconclusive",
      pairs: 5,
      next: { pairs: 6 },
      metrics: [],
    });
    expect(judgement.reason).toBe("5 pairs so far: an answer needs at least 6.");
    expect(judgeGate({ metrics: [] }).reason).toContain("0 pairs");
  });

  test.each([
    ["a clear FAIL", 1.2, "fail"],
    ["a clear PASS", 0.99, "pass"],
  ])("%s stops at the first analysis", (_reason, factor, outcome) => {
    const judgement = judgeGate({ metrics: [metric("api.p95", { factor })] });
    expect(judgement).toMatchObject({
      outcome,
      pairs: 20,
      lastAnalysis: { pairs: 6, alpha: 0.012 },
    });
    expect(judgement.next).toBeUndefined();
  });

  test("an unclear answer asks for the next analysis, until there is none", () => {
    expect(onTheMargin(10)).toMatchObject({ outcome: "inconclusive", next: { pairs: 11 } });
    expect(onTheMargin(19)).toMatchObject({ lastAnalysis: { pairs: 15 }, next: { pairs: 20 } });
    expect(onTheMargin(20).next).toBeUndefined();
    expect(onTheMargin(20).reason).toContain("Not clear after 20 pairs");
  });

  test("an exhausted time limit judges the pairs so far, with the α of the analysis that was missed", () => {
    const metrics = [metric("a", { pairs: 13, factor: 1.05 })];
    expect(judgeGate({ metrics, isOver: true })).toMatchObject({
      lastAnalysis: { pairs: 13, alpha: 0.012 },
    });
    expect(judgeGate({ metrics, isOver: true }).next).toBeUndefined();
    const few = judgeGate({ metrics: [metric("a", { pairs: 3, factor: 2 })], isOver: true });
    expect(few.outcome).toBe("inconclusive");
    expect(few.reason).toContain("needs at least 5");
  });

  test("a quick gate answers at five pairs as far as it can", () => {
    const slow = [metric("a", { pairs: 5, factor: 1.3 })];
    expect(judgeGate({ metrics: slow, analyses: quickAnalyses }).outcome).toBe("fail");
  });
});

describe("several metrics", () => {
  test("one that fails is named; a finding that fails is not the verdict", () => {
    const fine = ["web.p95", "throughput"].map((id) => metric(id));
    const culprit = metric("api.p99", { factor: 1.4, required: false });
    const passing = judgeGate({ metrics: [...fine, culprit] });
    expect(passing.outcome).toBe("pass");
    expect(passing.metrics.at(-1)).toMatchObject({ outcome: "fail", required: false });
    const failing = judgeGate({ metrics: [...fine, metric("api.p95", { factor: 1.2 })] });
    expect(failing.outcome).toBe("fail");
    expect(failing.reason).toMatch(/^api\.p95: 1\.\d+ times the baseline/);
  });

  test("throughput that falls is worse", () => {
    const metrics = [metric("throughput", { factor: 0.8, better: "higher" })];
    expect(judgeGate({ metrics }).outcome).toBe("fail");
  });

  test("Holm: what fails alone may be chance among many", () => {
    const comparison = comparePairs({ baseline: runs(10, 1), candidate: runs(10, 2, 1.2) });
    const barely = { ...comparison, outcome: "fail" as const, chanceOfNoRegression: 0.03 };
    const head = { title: "t", required: true, comparison: barely };
    const alone = judgeMetrics([{ ...head, id: "a" }], 0.05);
    expect(alone.outcome).toBe("fail");
    const many = judgeMetrics(
      ["a", "b"].map((id) => ({ ...head, id })),
      0.05,
    );
    expect(many).toMatchObject({ outcome: "inconclusive", metrics: [{ holmLevel: 0.025 }, {}] });
    expect(many.reason).toContain("Alone it would be a FAIL");
  });

  test("Holm's procedure stops at the first claim that does not hold", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05).map(({ holds }) => holds)).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)[3]?.level).toBeCloseTo(0.0125, 12);
    expect(holm([], 0.05)).toEqual([]);
  });

  test("nothing required decides nothing", () => {
    expect(judgeMetrics([], 0.05)).toMatchObject({ outcome: "inconclusive" });
  });
});

describe("what goes wrong in a gate", () => {
  test("a required metric without a value makes it INVALID", () => {
    const candidate = Array.from({ length: 20 }, () => undefined);
    const judgement = judgeGate({ metrics: [metric("a"), metric("web.p95", { candidate })] });
    expect(judgement.outcome).toBe("invalid");
    expect(judgement.reason).toContain("web.p95: not one pair has a value on both sides");
  });

  test("one arm down in the middle: those pairs are left out, and reported", () => {
    const candidate = runs(10, 2).map((value, index) => (index > 6 ? undefined : value));
    const judgement = judgeGate({
      metrics: [metric("a", { pairs: 10, candidate })],
      analyses: [{ pairs: 10, alpha: 0.05 }],
    });
    expect(judgement.warnings[0]?.message).toContain("3 of 10 pairs lack a value");
    expect(judgement.metrics[0]?.comparison?.nBaseline).toBe(7);
  });

  test("a candidate that answers 500 fast fails on errors", () => {
    const errors = metric("api.errors", {
      baseline: runs(10, 1, 0),
      candidate: runs(10, 2, 0.0003),
      floor: 0.002,
    });
    const judgement = judgeGate({
      metrics: [metric("api.p95", { pairs: 10, factor: 0.2 }), errors],
    });
    expect(judgement.outcome).toBe("fail");
    expect(judgement.reason).toContain("api.errors");
  });

  test("all values equal: judged as they stand, and reported", () => {
    const equal = Array.from({ length: 10 }, () => 120);
    const flat = metric("api.p95", { baseline: equal, candidate: equal });
    const judgement = judgeGate({ metrics: [metric("web.p95", { pairs: 10 }), flat] });
    expect(judgement.outcome).toBe("pass");
    expect(judgement.warnings).toEqual([
      {
        code: "no-spread",
        message: "api.p95: all values are equal: check that they are measurements",
      },
    ]);
  });

  test("errors that are 0 everywhere are no suspicion; a baseline of 0 without a floor is", () => {
    const none = Array.from({ length: 10 }, () => 0);
    const errors = metric("api.errors", { baseline: none, candidate: none, floor: 0.002 });
    expect(judgeGate({ metrics: [errors] })).toMatchObject({ outcome: "pass", warnings: [] });
    const odd = metric("queue", { baseline: none, candidate: runs(10, 2) });
    const judgement = judgeGate({ metrics: [odd] });
    expect(judgement.outcome).toBe("fail");
    expect(judgement.warnings.map(({ code }) => code)).toContain("zero-baseline");
    expect(judgement.warnings[0]?.message).toMatch(/^queue: /);
  });

  test("a baseline that never answered decides nothing", () => {
    const never = Array.from({ length: 10 }, () => Infinity);
    const judgement = judgeGate({
      metrics: [metric("api.p95", { baseline: never, candidate: runs(10, 2) })],
    });
    expect(judgement.outcome).toBe("inconclusive");
    expect(judgement.warnings[0]?.message).toContain("nothing can be compared with it");
  });

  test("an A/A control interval wholly outside ± 2.5 % makes it INVALID, either way", () => {
    for (const factor of [1.06, 0.94]) {
      const judgement = judgeGate({ metrics: [metric("a", { control: runs(20, 3, factor) })] });
      expect(judgement.outcome).toBe("invalid");
      expect(judgement.reason).toContain("two deployments of the same baseline differ");
    }
    const quiet = judgeGate({ metrics: [metric("a", { control: runs(20, 3) })] });
    expect(quiet.outcome).toBe("pass");
    expect(quiet.metrics[0]?.controlComparison?.ratio).toBeCloseTo(1, 1);
  });

  test("a null arm near zero is held against the floor, not against 2.5 % of nothing", () => {
    const judgement = judgeGate({
      metrics: [
        metric("api.errors", {
          baseline: runs(20, 1, 0),
          candidate: runs(20, 2, 0),
          control: runs(20, 3, 0.000_001),
          floor: 0.002,
        }),
      ],
    });
    expect(judgement.outcome).toBe("pass");
  });
});

const noise = (salt: number): number[] => runs(12, salt);

describe("paired or independent", () => {
  test("few pairs cannot show what they share", () => {
    expect(chooseDesign([1, 2, 3], [1, 2, 3])).toMatchObject({ design: "independent" });
  });

  test("arms that move together are paired", () => {
    const weather = noise(5);
    const arm = (salt: number): number[] =>
      noise(salt).map((value, index) => value / 10 + (weather[index] ?? 0));
    expect(chooseDesign(arm(1), arm(2)).reason).toContain("correlate");
  });

  test("a level that drifts is paired", () => {
    const up = noise(1).map((value, index) => value + (index % 2 === 0 ? index : 0));
    const down = noise(7).map((value, index) => value + (index % 2 === 0 ? 0 : index));
    expect(chooseDesign(up, down).design).toBe("paired");
  });

  test("arms that share nothing are independent, but for what chance makes of them", () => {
    const random = new Rng("design");
    const draw = (): number[] => Array.from({ length: 12 }, () => random.uniformFloat());
    const designs = Array.from({ length: 300 }, () => chooseDesign(draw(), draw()).design);
    const share = designs.filter((design) => design === "independent").length / 300;
    expect(share).toBeGreaterThan(0.75);
    expect(share).toBeLessThan(0.9);
  });

  test("the rule does not see the verdict", () => {
    for (let salt = 0; salt < 40; salt++) {
      const [one, other] = [noise(salt), noise(salt + 50)].map((arm) => arm.map(Math.log));
      const slower = (other ?? []).map((place) => place + 0.3);
      expect(chooseDesign(one ?? [], slower)).toEqual(chooseDesign(one ?? [], other ?? []));
    }
  });

  test("values that do not vary show no drift", () => {
    expect(driftPValue([1, 1, 1, 1, 1])).toBe(1);
    expect(chooseDesign(noise(1).fill(1), noise(1).fill(1)).design).toBe("independent");
  });
});
