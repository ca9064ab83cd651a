/** Numbers as words, rounded for people: what a plan says in sentences and what its reports say in tables. */
import type { UseUnit } from "./capacity-plan.ts";

/** `12.8`, `2`, `0.35`: at most so many decimals, none that are zero. */
export const decimal = (value: number, decimals = 1): string =>
  value.toLocaleString("en", { maximumFractionDigits: decimals });

export const percent = (ratio: number, decimals = 1): string =>
  `${decimal(ratio * 100, decimals)} %`;

/** Decimal units, as disks are sold. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
  const power = bytes <= 0 ? 0 : Math.floor(Math.log10(bytes) / 3 + 1e-9);
  const index = Math.min(units.length - 1, Math.max(0, power));
  return `${decimal(bytes / 1000 ** index)} ${units[index] ?? "B"}`;
}

/** A use in its unit. */
export function useText(value: number, unit: UseUnit): string {
  if (unit === "ratio") return percent(value);
  return unit === "bytes" ? bytesText(value) : `${bytesText(value)} a month`;
}

const periods: readonly (readonly [number, string])[] = [
  [1, "day"],
  [7, "week"],
  [30.4375, "month"],
  [91.3125, "quarter"],
  [365.25, "year"],
];

/** The word for a period of growth: `month`, or `45 days`. */
export function periodText(days: number): string {
  const known = periods.find(([length]) => Math.abs(length - days) < 1e-6);
  return known === undefined ? `${decimal(days)} days` : known[1];
}

/** `+20 %`, `-1.5 %`, `+0.03 %`, `0 %`: with its sign, and small ones with the digits that show them. */
export function signedPercent(ratio: number): string {
  const text = percent(ratio, Math.abs(ratio) < 0.01 ? 2 : 1);
  if (text === "0 %" || text === "-0 %") return "0 %";
  return ratio < 0 ? text : `+${text}`;
}

/** `+20 % a month`, `-1.5 % a month`, `+0.03 % a month`. */
export function growthText({
  ratio,
  periodDays,
}: {
  readonly ratio: number;
  readonly periodDays: number;
}): string {
  return `${signedPercent(ratio)} a ${periodText(periodDays)}`;
}

/** ISO date so many days after an instant (UTC), the day that the moment falls on. */
export const dateAfter = (startMs: number, days: number): string =>
  new Date(startMs + days * 86_400_000).toISOString().slice(0, 10);
