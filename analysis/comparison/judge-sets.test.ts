import { describe, expect, test } from "vitest";
import type { RunData } from "../../src/domain/run.ts";
import { loadStart, testRun, type TestRun } from "../testdata/test-run.ts";
import { differencesOf, differenceText, isTrait } from "./comparability.ts";
import { memberOf, type GateMember } from "./gate-members.ts";
import { compareRuns } from "./judge-sets.ts";
import { runMetrics, runValues } from "./run-values.ts";
import { measure } from "../measurements/index.ts";

const short: TestRun = { holdSeconds: 20, perSecond: 20 };

/** The n-th run of an arm, started n minutes after the first; levels vary by a few percent. */
function armRun(arm: string, index: number, factor = 1, changes: TestRun = {}): RunData {
  const level = factor * (1 + 0.02 * (((index * 0.618_034) % 1) - 0.5));
  const p95Ms = { web: 1500 * level, api: 150 * level, subgraph: 120 * level };
  const startedAt = loadStart - 5000 + index * 60_000;
  const run = { id: `${arm}-${index}`, startedAt, loadStartedAt: loadStart };
  return testRun({ ...short, p95Ms, ...changes, run: { ...run, ...changes.run } });
}

const armData = (name: string, factor = 1, changes: TestRun = {}, count = 6): RunData[] =>
  Array.from({ length: count }, (_, index) => armRun(name, index, factor, changes));
const arm = (...options: Parameters<typeof armData>): GateMember[] =>
  armData(...options).map(memberOf);

const valuesOfRun = (data: RunData) => runValues(data, measure(data));

describe("values of a run", () => {
  test("one for every metric that it measured", () => {
    const values = valuesOfRun(armRun("a", 0));
    expect(Object.keys(values)).toEqual(runMetrics.map(({ id }) => id));
    expect(values["api.response.p95"]).toBeGreaterThan(values["api.response.p50"] ?? Infinity);
    expect(values["api.errors"]).toBe(0);
    expect(values["throughput"]).toBeGreaterThan(1000);
  });

  test("what it did not measure is absent", () => {
    const silent = { ...armRun("a", 0), windows: [] };
    expect(valuesOfRun(silent)).toEqual({});
  });

  test("failures count, and make a quantile unbounded", () => {
    const failing = { surface: "api", ratio: 0.1, outcome: "http_500" } as const;
    const values = valuesOfRun(armRun("a", 0, 1, { failing }));
    expect(values["api.errors"]).toBeCloseTo(0.1, 1);
    expect(values["api.response.p95"]).toBe(Infinity);
  });

  test("a run that the platform's collapse ended before it counted has the worst of them", () => {
    const interruption = { cause: "platform-rule", message: "p95 of the API was 900 ms" } as const;
    const run = { state: "interrupted", interruption } as const;
    const collapsed = armRun("a", 0, 1, { endsAfter: 4, run });
    expect(valuesOfRun(collapsed)).toMatchObject({
      "api.response.p95": Infinity,
      "api.errors": 1,
      throughput: 0,
    });
    expect(valuesOfRun(collapsed)).not.toHaveProperty("api.response.p50");
    const stopped = {
      state: "interrupted",
      interruption: { ...interruption, cause: "user" },
    } as const;
    expect(valuesOfRun(armRun("a", 0, 1, { endsAfter: 4, run: stopped }))).toEqual({});
  });
});

