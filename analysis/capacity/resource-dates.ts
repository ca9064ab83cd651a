/** When each resource runs out and by when to order: closed form as stated, and the simulated distribution. */
import type {
  CeilingDates,
  Demand,
  OrderBy,
  PlannedResource,
  Purchase,
  ResourcePlan,
} from "../../src/domain/capacity-plan.ts";
import { studentTQuantile } from "../statistics/student-t.ts";
import { withPrior } from "./demand-history.ts";
import { ceilingsOf } from "./figures.ts";
import type { Ceiling } from "./figures.ts";
import { dailyDrift, daysPerMonth, daysToReach, orderByDays, triggerUse } from "./growth.ts";
import type { Growth } from "./growth.ts";
import { dateAfter } from "../../src/domain/quantity-text.ts";
import type { PlanInputs, SimulationChoice } from "./plan-inputs.ts";
import { quantilesOf, simulateDemand, sorted, sortedQuantile } from "./simulate-demand.ts";
import type { DemandSpike, DriftBelief, SimulationOptions } from "./simulate-demand.ts";

/** A resource's dates, and the paths that pods, nodes and cost are made from. */
export interface ResourceDates extends ResourcePlan {
  readonly purchases: readonly Purchase[];
  /** Use of each path by month, as far as it was simulated, as a multiple of today's. */
  readonly factors: readonly Float64Array[];
  /** The same on each of the days asked for. */
  readonly onDays: readonly Float64Array[];
}

/** Traffic, which a campaign multiplies; what is stored stays. */
const trafficResources: ReadonlySet<PlannedResource> = new Set(["compute", "network"]);

/** What is believed about a resource's growth: as stated, joined with its history where there is one that can be used. */
function beliefOf(inputs: PlanInputs, name: PlannedResource): DriftBelief {
  const { assumptions, histories } = inputs;
  const drift = dailyDrift(growthOf(inputs, name));
  const driftError = Math.abs(drift) * assumptions.growthErrorRatio;
  const volatility = assumptions.monthlyVolatility / Math.sqrt(daysPerMonth);
  const history = histories[name];
  if (history?.outcome !== "used" || assumptions.form === "linear")
    return { form: assumptions.form, drift, driftError, volatility };
  const joined = withPrior(history.estimate, { drift, error: driftError });
  return {
    form: assumptions.form,
    drift: joined.drift,
    driftError: joined.error,
    volatility: history.estimate.volatility,
    ...(history.dampingPerDay === undefined ? {} : { dampingPerDay: history.dampingPerDay }),
  };
}

/** Campaigns as days from the plan's date. */
export const spikesOf = (
  { assumptions }: PlanInputs,
  { planDateMs }: SimulationChoice,
): readonly DemandSpike[] =>
  assumptions.spikes.map(({ atMs, factor, days }) => {
    const fromDay = Math.round((atMs - planDateMs) / dayMs);
    return { fromDay, toDay: fromDay + Math.ceil(days), factor };
  });

const dayMs = 86_400_000;

export const growthOf = ({ figures, assumptions }: PlanInputs, name: PlannedResource): Growth => ({
  form: assumptions.form,
  ratio: figures.resources[name].growthRatio,
  periodDays: figures.resources[name].periodDays,
});

/** A year is looked at, however few months are shown: the budget counts its purchases. */
export const leastMonths = 12;

