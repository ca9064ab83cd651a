/** What a plan adds to its dates: campaigns, measured pods, sizes, right-sizing, alerts, the last plan. */
import { describe, expect, test } from "vitest";
import type { CapacityPlan } from "../../src/domain/capacity-plan.ts";
import { makeCapacityPlan } from "./capacity-plan.ts";
import { readDemandHistory, type HistoryReading } from "./demand-history.ts";
import { podsFor } from "./measured-capacity.ts";
import { orderAlerts } from "./order-alerts.ts";
import { settingsOf } from "./plan-inputs.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { comparePrevious } from "./previous-plan.ts";
import { simulateDemand } from "./simulate-demand.ts";
import { chooseSize } from "./size-by-regret.ts";
import { measuredModel } from "./testdata/measured.ts";
import { choice, inputs } from "./testdata/specification.ts";

const month = 30.4375;
const day = 86_400_000;
const ceiling = (plan: CapacityPlan, name: string, id: string) =>
  plan.resources.find((one) => one.name === name)?.ceilings.find((one) => one.id === id);
const withSpike = (atDays: number, factor: number, days = 7): PlanInputs => ({
  ...inputs,
  assumptions: {
    ...inputs.assumptions,
    spikes: [{ atMs: choice.planDateMs + atDays * day, factor, days }],
  },
});

const apiPods = (from: PlanInputs): number | undefined =>
  makeCapacityPlan(from, choice).spikes[0]?.workloads.find(({ workload }) => workload === "api")
    ?.needed.p50;

const p50Of = (one: CapacityPlan) => ceiling(one, "compute", "capacity")?.exhaustion.p50 ?? 1e9;

describe("a campaign", () => {
  const sure = {
    form: "compounding",
    drift: Math.log(1.2) / month,
    driftError: 0,
    volatility: 0,
  } as const;
  const options = { paths: 10, months: 24, seed: 1, name: "compute" };
  const crossing = (
    fromDay: number,
    factor: number,
    form: "compounding" | "linear" = "compounding",
  ) => {
    const belief = { ...sure, form, drift: form === "linear" ? 0.2 / month : sure.drift };
    const spikes = [{ fromDay, toDay: fromDay + 7, factor }];
    return simulateDemand(belief, [1.6], { ...options, spikes }).crossings[0]?.[0];
  };

  test("reaches the ceiling on its first day, where it lifts demand above it", () => {
    expect(crossing(30, 1.4)).toBeCloseTo(30, 6);
    expect(crossing(30, 1.4, "linear")).toBeCloseTo(30, 6);
  });

  test("reaches it within its days, where growth has to help", () => {
    const days = crossing(50, 1.18);
    expect(days).toBeGreaterThan(50);
    expect(days).toBeLessThan(57);
    expect(days).toBeCloseTo((Math.log(1.6 / 1.18) / Math.log(1.2)) * month, 6);
  });

  test("leaves the date alone, where it is too small or over", () => {
    expect(crossing(10, 1.2)).toBeCloseTo(78.46, 1);
  });

  test("moves compute in the plan, not what is stored; asks for pods, nodes and an order", () => {
    const plan = makeCapacityPlan(withSpike(23, 2.5), choice);
    expect(ceiling(plan, "compute", "capacity")?.exhaustion.stated).toBe(23);
    expect(ceiling(plan, "compute", "capacity")?.exhaustion.p50).toBeCloseTo(23, 6);
    expect(ceiling(plan, "storage", "storage-limit")?.exhaustion.stated).toBeCloseTo(362.5, 1);
    const [spike] = plan.spikes;
    expect(spike).toMatchObject({ date: "2026-12-24", factor: 2.5, days: 7, late: true });
    expect(spike?.ceilings.map(({ probability }) => probability)).toEqual([1, 1]);
    const api = spike?.workloads.find(({ workload }) => workload === "api");
    expect(api?.needed.p50).toBe(Math.ceil(8 * 2.5 * 1.2 ** (30 / month)));
    expect(spike?.orderBy).toBeCloseTo(23 - 3 * month - 14, 6);
  });

  test("is planned for its last day, where demand grows until then", () => {
    expect(apiPods(withSpike(23, 2.5, 90))).toBe(Math.ceil(8 * 2.5 * 1.2 ** (113 / month)));
    const [spike] = makeCapacityPlan(withSpike(23, 1.1, 90), choice).spikes;
    const [alert, full] = spike?.ceilings.map(({ probability }) => probability) ?? [];
    expect(alert).toBeGreaterThan(0.9);
    expect(full).toBeGreaterThan(0.5);
    const nodes = spike?.pools.find(({ basis }) => basis === "limits")?.packed.p50 ?? 0;
    const [short] = makeCapacityPlan(withSpike(23, 1.1, 1), choice).spikes;
    expect(nodes).toBeGreaterThan(
      short?.pools.find(({ basis }) => basis === "limits")?.packed.p50 ?? Infinity,
    );
  });

  test("is planned for its first day, where demand shrinks", () => {
    const growing = withSpike(23, 2.5, 90);
    const shrinking = settingsOf(growing)["growth.compute"]?.apply(growing, -0.1, month);
    expect(apiPods(shrinking ?? growing)).toBe(Math.ceil(8 * 2.5 * 0.9 ** (24 / month)));
  });

  test("is planned to its end, beyond the months that are shown", () => {
    const needed = apiPods(withSpike(330, 2, 90)) ?? 0;
    expect(needed / (8 * 2 * 1.2 ** (420 / month))).toBeCloseTo(1, 1);
  });
});