describe("two sets of runs", () => {
  const baseline = arm("a");

  test("the same build passes on every required metric", () => {
    const result = compareRuns({ baseline, candidate: arm("b") }, {});
    expect(result.outcome).toBe("pass");
    expect(result.metrics.filter(({ required }) => required)).toHaveLength(7);
    expect(result.reason).toBe("All 7 required metrics pass.");
    expect(result.warnings).toEqual([]);
  });

  test("20 % slower fails, in pairs too", () => {
    for (const paired of [false, true]) {
      const result = compareRuns({ baseline, candidate: arm("b", 1.2) }, { paired, margin: 0.05 });
      // Six pairs cannot fail among seven metrics: the smallest p value is 1/64.
      expect(result.outcome).toBe(paired ? "inconclusive" : "fail");
      expect(result.warnings.map(({ message }) => message)).toEqual(
        paired ? ["6 pairs cannot fail among 7 required metrics: that needs at least 8"] : [],
      );
      const api = result.metrics.find(({ id }) => id === "api.response.p95");
      expect(api?.comparison?.ratio).toBeCloseTo(1.2, 1);
      expect(api?.candidateMedian).toBeGreaterThan(api?.baselineMedian ?? Infinity);
    }
  });

  test("a candidate that answers 500 fast fails", () => {
    const failing = { surface: "api", ratio: 0.03, outcome: "http_500" } as const;
    const result = compareRuns({ baseline, candidate: arm("b", 0.5, { failing }) }, {});
    expect(result.outcome).toBe("fail");
    expect(result.reason).toContain("Failed or dropped requests, api");
  });

  test("too few runs are inconclusive with the number needed", () => {
    const few = { baseline: arm("a", 1, {}, 2), candidate: arm("b", 1.5, {}, 2) };
    const result = compareRuns(few, {});
    expect(result.outcome).toBe("inconclusive");
    expect(result.reason).toContain("needs at least 5 on each side");
  });

  test("missing metrics and sets that were not interleaved are reported", () => {
    const late = armData("b").map((data) =>
      memberOf({
        ...data,
        run: { ...data.run, startedAt: data.run.startedAt + 3_600_000 },
        windows: data.windows.filter((each) => each.type === "flow" || each.surface !== "web"),
      }),
    );
    for (const paired of [false, true]) {
      const result = compareRuns({ baseline, candidate: late }, { paired });
      const codes = result.warnings.map(({ code }) => code);
      expect(codes).toContain("not-interleaved");
      expect(codes).toContain("missing-metric");
      expect(result.metrics.find(({ id }) => id === "web.page.p95")).toMatchObject({
        outcome: "inconclusive",
        reason: "p95 of web pages: one side has no value.",
      });
      expect(result.outcome).not.toBe("pass");
    }
  });

  test("pairs have to come out even", () => {
    expect(() =>
      compareRuns({ baseline, candidate: arm("b", 1, {}, 5) }, { paired: true }),
    ).toThrow(RangeError);
  });
});

const record = (changes: TestRun = {}) => armRun("x", 0, 1, changes).run;

describe("what cannot be compared", () => {
  test("invalid and incomplete runs have no values", () => {
    const saturated = memberOf(armRun("saturated", 0, 1, { k6Cores: 3.9 }));
    const died = memberOf(armRun("died", 1, 1, { run: { id: "died", state: "interrupted" } }));
    expect([saturated.outcome, died.outcome]).toEqual(["invalid", "incomplete"]);
    for (const member of [saturated, died]) {
      expect(member.values).toEqual({});
      expect(member.sentence).not.toBe("");
    }
  });

  test("like runs differ in nothing", () => {
    expect(differencesOf([record()], [record(), record()])).toEqual([]);
  });

  test("every trait that differs, with what differs in the plan", () => {
    const other = record({
      plan: { profile: "nightly", seed: 7 },
      run: {
        hashes: { plan: "q", scenario: "t" },
        versions: { headroom: "1", k6: "3" },
        target: { kind: "live", labels: {} },
        generator: { ...record().generator, cpuCores: 8 },
      },
    });
    const differences = differencesOf([record()], [other]);
    expect(differences.map(({ trait }) => trait)).toEqual([
      "plan-hash",
      "scenario-hash",
      "target",
      "generator",
      "k6-version",
      "headroom-version",
    ]);
    const [plan] = differences;
    expect(plan && differenceText(plan)).toBe(
      "plan-hash: test p against nightly q (profile differ)",
    );
  });

  test("a set that differs within itself differs", () => {
    const odd = record({ run: { versions: { headroom: "0", k6: "9" } } });
    expect(differencesOf([record(), odd], [record()])).toMatchObject([
      { trait: "k6-version", baseline: ["2", "9"], candidate: ["2"] },
    ]);
    expect(isTrait("k6-version")).toBe(true);
    expect(isTrait("toString")).toBe(false);
  });
});
