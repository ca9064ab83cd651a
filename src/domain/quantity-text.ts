/** Uses of resources and their growth as text: what a plan says in sentences and what its reports say in tables. */
import type { UseUnit } from "./capacity-plan.ts";
import { decimal, formatValue, signedPercent } from "./number-text.ts";

/** A use in its unit. */
export const useText = (value: number, unit: UseUnit): string =>
  unit === "bytes/month" ? `${formatValue(value, "bytes")} a month` : formatValue(value, unit);

const periods: readonly (readonly [number, string])[] = [
  [1, "day"],
  [7, "week"],
  [30.4375, "month"],
  [91.3125, "quarter"],
  [365.25, "year"],
];

/** The word for a period of growth: `month`, or `45 days`. */
export const periodText = (days: number): string =>
  periods.find(([length]) => Math.abs(length - days) < 1e-6)?.[1] ?? `${decimal(days)} days`;

/** `+20 % a month`, `−1.5 % a month`, `+0.03 % a month`. */
export const growthText = (growth: {
  readonly ratio: number;
  readonly periodDays: number;
}): string => `${signedPercent(growth.ratio)} a ${periodText(growth.periodDays)}`;