const weightOfDamped = (reading: HistoryReading): number =>
  reading.outcome === "refused"
    ? Number.NaN
    : reading.model.models
        .filter(({ damping }) => damping < 1)
        .reduce((sum, { weight }) => sum + weight, 0);

describe("a damped trend", () => {
  const slowing = [100, 150, 195, 230, 255, 273, 285, 293, 298, 301].map((use, index) => ({
    day: index * month,
    use,
  }));

  test("takes most of the weight where growth slows down, and can be asked for or left out", () => {
    expect(weightOfDamped(readDemandHistory(slowing))).toBeGreaterThan(0.6);
    expect(weightOfDamped(readDemandHistory(slowing, { trend: "drift" }))).toBe(0);
  });

  test("its growth dies down in the simulation: later dates, and less each month", () => {
    let use = 0.08;
    const calming = Array.from({ length: 12 }, (_, index) => {
      use *= 1.02 + 0.18 * 0.93 ** index;
      return { day: index * month, use };
    });
    const at = { ...choice, planDateMs: 11.5 * month * 86_400_000 };
    const plan = (trend: "drift" | "damped") =>
      makeCapacityPlan(
        { ...inputs, histories: { compute: readDemandHistory(calming, { trend }) } },
        at,
      );
    const [drift, damped] = [plan("drift"), plan("damped")];
    expect(p50Of(damped)).toBeGreaterThan(p50Of(drift));
    const uses = damped.resources[0]?.demand.byMonth.map((one) => one.p50) ?? [];
    expect((uses[2] ?? 0) / (uses[1] ?? 1)).toBeGreaterThan((uses[12] ?? 0) / (uses[11] ?? 1));
    expect(damped.resources[0]?.demand.history).toMatchObject({ outcome: "used", trend: "damped" });
  });
});

