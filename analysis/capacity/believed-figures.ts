/**
 * What the plan believes of each resource: one use today and one growth. Everything after this, dates, orders, budget and
 * contradictions, is made from the figures that this returns; what was stated stays beside them, to be compared.
 */
import { dayMs } from "../../src/domain/units.ts";
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import type {
  GrowthForm,
  GrowthSource,
  PlannedResource,
  TodaysUse,
} from "../../src/domain/capacity-plan.ts";
import { sufficientHistoryMonths, type HistoryReading } from "./demand-history.ts";
import { dailyDrift, daysPerMonth, growthFactor, type Growth } from "./growth.ts";
import type { PlanInputs, SimulationChoice } from "./plan-inputs.ts";
import type { DemandBelief, DriftBelief } from "./simulate-demand.ts";
import { estimateUsage, growthAhead, type GrowthEstimate } from "./usage-model.ts";

export interface ResourceBelief {
  readonly today: TodaysUse;
  readonly growth: Growth;
  readonly source: GrowthSource;
  readonly statedGrowth: Growth;
  /** Standard error of the stated growth, per month of its drift. */
  readonly statedError: number;
  /** What paths are drawn from. */
  readonly demand: DemandBelief;
  /** A month, of the logarithm. Absent: stated. */
  readonly estimate: GrowthEstimate | undefined;
}

export type Beliefs = Readonly<Record<PlannedResource, ResourceBelief>>;

/** A newest level older than this is brought forward at the growth. */
export const freshDays = 62;

/** The relative error of a stated rate near zero is not near zero: half a percent a month at least. */
export const leastStatedError = 0.005;

/** @returns the same inputs with the believed figures in them, and what each of them comes from */
export function believe(
  inputs: PlanInputs,
  choice: SimulationChoice,
): { readonly inputs: PlanInputs; readonly beliefs: Beliefs } {
  const beliefOf = (name: PlannedResource): ResourceBelief =>
    beliefOfResource(inputs, name, choice.planDateMs / dayMs);
  const beliefs: Beliefs = {
    compute: beliefOf("compute"),
    storage: beliefOf("storage"),
    network: beliefOf("network"),
    database: beliefOf("database"),
  };
  const { resources } = inputs.figures;
  const believed = plannedResources.map((name) => {
    const { today, growth, source } = beliefs[name];
    const { form, ratio, periodDays } = growth;
    const figures = {
      ...resources[name],
      use: today.use,
      growthForm: source === "stated" ? undefined : form,
      growthRatio: ratio,
      periodDays,
    };
    return [name, figures] as const;
  });
  return {
    beliefs,
    inputs: {
      ...inputs,
      figures: { ...inputs.figures, resources: { ...resources, ...Object.fromEntries(believed) } },
    },
  };
}

function beliefOfResource(
  inputs: PlanInputs,
  name: PlannedResource,
  planDay: number,
): ResourceBelief {
  const { assumptions, figures, histories } = inputs;
  const { growthRatio, periodDays } = figures.resources[name];
  const statedGrowth: Growth = { form: assumptions.form, ratio: growthRatio, periodDays };
  const stated = statedBelief(statedGrowth, inputs);
  const statedError = stated.driftError * daysPerMonth;
  const history = histories[name];
  const source = growthSource(inputs, name, history);
  const from = { history, planDay };
  if (history?.outcome !== "used" || source === "stated")
    return {
      today: todaysUse(inputs, name, { ...from, growth: statedGrowth }),
      growth: statedGrowth,
      source: "stated",
      statedGrowth,
      statedError,
      demand: stated,
      estimate: undefined,
    };
  const prior = {
    growth: monthlyLog(statedGrowth),
    error: Math.max(leastStatedError, statedError),
  };
  const model =
    source === "measured"
      ? history.model
      : estimateUsage(history.months, { trend: history.trend, prior });
  const estimate = source === "measured" ? history.growth : growthAhead(model);
  const growth: Growth = {
    form: "compounding",
    ratio: Math.expm1(estimate.point),
    periodDays: daysPerMonth,
  };
  const today = todaysUse(inputs, name, { ...from, growth });
  const isOfHistory = today.source === "measured" || today.source === "brought forward";
  return {
    today,
    growth,
    source,
    statedGrowth,
    statedError,
    estimate,
    demand: {
      form: "measured",
      model,
      monthsSince: Math.max(0, (planDay - (history.lastMiddle ?? planDay)) / daysPerMonth),
      logToday: isOfHistory ? Math.log(today.use) : undefined,
    },
  };
}

function statedBelief(growth: Growth, { assumptions }: PlanInputs): DriftBelief {
  const drift = dailyDrift(growth);
  return {
    form: growth.form,
    drift,
    driftError: Math.abs(drift) * assumptions.growthErrorRatio,
    volatility: assumptions.monthlyVolatility / Math.sqrt(daysPerMonth),
  };
}

/** ln of a month's growth; of a linear one, that of its first month. */
const monthlyLog = (growth: Growth): number => Math.log(growthFactor(growth, daysPerMonth));

function growthSource(
  { assumptions, setByHand }: PlanInputs,
  name: PlannedResource,
  history: HistoryReading | undefined,
): GrowthSource {
  if (history?.outcome !== "used" || assumptions.growthFrom === "stated") return "stated";
  if (setByHand?.includes(`growth.${name}`) === true) return "stated";
  if (assumptions.growthFrom === "measured") return "measured";
  const [first, last] = [history.months[0], history.months.at(-1)];
  const span = (last?.month ?? 0) - (first?.month ?? 0) + 1;
  return span >= sufficientHistoryMonths ? "measured" : "stated and measured";
}

/** The newest measured level is today's use, unless it was set by hand; an old one is brought forward. */
function todaysUse(
  { figures, setByHand }: PlanInputs,
  name: PlannedResource,
  {
    history,
    planDay,
    growth,
  }: {
    readonly history: HistoryReading | undefined;
    readonly planDay: number;
    readonly growth: Growth;
  },
): TodaysUse {
  const stated = figures.resources[name].use;
  const newest = history?.newest;
  if (newest === undefined) return { use: stated, source: "stated", stated };
  const ageDays = Math.max(0, planDay - newest.day);
  const measured = { use: newest.use, date: newest.date, ageDays };
  if (setByHand?.includes(`use.${name}`) === true)
    return { use: stated, source: "set by hand", stated, measured };
  if (ageDays <= freshDays) return { use: newest.use, source: "measured", stated, measured };
  // A fall since then was not measured: it cannot make room.
  const grown = Math.max(1, growthFactor(growth, ageDays));
  return { use: newest.use * grown, source: "brought forward", stated, measured };
}

/** How growth is read; what was measured compounds. */
export const formOf = (
  { figures, assumptions }: Pick<PlanInputs, "figures" | "assumptions">,
  name: PlannedResource,
): GrowthForm => figures.resources[name].growthForm ?? assumptions.form;