/** @param horizon months to simulate, at least those shown, and days on which the use of every path is wanted */
export function resourceDates(
  inputs: PlanInputs,
  name: PlannedResource,
  choice: SimulationChoice,
  horizon: Pick<SimulationOptions, "months" | "days">,
): ResourceDates {
  const resource = inputs.figures.resources[name];
  const growth = growthOf(inputs, name);
  const ceilings = ceilingsOf(name, inputs.figures);
  const spikes = trafficResources.has(name) ? spikesOf(inputs, choice) : [];
  const stated = { inputs, growth, name, spikes };
  const steps = purchaseCeilings(ceilings, stated, Math.max(choice.months, leastMonths));
  const levels = [...ceilings.map(({ value }) => value), ...steps].map(
    (value) => value / resource.use,
  );
  const multiples = [...new Set(levels)].toSorted((a, b) => a - b);
  const belief = beliefOf(inputs, name);
  const { crossings, factors, onDays } = simulateDemand(belief, multiples, {
    ...choice,
    ...horizon,
    name,
    spikes,
  });
  const times = new Map(
    multiples.map((multiple, index) => [multiple, sorted(crossings[index] ?? new Float64Array())]),
  );
  const quantile = (value: number, p: number): number =>
    sortedQuantile(times.get(value / resource.use) ?? new Float64Array([Infinity]), p);
  const dated = { ...stated, choice, quantile };
  return {
    name,
    unit: resource.unit,
    use: resource.use,
    growth,
    source:
      inputs.histories[name]?.outcome === "used" && growth.form === "compounding"
        ? "stated and history"
        : "stated",
    leadDays: resource.leadDays,
    demand: demandOf(inputs, name, {
      belief,
      factors: factors.slice(0, choice.months + 1),
      choice,
    }),
    ceilings: ceilings.map((ceiling) => ceilingDates(ceiling, dated)),
    purchases: steps.map((value, index) => purchase(value, index, dated)),
    factors,
    onDays,
  };
}

/** Fan of the demand, and what its history says. */
function demandOf(
  { figures, histories }: PlanInputs,
  name: PlannedResource,
  {
    belief,
    factors,
    choice,
  }: {
    readonly belief: DriftBelief;
    readonly factors: readonly Float64Array[];
    readonly choice: SimulationChoice;
  },
): Demand {
  const { use } = figures.resources[name];
  const history = histories[name];
  const { drift, driftError, form } = belief;
  return {
    byMonth: factors.map((month) => {
      const { p10, p50, p90 } = quantilesOf(month);
      return { p10: p10 * use, p50: p50 * use, p90: p90 * use };
    }),
    monthlyGrowth: {
      point: monthly(drift, form),
      low: monthly(drift - normal95 * driftError, form),
      high: monthly(drift + normal95 * driftError, form),
    },
    ...(history === undefined ? {} : { history: historyOf(history, choice) }),
  };
}

/** Two-sided 95 % of a normal distribution: what the stated rates' error is. */
const normal95 = studentTQuantile(0.975, 1e6);

const monthly = (drift: number, form: DriftBelief["form"]): number =>
  form === "compounding" ? Math.expm1(drift * daysPerMonth) : drift * daysPerMonth;

function historyOf(
  history: NonNullable<PlanInputs["histories"][PlannedResource]>,
  { planDateMs }: SimulationChoice,
): NonNullable<Demand["history"]> {
  const points = history.points.map(({ day, use }) => ({ day: day - planDateMs / dayMs, use }));
  if (history.outcome === "refused")
    return {
      points,
      outcome: "refused",
      ...(history.backtest === undefined ? {} : { backtest: history.backtest }),
      notes: [history.reason],
    };
  const { estimate, trend, backtest, notes } = history;
  return {
    points,
    outcome: "used",
    trend,
    monthlyGrowth: {
      point: monthly(estimate.drift, "compounding"),
      low: monthly(estimate.low, "compounding"),
      high: monthly(estimate.high, "compounding"),
    },
    backtest,
    notes,
  };
}

interface Stated {
  readonly inputs: PlanInputs;
  readonly growth: Growth;
  readonly name: PlannedResource;
  readonly spikes: readonly DemandSpike[];
}

interface Dated extends Stated {
  readonly choice: SimulationChoice;
  readonly quantile: (value: number, p: number) => number;
}