describe("measured capacity", () => {
  const api = { workload: "api", surface: "api", capacity: 25, limitMs: 200 } as const;
  const planned = (extra: object = {}, changes: Partial<PlanInputs> = {}) =>
    makeCapacityPlan(
      {
        ...inputs,
        capacity: measuredModel({ ...api, cpuCoresAtCapacity: 0.8, ...extra }),
        demandShares: { api: 0.6, web: 0.4 },
        ...changes,
      },
      choice,
    );

  test("pods follow from the low end, growth until the next orders arrive, and headroom", () => {
    const plan = planned();
    const [need] = plan.replicas;
    const peak = (8000 * 0.6) / 60;
    expect(need?.peakPerSecond).toBeCloseTo(peak, 9);
    expect(need?.perPodPerSecond).toBeCloseTo(23, 9);
    expect(need?.today).toBe(Math.ceil(peak / 23));
    const demand = peak * (1 + (need?.growthRatio ?? 0)) * 1.25;
    expect(need?.needed).toBe(Math.ceil(demand / 23));
    expect(need?.withReserve).toBeGreaterThan(need?.needed ?? 0);
    const forecast = plan.forecast.workloads.find(({ workload }) => workload === "api");
    expect(forecast?.rule).toBe("measured capacity");
    expect(forecast?.needed[0]?.p50).toBe(Math.ceil((peak * 1.25) / 23));
  });

  test("the autoscaler settles at 70 % of its request: 140 m where a pod could use 736 m", () => {
    const [need] = planned().replicas;
    const cpu = 0.8 / 25;
    expect(need?.autoscaler?.perPodPerSecond).toBeCloseTo(0.14 / cpu, 9);
    expect(need?.autoscaler?.timesNeeded).toBeCloseTo(23 / (0.14 / cpu), 9);
    expect(need?.autoscaler?.maximumAtPerSecond).toBeCloseTo((8 * 0.14) / cpu, 9);
    expect(need?.sentences.join(" ")).toMatch(/it runs 5\.3 times the pods needed .* early/);
    const even = planned({ cpuCoresAtCapacity: (0.14 / 23) * 25 }).replicas[0];
    expect(even?.sentences.join(" ")).toContain("both agree");
    const low = planned({ cpuCoresAtCapacity: 0.05 }).replicas[0];
    expect(low?.sentences.join(" ")).toContain("pass their capacity before it adds one");
  });

  test("further pods add less: more of them, or none is enough", () => {
    const across = planned({ across: { sigma: 0.05, kappa: 0 } }).replicas[0];
    expect(across?.neededAcrossReplicas).toBeGreaterThan(across?.needed ?? Infinity);
    const never = planned({ across: { sigma: 0.1, kappa: 0.01 } }).replicas[0];
    expect(never?.neededAcrossReplicas).toBe(Infinity);
    expect(never?.sentences.join(" ")).toContain("no number of pods carries that");
    const pods = { perPodPerSecond: 10, from: "measured" } as const;
    expect(podsFor(95, pods)).toBe(10);
    expect(podsFor(95, { ...pods, across: { sigma: 0, kappa: 0, lambda: 1 } })).toBe(10);
  });

  test("a knee that was not reached is a lower bound, and is reported", () => {
    const plan = planned({ state: "knee-not-reached" });
    expect(plan.replicas[0]).toMatchObject({ perPodFrom: "lower bound", perPodPerSecond: 25 });
    expect(plan.unknowns.join(" ")).toContain("the knee was not reached");
    expect(plan.unknowns.join(" ")).toContain("web: no run measured");
  });

  test("use at the planned load is the basis of nodes and of right-sizing, priced", () => {
    const prices = { currency: "EUR", nodePerMonth: { application: 100 } };
    const use = { cpuCores: 0.05, memoryBytes: 1e8 };
    const plan = planned({}, { prices, measuredUse: { web: use, subgraph: use } });
    const bases = plan.forecast.pools.filter(({ pool }) => pool === "application");
    expect(bases.map(({ basis }) => basis)).toEqual(["requests", "measured"]);
    const sized = plan.rightSizing?.workloads.find(({ workload }) => workload === "api");
    expect(sized?.used.cpuCores).toBeCloseTo(0.8 / 1.25, 9);
    expect(sized?.advised.cpuCores).toBeCloseTo((0.8 / 1.25) * 1.15, 9);
    const [pool] = plan.rightSizing?.pools ?? [];
    expect(pool?.savingPerMonth).toBe(
      ((pool?.nodesAsRequested ?? 0) - (pool?.nodesAsAdvised ?? 0)) * 100,
    );
  });
});

