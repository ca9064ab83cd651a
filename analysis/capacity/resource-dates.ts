/** When each resource runs out and by when to order: the closed form of a stated rate, and the simulated distribution. */
import { dayMs } from "../../src/domain/units.ts";
import { dateAfter } from "../../src/domain/time-text.ts";
import type {
  CeilingDates,
  Demand,
  OrderBy,
  PlannedResource,
  Purchase,
  ResourcePlan,
} from "../../src/domain/capacity-plan.ts";
import { studentTQuantile } from "../statistics/student-t.ts";
import { formOf, type ResourceBelief } from "./believed-figures.ts";
import { ceilingsOf } from "./figures.ts";
import type { Ceiling } from "./figures.ts";
import { dailyDrift, daysPerMonth, daysToReach, orderByDays, triggerUse } from "./growth.ts";
import type { Growth } from "./growth.ts";
import type { HistoryReading } from "./demand-history.ts";
import type { PlanInputs, SimulationChoice } from "./plan-inputs.ts";
import { interpolatedQuantile } from "../../src/domain/sorted-quantile.ts";
import { quantilesOf, simulateDemand } from "./simulate-demand.ts";
import type { GrowthEstimate } from "./usage-model.ts";
import type { DemandSpike, SimulationOptions } from "./simulate-demand.ts";

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

/** Campaigns as days from the plan's date. */
export const spikesOf = (
  { assumptions }: PlanInputs,
  { planDateMs }: SimulationChoice,
): readonly DemandSpike[] =>
  assumptions.spikes.map(({ atMs, factor, days }) => {
    const fromDay = Math.round((atMs - planDateMs) / dayMs);
    return { fromDay, toDay: fromDay + Math.ceil(days), factor };
  });

export const growthOf = (inputs: PlanInputs, name: PlannedResource): Growth => ({
  form: formOf(inputs, name),
  ratio: inputs.figures.resources[name].growthRatio,
  periodDays: inputs.figures.resources[name].periodDays,
});

/** A year is looked at, however few months are shown: the budget counts its purchases. */
export const leastMonths = 12;

/**
 * @param inputs with the believed figures @param belief what these are made from
 * @param horizon months to simulate, at least those shown, and days on which the use of every path is wanted
 */
export function resourceDates(
  inputs: PlanInputs,
  name: PlannedResource,
  belief: ResourceBelief,
  choice: SimulationChoice,
  horizon: Pick<SimulationOptions, "months" | "days">,
): ResourceDates {
  const resource = inputs.figures.resources[name];
  const growth = growthOf(inputs, name);
  const ceilings = ceilingsOf(name, inputs.figures);
  const spikes = trafficResources.has(name) ? spikesOf(inputs, choice) : [];
  const planned = { inputs, growth, name, spikes };
  const steps = purchaseCeilings(ceilings, planned, Math.max(choice.months, leastMonths));
  const levels = [...ceilings.map(({ value }) => value), ...steps].map(
    (value) => value / resource.use,
  );
  const multiples = [...new Set(levels)].toSorted((a, b) => a - b);
  const { crossings, factors, onDays } = simulateDemand(belief.demand, multiples, {
    ...choice,
    ...horizon,
    name,
    spikes,
  });
  const times = new Map(
    multiples.map((multiple, index) => [
      multiple,
      crossings[index]?.toSorted() ?? new Float64Array(),
    ]),
  );
  const quantile = (value: number, p: number): number => {
    const days = interpolatedQuantile(
      times.get(value / resource.use) ?? new Float64Array([Infinity]),
      p,
    );
    return days > furthestDays ? Infinity : days;
  };
  const isStated = belief.source === "stated";
  const dated = { ...planned, choice, quantile, isStated };
  return {
    name,
    unit: resource.unit,
    use: resource.use,
    today: belief.today,
    growth,
    source: belief.source,
    statedGrowth: belief.statedGrowth,
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
    readonly belief: ResourceBelief;
    readonly factors: readonly Float64Array[];
    readonly choice: SimulationChoice;
  },
): Demand {
  const { use } = figures.resources[name];
  const history = histories[name];
  return {
    byMonth: factors.map((month) => {
      const { p10, p50, p90 } = quantilesOf(month);
      return { p10: p10 * use, p50: p50 * use, p90: p90 * use };
    }),
    monthlyGrowth:
      belief.estimate === undefined ? statedGrowth(belief) : monthlyInterval(belief.estimate),
    history: history === undefined ? undefined : historyOf(history, choice),
  };
}

/** Two-sided 95 % of a normal distribution: what the stated rates' error is. */
const normal95 = studentTQuantile(0.975, 1e6);

function statedGrowth({ growth, statedError }: ResourceBelief): Demand["monthlyGrowth"] {
  const drift = dailyDrift(growth) * daysPerMonth;
  const ratio = (value: number): number =>
    growth.form === "compounding" ? Math.expm1(value) : value;
  return {
    point: ratio(drift),
    low: ratio(drift - normal95 * statedError),
    high: ratio(drift + normal95 * statedError),
  };
}

