/** What an earlier plan forecast for today, beside what today is. */
import { dayMs } from "../../src/domain/units.ts";
import { decimal, percent } from "../../src/domain/number-text.ts";
import type {
  CapacityPlan,
  PlanDocument,
  PreviousPlan,
  Quantiles,
  ResourcePlan,
} from "../../src/domain/capacity-plan.ts";
import { daysPerMonth } from "./growth.ts";
import { useText } from "../../src/domain/quantity-text.ts";

/** The parts of an earlier plan that are compared. */
export type EarlierPlan = Pick<
  PlanDocument,
  "id" | "planDate" | "hash" | "resources" | "capacity" | "months"
>;

/** Days from an earlier plan to this one. */
export const daysBetween = (
  earlier: Pick<EarlierPlan, "planDate">,
  plan: Pick<CapacityPlan, "planDate">,
): number => (Date.parse(plan.planDate) - Date.parse(earlier.planDate)) / dayMs;

/** @param plan at a later date than the earlier one */
export function comparePrevious(
  earlier: EarlierPlan,
  plan: Pick<CapacityPlan, "planDate" | "resources" | "capacity">,
): PreviousPlan {
  const days = daysBetween(earlier, plan);
  const resources = plan.resources.flatMap((now) => {
    const then = earlier.resources.find(({ name, unit }) => name === now.name && unit === now.unit);
    return then === undefined ? [] : [resourceThenAndNow(then, now, days)];
  });
  const capacity = capacityChanges(earlier, plan);
  return {
    id: earlier.id,
    planDate: earlier.planDate,
    hash: earlier.hash,
    days,
    resources,
    capacity,
    sentences: [...resources.map(resourceSentence), ...capacity.map(capacitySentence)],
  };
}

function resourceThenAndNow(
  then: ResourcePlan,
  now: ResourcePlan,
  days: number,
): PreviousPlan["resources"][number] {
  const forecast = forecastOn(then.demand.byMonth, days);
  const [ceiling] = now.ceilings;
  const before = then.ceilings.find(({ id }) => id === ceiling?.id);
  const [dateThen, dateNow] = [before?.exhaustionDate.p50, ceiling?.exhaustionDate.p50];
  return {
    resource: now.name,
    unit: now.unit,
    forecast,
    actual: now.use,
    errorRatio: now.use / forecast.p50 - 1,
    isInside: now.use >= forecast.p10 && now.use <= forecast.p90,
    isUnchanged: now.use === then.use,
    ceiling: ceiling?.name,
    exhaustionThen: dateThen,
    exhaustionNow: dateNow,
  };
}

/** Between two months growth is taken to compound; beyond the last one it is the last. */
function forecastOn(byMonth: readonly Quantiles[], days: number): Quantiles {
  const place = Math.min(days / daysPerMonth, byMonth.length - 1);
  const [below, above] = [byMonth[Math.floor(place)], byMonth[Math.ceil(place)]];
  const share = place - Math.floor(place);
  const at = (of: (one: Quantiles) => number): number => {
    if (below === undefined || above === undefined) return Number.NaN;
    return of(below) * (of(above) / of(below)) ** share;
  };
  return { p10: at(({ p10 }) => p10), p50: at(({ p50 }) => p50), p90: at(({ p90 }) => p90) };
}

function capacityChanges(
  earlier: EarlierPlan,
  plan: Pick<CapacityPlan, "capacity">,
): PreviousPlan["capacity"] {
  return (plan.capacity?.workloads ?? []).flatMap(
    ({ workload, capacityAtObjectivePerPod: today }) => {
      const before = earlier.capacity?.workloads.find(
        (one) => one.workload === workload,
      )?.capacityAtObjectivePerPod;
      if (before === undefined || today === undefined) return [];
      const verdict =
        today.high < before.low ? "less" : today.low > before.high ? "more" : "no clear change";
      return [
        { workload, before, today, changeRatio: today.point / before.point - 1, verdict } as const,
      ];
    },
  );
}

function resourceSentence(one: PreviousPlan["resources"][number]): string {
  const { resource, forecast, actual, unit, errorRatio, isInside, isUnchanged } = one;
  if (isUnchanged)
    return `${resource}: ${useText(actual, unit)}, just as in the last plan: it was not measured since, and the forecast cannot be judged (--set use.${resource}=…).`;
  const side = errorRatio < 0 ? "less" : "more";
  const inside = isInside
    ? "inside what was forecast"
    : "outside what was forecast: the growth is not what it was taken for";
  return `${resource}: ${useText(forecast.p50, unit)} were forecast (P10 ${useText(forecast.p10, unit)}, P90 ${useText(forecast.p90, unit)}), it is ${useText(actual, unit)}: ${percent(Math.abs(errorRatio))} ${side}, ${inside}.`;
}

const capacitySentence = (one: PreviousPlan["capacity"][number]): string =>
  `${one.workload}: a pod carried ${decimal(one.before.point * 60, 0)} requests/min then and ${decimal(one.today.point * 60, 0)} now: ${one.verdict === "no clear change" ? "no clear change, the intervals overlap" : `${percent(Math.abs(one.changeRatio))} ${one.verdict}`}.`;