describe("size by regret", () => {
  const need = Float64Array.from({ length: 101 }, (_, index) => 1 + index / 100);
  const sizes = [1, 1.25, 1.5, 1.75, 2];
  const question = { subject: "x", lastsToDays: 90, unit: "factor", need, sizes } as const;

  test("lies above the median, for too little weighs more than too much", () => {
    const chosen = chooseSize(question);
    expect(chosen?.chosen).toBe(1.5);
    const fine = chooseSize({ ...question, sizes: [...need] });
    expect(fine?.chosen).toBeGreaterThan(1.5);
    expect(fine?.chosen).toBeLessThan(1.7);
    expect(chosen?.candidates.map(({ shortfall }) => shortfall)).toEqual(
      chosen?.candidates.map(({ shortfall }) => shortfall).toSorted((a, b) => b - a),
    );
  });

  test("regret of one path by hand: (2 − 1)^1.2 over, (1.25 × 1)^1.2 under", () => {
    const one = chooseSize({ ...question, need: Float64Array.from([2]), sizes: [1, 2, 3] });
    expect(one?.candidates.map(({ regret }) => regret)).toEqual([1.25 ** 1.2, 0, 1]);
  });

  test("there is no choice without sizes, or where a need has no end", () => {
    expect(chooseSize({ ...question, sizes: [] })).toBeUndefined();
    expect(chooseSize({ ...question, need: Float64Array.from([1, Infinity]) })).toBeUndefined();
  });
});

describe("alerts", () => {
  test("one a ceiling at its trigger, none for the network or what cannot be asked for", () => {
    const plan = makeCapacityPlan(inputs, choice);
    const alerts = orderAlerts(plan.resources, {
      usage: { compute: "cpu", storage: "bytes" },
      severity: "P3",
    });
    expect(alerts.map(({ name }) => name)).toEqual([
      "HeadroomOrderComputeCapacityAlert",
      "HeadroomOrderComputeCapacity",
      "HeadroomOrderStorageStorageLimitAlert",
      "HeadroomOrderStorageStorageLimit",
    ]);
    expect(alerts[0]?.threshold).toBeCloseTo(0.8 / 1.728, 6);
    expect(alerts[3]?.threshold).toBeCloseTo(10e12 / 1.5 ** (1 / 3), -3);
  });
});

const later = (use: number, capacity = 25) => {
  const { figures } = inputs;
  const compute = { ...figures.resources.compute, use };
  return makeCapacityPlan(
    {
      ...inputs,
      figures: { ...figures, resources: { ...figures.resources, compute } },
      capacity: measuredModel({
        workload: "api",
        surface: "api",
        capacity,
        cpuCoresAtCapacity: 0.8,
        limitMs: 200,
      }),
    },
    { ...choice, planDateMs: choice.planDateMs + 3 * month * day },
  );
};

describe("the last plan", () => {
  const earlier = {
    ...makeCapacityPlan(inputs, choice),
    id: "before",
    hash: "0",
    capacity: measuredModel({
      workload: "api",
      surface: "api",
      capacity: 25,
      cpuCoresAtCapacity: 0.8,
      limitMs: 200,
    }),
  };

  test("its forecast for today stands beside today", () => {
    const compared = comparePrevious(earlier, later(0.86));
    const compute = compared.resources.find(({ resource }) => resource === "compute");
    expect(compared.days).toBe(91);
    expect((compute?.forecast.p50 ?? 0) / (0.5 * 1.2 ** (91 / month))).toBeCloseTo(1, 1);
    expect(compute).toMatchObject({ actual: 0.86, isInside: true, isUnchanged: false });
    const storage = compared.resources.find(({ resource }) => resource === "storage");
    expect(storage?.isUnchanged).toBe(true);
    const off = comparePrevious(earlier, later(0.5001)).resources[0];
    expect(off?.isInside).toBe(false);
  });

  test("a pod that carries less is reported only where the intervals part", () => {
    const verdicts = [25, 20, 32].map(
      (capacity) => comparePrevious(earlier, later(0.86, capacity)).capacity[0]?.verdict,
    );
    expect(verdicts).toEqual(["no clear change", "less", "more"]);
  });
});
