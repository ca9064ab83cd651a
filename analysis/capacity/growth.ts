/** Growth in closed form: when a ceiling is reached, by when to order, at which utilisation to raise the alarm. */

import type { GrowthForm } from "../../src/domain/capacity-plan.ts";

export interface Growth {
  readonly form: GrowthForm;
  /** Per period: 0.2 is +20 %. Above -1. */
  readonly ratio: number;
  readonly periodDays: number;
}

/** A month is a twelfth of 365.25 days. */
export const daysPerMonth = 30.4375;

/** Growth per day on the scale where it is a straight line: of the logarithm, or of the share of today's use. */
export const dailyDrift = ({ form, ratio, periodDays }: Growth): number =>
  (form === "compounding" ? Math.log1p(ratio) : ratio) / periodDays;

/** How many times today's use there is after some days (before, where negative). */
export function growthFactor(growth: Growth, days: number): number {
  const drift = dailyDrift(growth) * days;
  return growth.form === "compounding" ? Math.exp(drift) : Math.max(0, 1 + drift);
}

/**
 * Days until use reaches a ceiling.
 * @param use today, > 0, in the ceiling's unit
 * @returns 0 where it is there already, Infinity where it never comes
 */
export function daysToReach(use: number, ceiling: number, growth: Growth): number {
  if (use >= ceiling) return 0;
  const drift = dailyDrift(growth);
  if (drift <= 0) return Infinity;
  return (growth.form === "compounding" ? Math.log(ceiling / use) : ceiling / use - 1) / drift;
}

/** The last day to order, counted from the plan's date: negative is past. */
export const orderByDays = (exhaustionDays: number, leadDays: number, reviewDays = 0): number =>
  exhaustionDays - leadDays - reviewDays;

/**
 * The use at which the order must go out so that it arrives as the ceiling is reached: the number for an alert rule.
 * Linear growth adds the same amount each day, so that its answer depends on today's use. Where use shrinks it is the
 * ceiling: an alert above it would come too late.
 */
export function triggerUse(use: number, ceiling: number, growth: Growth, leadDays: number): number {
  if (growth.form === "compounding") return ceiling / Math.max(1, growthFactor(growth, leadDays));
  return Math.min(ceiling, Math.max(0, ceiling - use * dailyDrift(growth) * leadDays));
}

/** How many months a first purchase of `stepRatio` more capacity lasts. */
export function monthsBought(
  use: number,
  ceiling: number,
  growth: Growth,
  stepRatio: number,
): number {
  const before = daysToReach(use, ceiling, growth);
  return (daysToReach(use, ceiling * (1 + stepRatio), growth) - before) / daysPerMonth;
}
