import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { makeCapacityPlan } from "./capacity-plan.ts";
import { settingsOf } from "./plan-inputs.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { measuredModel } from "./testdata/measured.ts";
import { choice, inputs } from "./testdata/specification.ts";

const plan = makeCapacityPlan(inputs, choice);
const ceilingOf = (name: string, id: string, from = plan) =>
  from.resources.find((one) => one.name === name)?.ceilings.find((one) => one.id === id);

describe("dates on the specification alone", () => {
  test("compute: 78.5 and 115.7 days, ordered 12.8 days ago, alert at 46.3 %", () => {
    const alert = ceilingOf("compute", "capacity-alert");
    expect(alert?.exhaustion.stated).toBeCloseTo(78.5, 1);
    expect(alert?.orderBy.stated).toBeCloseTo(-12.8, 1);
    expect(alert?.orderByDate.stated).toBe("2026-11-18");
    expect(alert).toMatchObject({ late: true, lateIfSafe: true });
    expect(alert?.triggerUtilisation).toBeCloseTo(0.463, 3);
    const full = ceilingOf("compute", "capacity");
    expect(full?.exhaustion.stated).toBeCloseTo(115.7, 1);
    expect(full).toMatchObject({ late: false, lateIfSafe: true });
  });

  test("storage on day 362.5, the median within 1 % of it, P10 before, P90 after", () => {
    const exhaustion = ceilingOf("storage", "storage-limit")?.exhaustion;
    expect(exhaustion?.stated).toBeCloseTo(362.45, 1);
    expect((exhaustion?.p50 ?? 0) / 362.45).toBeCloseTo(1, 2);
    expect(exhaustion?.p10).toBeLessThan(300);
    expect(exhaustion?.p90).toBeGreaterThan(450);
  });

  test("the database's disk is full today, its order was due a lead time ago; the network has no ceiling", () => {
    const disk = ceilingOf("database", "node-disk");
    expect(disk?.exhaustion).toEqual({ expected: 0, stated: 0, p10: 0, p50: 0, p90: 0 });
    expect(disk?.orderBy).toEqual({ expected: -14, stated: -14, safe: -28 });
    expect(plan.resources.find(({ name }) => name === "network")?.ceilings).toEqual([]);
    expect(plan.summary).toContain("database runs out first");
    expect(plan.summary).toContain("past for compute and database");
  });

  test("the same seed gives the same plan", () => {
    expect(makeCapacityPlan(inputs, choice)).toEqual(plan);
  });
});

describe("purchases and budget", () => {
  test("+25 % buys 1.22 months: eight purchases of compute in a year", () => {
    const compute = plan.budget.find(({ resource }) => resource === "compute");
    expect(compute?.monthsBought).toBeCloseTo(1.224, 3);
    expect(compute?.purchasesPerYear).toBe(8);
    expect(compute?.isEnough).toBe(false);
    expect(compute?.sentence).toContain("buys 1.22 months at +20 % a month");
    const orders = plan.calendar.map(({ orderBy }) => orderBy.stated ?? Infinity);
    expect(orders).toEqual(orders.toSorted((a, b) => a - b));
  });

  test("a resource that does not grow needs no purchase, and its budget is enough", () => {
    const still = settingsOf(inputs)["growth.compute"]?.apply(inputs, 0, 30) ?? inputs;
    const calm = makeCapacityPlan(still, choice);
    const check = calm.budget.find(({ resource }) => resource === "compute");
    expect(check).toMatchObject({ isEnough: true, purchasesPerYear: 0, monthsBought: undefined });
    expect(ceilingOf("compute", "capacity", calm)?.exhaustion.stated).toBeUndefined();
    expect(ceilingOf("compute", "capacity", calm)?.late).toBe(false);
  });
});

describe("pods and nodes", () => {
  test("the API needs its maximum today and more from the first month", () => {
    const api = plan.forecast.workloads.find(({ workload }) => workload === "api");
    expect(api?.needed[0]?.p50).toBe(8);
    expect(api?.withReserve[0]).toBe(10);
    expect(api?.aboveMaximumFrom).toBe(1);
    expect(plan.forecast.pods.aboveFrom).toBe(3);
  });

  test("nodes on requests and on limits; measured use takes the place of the limits", () => {
    const basesOf = (from: typeof plan): string[] =>
      from.forecast.pools.filter(({ pool }) => pool === "application").map(({ basis }) => basis);
    expect(basesOf(plan)).toEqual(["requests", "limits"]);
    const use = { cpuCores: 0.4, memoryBytes: 300e6 };
    const measured = makeCapacityPlan(
      { ...inputs, measuredUse: { web: use, api: use, subgraph: use } },
      choice,
    );
    expect(basesOf(measured)).toEqual(["requests", "measured"]);
    expect(plan.forecast.pools.find(({ pool }) => pool === "system")?.packed[0]?.p50).toBe(2);
    expect(plan.forecast.pools.find(({ pool }) => pool === "gpu")?.packed[0]?.p50).toBe(0);
  });

  test("without a rate per pod, pods go in step with demand", () => {
    const { cpu } = inputs.figures.policies;
    if (cpu === undefined) throw new Error("no cpu policy");
    const bare = makeCapacityPlan(
      { ...inputs, figures: { ...inputs.figures, policies: { cpu } } },
      choice,
    );
    expect(bare.forecast.workloads.find(({ workload }) => workload === "api")?.needed[0]?.p50).toBe(
      2,
    );
  });
});

