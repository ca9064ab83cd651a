/** One belief: today's use and growth from the history, one set of dates made from it, and what was stated beside it. */
import { describe, expect, test } from "vitest";
import type { CapacityPlan, PlannedResource } from "../../src/domain/capacity-plan.ts";
import { makeCapacityPlan } from "./capacity-plan.ts";
import { readDemandHistory, type HistoryOptions } from "./demand-history.ts";
import { settingsOf, type PlanInputs } from "./plan-inputs.ts";
import { choice, inputs } from "./testdata/specification.ts";

const planDay = choice.planDateMs / 86_400_000;
/** Months as they are written, `2025-12` to `2026-11`, the last one `ago` months before the plan's. */
const months = (uses: readonly number[], ago = 1) =>
  uses.map((use, index) => ({
    day: Date.UTC(2026, 11 - ago - (uses.length - 1 - index), 1) / 86_400_000,
    use,
  }));
const growing = (first: number, ratio: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first * (1 + ratio) ** index);

type Uses = Readonly<Partial<Record<PlannedResource, readonly { day: number; use: number }[]>>>;
const withHistories = (uses: Uses, options: HistoryOptions = {}): PlanInputs => ({
  ...inputs,
  histories: Object.fromEntries(
    Object.entries(uses).map(([name, points]) => [
      name,
      readDemandHistory(points, { planDay, ...options }),
    ]),
  ),
});
const planOf = (given: PlanInputs): CapacityPlan =>
  makeCapacityPlan(given, { ...choice, paths: 500 });
const resource = (plan: CapacityPlan, name: PlannedResource) =>
  plan.resources.find((one) => one.name === name);
const ids = ({ contradictions }: CapacityPlan) => contradictions.map(({ id }) => id);
const set = (given: PlanInputs, path: string, value: number, period = 30.4375): PlanInputs =>
  settingsOf(given)[path]?.apply(given, value, period) ?? given;

