/** When each resource runs out and by when to order: closed form as stated, and the simulated distribution. */
import { withPrior } from "./demand-history.ts";
import { ceilingsOf } from "./figures.ts";
import type { Ceiling, PlannedResource } from "./figures.ts";
import { dailyDrift, daysPerMonth, daysToReach, orderByDays, triggerUse } from "./growth.ts";
import type { Growth, GrowthForm } from "./growth.ts";
import { dateAfter } from "./phrases.ts";
import type { PlanInputs, SimulationChoice } from "./plan-inputs.ts";
import { simulateDemand, sorted, sortedQuantile } from "./simulate-demand.ts";
import type { DriftBelief } from "./simulate-demand.ts";

/** `stated`: closed form at the stated rate; the others from the simulation. `undefined`: never, as far as can be seen. */
interface Exhaustion<Value> {
  readonly stated: Value | undefined;
  readonly p10: Value | undefined;
  readonly p50: Value | undefined;
  readonly p90: Value | undefined;
}

/** `stated`: exhaustion as stated − lead; `safe`: P10 − lead − review. Negative days: past. */
interface OrderBy<Value> {
  readonly stated: Value | undefined;
  readonly safe: Value | undefined;
}

export interface CeilingDates {
  readonly id: string;
  readonly name: string;
  /** In the unit of the resource's use. */
  readonly value: number;
  readonly utilisationRatio: number;
  /** Days from the plan's date, and the dates they fall on. */
  readonly exhaustion: Exhaustion<number>;
  readonly exhaustionDate: Exhaustion<string>;
  readonly orderBy: OrderBy<number>;
  readonly orderByDate: OrderBy<string>;
  /** The stated order date is past. */
  readonly late: boolean;
  /** The safe one is. */
  readonly lateIfSafe: boolean;
  /** Use at which to order so that it arrives in time, as a share of the whole: the number for an alert rule. */
  readonly triggerUtilisation: number;
}

/** One purchase of the specification's step: what it adds, until when it must be there, by when to order it. */
export interface Purchase {
  readonly resource: PlannedResource;
  /** 1 is the first. */
  readonly number: number;
  /** Days from the plan's date. */
  readonly neededBy: { readonly stated: number | undefined; readonly p10: number | undefined };
  readonly orderBy: OrderBy<number>;
  readonly orderByDate: OrderBy<string>;
  readonly late: boolean;
  /** What there is after it, as a multiple of today. */
  readonly capacityFactor: number;
}

export interface ResourceDates {
  readonly name: PlannedResource;
  readonly unit: "ratio" | "bytes" | "bytes/month";
  readonly use: number;
  readonly growth: {
    readonly ratio: number;
    readonly periodDays: number;
    readonly form: GrowthForm;
  };
  readonly source: "stated" | "stated and history";
  readonly leadDays: number;
  readonly ceilings: readonly CeilingDates[];
  readonly purchases: readonly Purchase[];
  /** Use of each path by month, as a multiple of today's. */
  readonly factors: readonly Float64Array[];
}

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
  };
}

export const growthOf = ({ figures, assumptions }: PlanInputs, name: PlannedResource): Growth => ({
  form: assumptions.form,
  ratio: figures.resources[name].growthRatio,
  periodDays: figures.resources[name].periodDays,
});

export function resourceDates(
  inputs: PlanInputs,
  name: PlannedResource,
  choice: SimulationChoice,
): ResourceDates {
  const resource = inputs.figures.resources[name];
  const growth = growthOf(inputs, name);
  const ceilings = ceilingsOf(name, inputs.figures);
  const steps = purchaseCeilings(inputs, name, ceilings, choice.months);
  const levels = [...ceilings.map(({ value }) => value), ...steps].map(
    (value) => value / resource.use,
  );
  const multiples = [...new Set(levels)].toSorted((a, b) => a - b);
  const { crossings, factors } = simulateDemand(beliefOf(inputs, name), multiples, {
    ...choice,
    name,
  });
  const times = new Map(
    multiples.map((multiple, index) => [multiple, sorted(crossings[index] ?? new Float64Array())]),
  );
  const quantile = (value: number, p: number): number =>
    sortedQuantile(times.get(value / resource.use) ?? new Float64Array([Infinity]), p);
  const dated = { inputs, choice, growth, name, quantile };
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
    ceilings: ceilings.map((ceiling) => ceilingDates(ceiling, dated)),
    purchases: steps.map((value, index) => purchase(value, index, dated)),
    factors,
  };
}

interface Dated {
  readonly inputs: PlanInputs;
  readonly choice: SimulationChoice;
  readonly growth: Growth;
  readonly name: PlannedResource;
  readonly quantile: (value: number, p: number) => number;
}

function ceilingDates(ceiling: Ceiling, dated: Dated): CeilingDates {
  const { inputs, growth, name, quantile } = dated;
  const { use, leadDays } = inputs.figures.resources[name];
  const stated = daysToReach(use, ceiling.value, growth);
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
 * bought, up to the horizon. A declared limit of the platform ends the list: no order can go beyond it. Storage is
 * provisioned as it is used: below its limit there is nothing to order.
 */
function purchaseCeilings(
  inputs: PlanInputs,
  name: PlannedResource,
  ceilings: readonly Ceiling[],
  months: number,
): readonly number[] {
  const { use, budgetImpactRatio: step } = inputs.figures.resources[name];
  const [first] = ceilings;
  if (first === undefined || name === "storage" || !(step > 0)) return [];
  const growth = growthOf(inputs, name);
  const hardLimit = name === "database" ? inputs.figures.limits.storageBytes : Infinity;
  const levels: number[] = [];
  for (let count = 0; count < mostPurchases; count++) {
    const level = first.value * (1 + step) ** count;
    if (level > hardLimit || daysToReach(use, level, growth) > months * daysPerMonth) break;
    levels.push(level);
  }
  return levels;
}

/** Enough for two years of any growth that can be served by purchases. */
const mostPurchases = 60;

function purchase(value: number, index: number, dated: Dated): Purchase {
  const { inputs, growth, name, quantile } = dated;
  const resource = inputs.figures.resources[name];
  const stated = daysToReach(resource.use, value, growth);
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