describe("money", () => {
  const priced: PlanInputs = {
    ...inputs,
    prices: {
      currency: "EUR",
      nodePerMonth: { application: 100, data: 200, system: 50 },
      storagePerGbMonth: 0.1,
      networkPerGb: 0.05,
    },
  };

  test("without prices the cost is unknown, and the plan says so", () => {
    expect(plan.costs).toBeUndefined();
    expect(plan.unknowns.join()).toContain("No prices were given");
  });

  test("today's cost is today's nodes and volumes; what has no price is named", () => {
    const { costs, unknowns } = makeCapacityPlan(priced, choice);
    // 2 application, 4 data, 2 system nodes; 2,000 GB stored, 100 GB sent.
    expect(costs?.perMonth[0]?.p50).toBeCloseTo(200 + 800 + 100 + 200 + 5, 6);
    expect(costs?.per1000Requests[0]).toBeCloseTo(1305 / (8000 * 30.4375 * 24 * 60 * 1e-3), 9);
    expect(costs?.unpriced).toEqual(["database"]);
    expect(unknowns.join()).toContain("No price was given for database");
    expect(costs?.perMonth[12]?.p90).toBeGreaterThan(costs?.perMonth[12]?.p50 ?? Infinity);
  });
});

/** How many months at the stated rate the growth behind the pods is, where three months are shown. */
function monthsOfGrowth(from: PlanInputs): number {
  const [need] = makeCapacityPlan(from, { ...choice, months: 3 }).replicas;
  return Math.log(1 + (need?.growthRatio ?? 0)) / Math.log(1.2);
}

describe("the months that are shown", () => {
  const measured: PlanInputs = {
    ...inputs,
    prices: { currency: "EUR", nodePerMonth: { application: 100, data: 200, system: 50 } },
    capacity: measuredModel({
      workload: "api",
      surface: "api",
      capacity: 25,
      cpuCoresAtCapacity: 0.8,
      limitMs: 200,
    }),
    measuredUse: { api: { cpuCores: 0.4, memoryBytes: 300e6 } },
  };
  const year = makeCapacityPlan(measured, choice);

  test.each([1, 2, 3, 6])("%i of them change what is shown, and nothing else", (months) => {
    const few = makeCapacityPlan(measured, { ...choice, months });
    const { replicas, sizes, rightSizing, calendar, budget, assumptions } = year;
    expect(few).toMatchObject({ replicas, sizes, rightSizing, calendar, budget, assumptions });
    expect(few.resources.map(({ ceilings }) => ceilings)).toEqual(
      year.resources.map(({ ceilings }) => ceilings),
    );
    const shown = <Month>(all: readonly Month[] = []) => all.slice(0, months + 1);
    expect(few.resources[0]?.demand.byMonth).toEqual(shown(year.resources[0]?.demand.byMonth));
    expect(few.forecast.pools[0]?.packed).toEqual(shown(year.forecast.pools[0]?.packed));
    expect(few.costs?.perMonth).toEqual(shown(year.costs?.perMonth));
  });

  test("pods and sizes are those of the day that orders last to, however late", () => {
    expect(monthsOfGrowth(measured)).toBeCloseTo(197 / 30.4375, 1);
    const late = settingsOf(measured)["lead.compute"]?.apply(measured, 730.5, 0) ?? measured;
    expect(monthsOfGrowth(late)).toBeCloseTo(836 / 30.4375, 1);
    expect(year.rightSizing?.atMonth).toBe(7);
  });

  test("the calendar goes by the day to order: eleven of compute, the last needed after the year", () => {
    const { calendar } = makeCapacityPlan(inputs, { ...choice, months: 2 });
    const compute = calendar.filter(({ resource }) => resource === "compute");
    expect(compute).toHaveLength(11);
    expect(compute[0]).toMatchObject({ number: 1, late: true });
    expect(compute[0]?.orderBy.stated).toBeCloseTo(-12.8, 1);
    expect(compute.at(-1)?.orderBy.stated).toBeLessThan(365.25);
    expect(compute.at(-1)?.neededBy.expected).toBeGreaterThan(365.25);
  });
});

describe("what moves it", () => {
  test("growth moves compute's date, and a linear reading does", () => {
    const compute = plan.sensitivities.filter(({ resource }) => resource === "compute");
    expect(compute.map(({ assumption }) => assumption)).toContain("growth ± a quarter");
    expect(compute.every(({ orderBy }) => Math.abs(orderBy.expected + 12.8) < 0.1)).toBe(true);
    const swings = plan.sensitivities.map(({ swingDays }) => swingDays);
    expect(swings).toEqual(swings.toSorted((a, b) => b - a));
  });

  test("a linear plan says that it is, and nothing in it compounds", () => {
    const linear = makeCapacityPlan(
      { ...inputs, assumptions: { ...inputs.assumptions, form: "linear" } },
      choice,
    );
    expect(ceilingOf("compute", "capacity", linear)?.exhaustion.stated).toBeCloseTo(152.2, 1);
    expect(linear.assumptions.join(" ")).toContain("A stated growth is linear");
    expect(linear.resources.every(({ growth }) => growth.form === "linear")).toBe(true);
  });

  test("every setting applies", () => {
    const idle = Object.entries(settingsOf(inputs)).filter(([, { apply }]) =>
      isDeepStrictEqual(apply(inputs, 0.7, 30, 0), inputs),
    );
    expect(idle).toEqual([]);
  });
});