describe("today's use is the newest measured level", () => {
  test.each([
    ["compute", growing(0.3, 0.01, 12)],
    ["storage", growing(1e12, 0.02, 12)],
    ["network", growing(50e9, 0.03, 12)],
    ["database", Array<number>(12).fill(1e12)],
  ] satisfies readonly (readonly [PlannedResource, number[]])[])("%s", (name, uses) => {
    const plan = planOf(withHistories({ [name]: months(uses) }));
    const found = resource(plan, name);
    expect(found?.use).toBe(uses.at(-1));
    expect(found?.today).toMatchObject({ source: "measured", measured: { date: "2026-11" } });
    expect(found?.demand.byMonth[0]?.p50).toBe(uses.at(-1));
    const first = plan.contradictions[0];
    expect(first).toMatchObject({ id: "use-unlike-history", subject: name });
    expect(first?.numbers).toMatchObject({
      measured: uses.at(-1),
      stated: inputs.figures.resources[name].use,
    });
  });

  test("use above the ceiling already: 0 days, and the order is late", () => {
    const plan = planOf(
      withHistories({ compute: months(Array.from({ length: 12 }, (_, i) => 0.8 + 0.04 * i)) }),
    );
    for (const ceiling of resource(plan, "compute")?.ceilings ?? []) {
      expect(ceiling.exhaustion).toMatchObject({ expected: 0, p10: 0, p50: 0, p90: 0 });
      expect(ceiling).toMatchObject({ late: true, lateIfSafe: true });
    }
    expect(plan.summary).toContain(
      "compute runs out first: 80 % of today's capacity has been reached",
    );
    expect(plan.today[0]).toMatchObject({ subject: "compute", now: 1.24 });
    expect(plan.contradictions[0]?.sentence).toBe(
      "Today's use of compute: the specification states 50 %, the newest measurement (2026-11) is 124 %, 148 % more. The plan starts from the measured use.",
    );
  });

  test("two months say what is used, not how it grows", () => {
    const plan = planOf(withHistories({ compute: months([0.3, 0.6]) }));
    expect(resource(plan, "compute")).toMatchObject({ use: 0.6, source: "stated" });
    expect(plan.unknowns.join("\n")).toContain(
      "compute: the history has 2 months (2 points): too few for a growth, give at least 4 (12 are better); growth is the stated +20 % a month, not measured.",
    );
  });

  test("as stated: no contradiction", () => {
    const plan = planOf(withHistories({ compute: months(growing(0.5 / 1.2 ** 11, 0.2, 12)) }));
    expect(ids(plan)).toEqual(ids(planOf(inputs)));
    expect(resource(plan, "compute")?.source).toBe("measured");
  });

  test("set by hand, the hand goes first, and the difference is reported", () => {
    const given = set(
      withHistories({ compute: months(growing(0.3, 0.01, 12)) }),
      "use.compute",
      0.6,
    );
    const plan = planOf(given);
    expect(resource(plan, "compute")?.today).toMatchObject({ use: 0.6, source: "set by hand" });
    expect(plan.contradictions[0]?.sentence).toMatch(
      /--set use\.compute states 60 %.*33\.5 %, 44\.2 % less/,
    );
    expect(plan.resources[0]?.demand.byMonth[1]?.p50).toBeCloseTo(0.606, 2);
  });

  test("an old history is brought forward, never to less, and said to be old", () => {
    const old = planOf(withHistories({ compute: months(growing(0.3, 0.02, 12), 6) }));
    const found = resource(old, "compute");
    expect(found?.today.source).toBe("brought forward");
    expect(found?.use).toBeGreaterThan((found?.today.measured?.use ?? 1) * 1.05);
    expect(ids(old)).toContain("history-is-old");
    const falling = planOf(withHistories({ compute: months(growing(0.6, -0.02, 12), 6) }));
    expect(resource(falling, "compute")?.use).toBe(
      resource(falling, "compute")?.today.measured?.use,
    );
  });

  test("in a unit that is not the resource's it is no level: the stated use stands, and is named", () => {
    const plan = planOf(
      withHistories(
        { storage: months(growing(40, 0.02, 12)) },
        { unitProblem: "its column has no unit" },
      ),
    );
    const found = resource(plan, "storage");
    expect(found).toMatchObject({ use: 2e12, source: "measured", today: { source: "stated" } });
    expect(found?.demand.history?.points).toEqual([]);
    expect(found?.demand.byMonth[12]?.p50).toBeCloseTo(2e12 * 1.02 ** 12, -11);
    expect(plan.unknowns.join("\n")).toContain("storage: today's use is the stated 2 TB.");
  });
});