/** From the logarithm. */
const monthlyInterval = ({ point, low, high }: GrowthEstimate): Demand["monthlyGrowth"] => ({
  point: Math.expm1(point),
  low: Math.expm1(low),
  high: Math.expm1(high),
});

function historyOf(
  history: HistoryReading,
  { planDateMs }: SimulationChoice,
): NonNullable<Demand["history"]> {
  // Points in another unit than the resource's are no use of it.
  const points = history.newest === undefined ? [] : history.points;
  const shown = {
    points: points.map(({ day, use }) => ({ day: day - planDateMs / dayMs, use })),
    months: history.months.length,
  };
  if (history.outcome === "refused")
    return { ...shown, outcome: "refused", notes: [history.reason, ...history.notes] };
  const { growth, trend, backtest, notes } = history;
  return {
    ...shown,
    outcome: "used",
    trend,
    monthlyGrowth: monthlyInterval(growth),
    backtest,
    notes,
  };
}

/** What a closed form needs. */
interface Planned {
  readonly inputs: PlanInputs;
  readonly growth: Growth;
  readonly name: PlannedResource;
  readonly spikes: readonly DemandSpike[];
}

interface Dated extends Planned {
  readonly choice: SimulationChoice;
  readonly quantile: (value: number, p: number) => number;
  /** Growth is stated: dates are expected as the closed form says, else as P50. */
  readonly isStated: boolean;
}

function ceilingDates(ceiling: Ceiling, dated: Dated): CeilingDates {
  const { inputs, growth, name, quantile } = dated;
  const { use, leadDays } = inputs.figures.resources[name];
  const expected = expectedDays(ceiling.value, dated);
  const exhaustion = {
    expected: finite(expected),
    stated: dated.isStated ? finite(expected) : undefined,
    p10: finite(quantile(ceiling.value, 0.1)),
    p50: finite(quantile(ceiling.value, 0.5)),
    p90: finite(quantile(ceiling.value, 0.9)),
  };
  const orderBy = ordersBy(expected, exhaustion.p10, dated);
  return {
    id: ceiling.id,
    name: ceiling.name,
    value: ceiling.value,
    utilisationRatio: ceiling.utilisationRatio,
    exhaustion,
    exhaustionDate: {
      expected: dateOf(exhaustion.expected, dated),
      stated: dateOf(exhaustion.stated, dated),
      p10: dateOf(exhaustion.p10, dated),
      p50: dateOf(exhaustion.p50, dated),
      p90: dateOf(exhaustion.p90, dated),
    },
    orderBy,
    orderByDate: orderDates(orderBy, dated),
    late: isPast(orderBy.expected),
    lateIfSafe: isPast(orderBy.safe),
    triggerUtilisation: triggerUse(use, ceiling.value, growth, leadDays) / ceiling.whole,
  };
}

/** In closed form: the day that growth reaches the ceiling, or that a campaign on top of it does, whichever comes first. */
function daysWithSpikes(ceiling: number, { inputs, growth, name, spikes }: Planned): number {
  const { use } = inputs.figures.resources[name];
  const reached = spikes.map(({ fromDay, toDay, factor }) => {
    const days = Math.max(daysToReach(use, ceiling / factor, growth), fromDay);
    return days < toDay ? days : Infinity;
  });
  return Math.min(daysToReach(use, ceiling, growth), ...reached);
}

/** The day that a ceiling is expected to be reached: as stated in closed form, or the median of what was measured. */
const expectedDays = (ceiling: number, dated: Dated): number =>
  dated.isStated ? daysWithSpikes(ceiling, dated) : dated.quantile(ceiling, 0.5);

function ordersBy(
  expected: number,
  p10: number | undefined,
  { inputs, name, isStated }: Dated,
): OrderBy<number> {
  const { leadDays } = inputs.figures.resources[name];
  const orderBy = finite(orderByDays(expected, leadDays));
  return {
    expected: orderBy,
    stated: isStated ? orderBy : undefined,
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

const orderDates = (
  { expected, stated, safe }: OrderBy<number>,
  dated: Dated,
): OrderBy<string> => ({
  expected: dateOf(expected, dated),
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
  planned: Planned,
  months: number,
): readonly number[] {
  const { inputs, name } = planned;
  const { leadDays, budgetImpactRatio: step } = inputs.figures.resources[name];
  const [first] = ceilings;
  if (first === undefined || name === "storage" || !(step > 0)) return [];
  const hardLimit = name === "database" ? inputs.figures.limits.storageBytes : Infinity;
  const levels: number[] = [];
  for (let count = 0; count < mostPurchases; count++) {
    const level = first.value * (1 + step) ** count;
    const orderBy = orderByDays(daysWithSpikes(level, planned), leadDays);
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
  const expected = expectedDays(value, dated);
  const p10 = quantile(value, 0.1);
  const orderBy = ordersBy(expected, finite(p10), dated);
  return {
    resource: name,
    number: index + 1,
    neededBy: { expected: finite(expected), p10: finite(p10) },
    orderBy,
    orderByDate: orderDates(orderBy, dated),
    late: isPast(orderBy.expected),
    capacityFactor: (1 + resource.budgetImpactRatio) ** (index + 1),
  };
}