function ceilingDates(ceiling: Ceiling, dated: Dated): CeilingDates {
  const { inputs, growth, name, quantile } = dated;
  const { use, leadDays } = inputs.figures.resources[name];
  const stated = daysWithSpikes(ceiling.value, dated);
  const exhaustion = {
    stated: finite(stated),
    p10: finite(quantile(ceiling.value, 0.1)),
    p50: finite(quantile(ceiling.value, 0.5)),
    p90: finite(quantile(ceiling.value, 0.9)),
  };
  const orderBy = ordersBy(stated, exhaustion.p10, dated);
  return {
    id: ceiling.id,
    name: ceiling.name,
    value: ceiling.value,
    utilisationRatio: ceiling.utilisationRatio,
    exhaustion,
    exhaustionDate: {
      stated: dateOf(exhaustion.stated, dated),
      p10: dateOf(exhaustion.p10, dated),
      p50: dateOf(exhaustion.p50, dated),
      p90: dateOf(exhaustion.p90, dated),
    },
    orderBy,
    orderByDate: orderDates(orderBy, dated),
    late: isPast(orderBy.stated),
    lateIfSafe: isPast(orderBy.safe),
    triggerUtilisation: triggerUse(use, ceiling.value, growth, leadDays) / ceiling.whole,
  };
}

/** In closed form: the day that growth reaches the ceiling, or that a campaign on top of it does, whichever comes first. */
function daysWithSpikes(ceiling: number, { inputs, growth, name, spikes }: Stated): number {
  const { use } = inputs.figures.resources[name];
  const reached = spikes.map(({ fromDay, toDay, factor }) => {
    const days = Math.max(daysToReach(use, ceiling / factor, growth), fromDay);
    return days < toDay ? days : Infinity;
  });
  return Math.min(daysToReach(use, ceiling, growth), ...reached);
}

function ordersBy(
  stated: number,
  p10: number | undefined,
  { inputs, name }: Dated,
): OrderBy<number> {
  const { leadDays } = inputs.figures.resources[name];
  return {
    stated: finite(orderByDays(stated, leadDays)),
    safe: p10 === undefined ? undefined : orderByDays(p10, leadDays, inputs.assumptions.reviewDays),
  };
}

const isPast = (days: number | undefined): boolean => days !== undefined && days < 0;

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Two hundred years ahead is no date. */
const furthestDays = 365.25 * 200;

const dateOf = (days: number | undefined, { choice }: Dated): string | undefined =>
  days === undefined || Math.abs(days) > furthestDays
    ? undefined
    : dateAfter(choice.planDateMs, days);

const orderDates = ({ stated, safe }: OrderBy<number>, dated: Dated): OrderBy<string> => ({
  stated: dateOf(stated, dated),
  safe: dateOf(safe, dated),
});

/**
 * Levels of use at which the first, second, … purchase must have arrived: the tightest ceiling, then that of what was
 * bought, as long as its order falls within the months. A declared limit of the platform ends the list: no order can go
 * beyond it. Storage is provisioned as it is used: below its limit there is nothing to order.
 */
function purchaseCeilings(
  ceilings: readonly Ceiling[],
  stated: Stated,
  months: number,
): readonly number[] {
  const { inputs, name } = stated;
  const { leadDays, budgetImpactRatio: step } = inputs.figures.resources[name];
  const [first] = ceilings;
  if (first === undefined || name === "storage" || !(step > 0)) return [];
  const hardLimit = name === "database" ? inputs.figures.limits.storageBytes : Infinity;
  const levels: number[] = [];
  for (let count = 0; count < mostPurchases; count++) {
    const level = first.value * (1 + step) ** count;
    const orderBy = orderByDays(daysWithSpikes(level, stated), leadDays);
    if (level > hardLimit || orderBy > months * daysPerMonth) break;
    levels.push(level);
  }
  return levels;
}

/** Enough for two years of any growth that can be served by purchases. */
const mostPurchases = 60;

function purchase(value: number, index: number, dated: Dated): Purchase {
  const { inputs, name, quantile } = dated;
  const resource = inputs.figures.resources[name];
  const stated = daysWithSpikes(value, dated);
  const p10 = quantile(value, 0.1);
  const orderBy = ordersBy(stated, finite(p10), dated);
  return {
    resource: name,
    number: index + 1,
    neededBy: { stated: finite(stated), p10: finite(p10) },
    orderBy,
    orderByDate: orderDates(orderBy, dated),
    late: isPast(orderBy.stated),
    capacityFactor: (1 + resource.budgetImpactRatio) ** (index + 1),
  };
}