describe("one growth, and one set of dates", () => {
  const slow = withHistories({ compute: months(growing(0.24, 0.01, 24)) });

  test("24 months at +1 %: nothing is late, nothing goes by +20 %", () => {
    const plan = planOf(slow);
    const compute = resource(plan, "compute");
    expect(compute?.source).toBe("measured");
    expect(compute?.growth.ratio).toBeCloseTo(0.01, 3);
    const [alert] = compute?.ceilings ?? [];
    // ln(0.8 / 0.302) / ln 1.01 months.
    expect((alert?.exhaustion.p50 ?? 0) / 30.4375).toBeCloseTo(98, -1);
    expect(alert?.exhaustion.expected).toBe(alert?.exhaustion.p50);
    expect(alert?.exhaustion.stated).toBeUndefined();
    expect(alert?.orderBy.expected).toBeGreaterThan(alert?.orderBy.safe ?? Infinity);
    expect(alert).toMatchObject({ late: false, lateIfSafe: false });
    expect(plan.calendar.filter(({ resource: name }) => name === "compute")).toEqual([]);
    expect(plan.contradictions.find(({ id }) => id === "order-date-passed")).toBeUndefined();
    const moved = plan.sensitivities.filter(({ resource: name }) => name === "compute");
    expect(moved.map(({ orderBy }) => orderBy.expected)).toEqual(
      moved.map(() => alert?.orderBy.expected),
    );
    expect(moved.map(({ assumption }) => assumption)).not.toContain(
      "linear instead of compounding growth",
    );
  });

  test("the contradiction has both growths, and which one is used", () => {
    expect(planOf(slow).contradictions[1]).toMatchObject({
      id: "growth-unlike-history",
      subject: "compute",
      sentence: expect.stringMatching(
        /^Growth of compute: stated \+20 % a month; its history of 24 months has \+(0\.\d+|1) % a month \(95 %: .*\)\. The plan goes by the history; every date is made from it\.$/,
      ),
      numbers: expect.objectContaining({ statedMonthly: expect.closeTo(0.2, 6), months: 24 }),
    });
  });

  test.each([
    [
      "--growth-from stated",
      { ...slow, assumptions: { ...slow.assumptions, growthFrom: "stated" } },
    ],
    ["--set growth.compute", set(slow, "growth.compute", 0.2)],
  ] satisfies readonly (readonly [string, PlanInputs])[])(
    "%s: the stated rate, from the measured use",
    (_, given) => {
      const plan = planOf(given);
      const compute = resource(plan, "compute");
      expect(compute?.source).toBe("stated");
      const days = (Math.log(0.8 / (compute?.use ?? 1)) / Math.log(1.2)) * 30.4375;
      expect(compute?.ceilings[0]?.exhaustion.stated).toBeCloseTo(days, 6);
      expect(plan.contradictions[1]?.sentence).toContain("The plan goes by the stated rate");
    },
  );

  test("a history shorter than a year joins the stated rate, or outweighs it", () => {
    const near = planOf(withHistories({ compute: months([0.3, 0.37, 0.4, 0.55, 0.6, 0.66]) }));
    expect(resource(near, "compute")?.source).toBe("stated and measured");
    expect(resource(near, "compute")?.growth.ratio).toBeGreaterThan(0.12);
    const flat = planOf(withHistories({ compute: months(Array<number>(6).fill(0.37)) }));
    expect(resource(flat, "compute")?.growth.ratio).toBeLessThan(0.005);
    expect(resource(flat, "compute")?.ceilings[0]?.exhaustion.p10 ?? Infinity).toBeGreaterThan(
      3650,
    );
  });

  test("a measured growth compounds, however stated ones are read", () => {
    const linear = { ...slow, assumptions: { ...slow.assumptions, form: "linear" as const } };
    expect(resource(planOf(linear), "compute")).toMatchObject({
      source: "measured",
      growth: { form: "compounding" },
      statedGrowth: { form: "linear" },
    });
    expect(resource(planOf(linear), "storage")?.growth.form).toBe("linear");
  });
});

describe.each([
  ["30 %", "compute", 0.3],
  ["37 %", "compute", 0.37],
  ["2 TB", "storage", 2e12],
  ["300 GB", "database", 300e9],
] as const)("flat at %s", (_, name, use) => {
  const plan = planOf(withHistories({ [name]: months(Array<number>(12).fill(use)) }));

  test("runs out never, as far as can be seen: no date, no order, nothing late", () => {
    for (const { exhaustion, orderByDate, late, lateIfSafe } of resource(plan, name)?.ceilings ??
      []) {
      expect(exhaustion.p50).toBeUndefined();
      expect(exhaustion.p10 ?? Infinity).toBeGreaterThan(365 * 20);
      expect(orderByDate.expected).toBeUndefined();
      expect([late, lateIfSafe]).toEqual([false, false]);
    }
    expect(JSON.stringify(plan)).not.toContain("Infinity times");
  });
});

test("what a store did not answer is named with the stated figures that stand in", () => {
  const plan = planOf({ ...inputs, missingHistories: { compute: "the store has no values" } });
  expect(plan.unknowns.join("\n")).toContain(
    "compute: the store has no values; today's use is the stated 50 %, and growth is the stated +20 % a month: neither is measured.",
  );
  expect(plan.assumptions[0]).toContain("Today's use is stated, not measured, for compute (50 %)");
});
