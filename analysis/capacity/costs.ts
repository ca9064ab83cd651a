/** What it costs, by month: nodes, storage, database, network, each path's own; and whether the stated budget suffices. */
import { decimal, percent } from "../../src/domain/number-text.ts";
import { plannedResources } from "../../src/domain/capacity-plan.ts";
import type { BudgetCheck, Costs } from "../../src/domain/capacity-plan.ts";
import { ceilingsOf } from "./figures.ts";
import { daysPerMonth, daysToReach, monthsBought, type Growth } from "./growth.ts";
import { growthText } from "../../src/domain/quantity-text.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import type { ForecastWithPaths } from "./replica-forecast.ts";
import { growthOf } from "./resource-dates.ts";
import type { ResourceDates } from "./resource-dates.ts";
import { quantilesOf } from "./simulate-demand.ts";

const bytesPerGb = 1e9;

/** @returns `undefined` where there are no prices */
export function costsOf(
  inputs: PlanInputs,
  forecast: ForecastWithPaths,
  resources: readonly ResourceDates[],
): Costs | undefined {
  const { prices } = inputs;
  if (prices === undefined) return undefined;
  const parts: { readonly name: string; readonly paths: readonly Float64Array[] }[] = [];
  const unpriced: string[] = [];
  for (const pool of Object.keys(inputs.figures.nodePools)) {
    const price = prices.nodePerMonth[pool];
    const paths = forecast.nodePaths.get(`${pool}/requests`) ?? [];
    const isUsed = paths.some((month) => month.some((nodes) => nodes > 0));
    if (price !== undefined) parts.push({ name: `${pool} nodes`, paths: scaled(paths, price) });
    else if (isUsed) unpriced.push(`${pool} nodes`);
  }
  const volumes = [
    ["storage", prices.storagePerGbMonth],
    ["database", prices.databasePerGbMonth],
    ["network", prices.networkPerGb],
  ] as const;
  for (const [name, price] of volumes) {
    const resource = resources.find((one) => one.name === name);
    if (resource === undefined) continue;
    if (price === undefined) unpriced.push(name);
    else parts.push({ name, paths: scaled(resource.factors, (resource.use / bytesPerGb) * price) });
  }
  const months = forecast.pods.median.length;
  const perMonth = Array.from({ length: months }, (_, month) =>
    quantilesOf(sumOf(parts.map(({ paths }) => paths[month] ?? new Float64Array()))),
  );
  return {
    currency: prices.currency,
    perMonth,
    per1000Requests: perMonth.map(
      ({ p50 }, month) => p50 / thousandsOfRequests(inputs, resources, month),
    ),
    parts: parts.map(({ name }) => name),
    unpriced,
  };
}

const scaled = (paths: readonly Float64Array[], factor: number): readonly Float64Array[] =>
  paths.map((month) => month.map((value) => value * factor));

function sumOf(parts: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(Math.max(0, ...parts.map(({ length }) => length)));
  for (const part of parts) part.forEach((value, path) => (sum[path] = (sum[path] ?? 0) + value));
  return sum;
}

function thousandsOfRequests(
  { figures }: PlanInputs,
  resources: readonly ResourceDates[],
  month: number,
): number {
  const compute = resources.find(({ name }) => name === "compute");
  const factor = quantilesOf(compute?.factors[month] ?? new Float64Array([1])).p50;
  const minutesPerMonth = daysPerMonth * 24 * 60;
  return (figures.throughput.todayPerMinute * factor * minutesPerMonth) / 1000;
}

const yearDays = 365.25;

export function budgetChecks(
  inputs: PlanInputs,
  resources: readonly ResourceDates[],
): readonly BudgetCheck[] {
  return plannedResources.map((name) => {
    const { use, growthRatio, periodDays, budgetImpactRatio } = inputs.figures.resources[name];
    const growth = growthOf(inputs, name);
    const ceiling = ceilingsOf(name, inputs.figures)[0];
    // A purchase lasts as long as growth takes to use up its share; where compounding, at whatever level it is made.
    const bought =
      growthRatio > 0
        ? monthsBought(1, Math.max(1, (ceiling?.value ?? use) / use), growth, budgetImpactRatio)
        : undefined;
    const purchases = (resources.find((one) => one.name === name)?.purchases ?? []).filter(
      ({ neededBy }) => (neededBy.expected ?? Infinity) <= yearDays,
    ).length;
    const yearFactor =
      growth.form === "compounding"
        ? (1 + growthRatio) ** (yearDays / periodDays)
        : 1 + growthRatio * (yearDays / periodDays);
    const isEnough = yearFactor <= 1 + budgetImpactRatio;
    // What one purchase holds: the tightest ceiling, one step further up.
    const unmet =
      purchases === 0 || ceiling === undefined
        ? Infinity
        : daysToReach(use, ceiling.value * (1 + budgetImpactRatio), growth);
    const check = {
      resource: name,
      impactRatio: budgetImpactRatio,
      monthsBought: bought,
      purchasesPerYear: purchases,
      yearFactor,
      isEnough,
      unmetAfterDays: Number.isFinite(unmet) ? unmet : undefined,
    };
    return { ...check, sentence: budgetSentence(check, growth) };
  });
}

function budgetSentence(check: Omit<BudgetCheck, "sentence">, growth: Growth): string {
  const { resource, impactRatio, purchasesPerYear, yearFactor, unmetAfterDays: unmet } = check;
  const months = check.monthsBought;
  const until =
    unmet === 0
      ? " One of them is not enough for today's demand."
      : unmet === undefined
        ? ""
        : ` With one of them demand is unmet after ${decimal(unmet, 0)} days.`;
  const lasts =
    months === undefined ? "" : ` buys ${decimal(months, 2)} months at ${growthText(growth)};`;
  const year = ` a year's growth is ×${decimal(yearFactor, 2)}`;
  const count = purchasesPerYear > 0 ? `, ${purchasesPerYear} such purchases in 12 months` : "";
  const short = check.isEnough
    ? ""
    : `; the stated budget covers ${percent(impactRatio / (yearFactor - 1))} of it`;
  return `${resource}: +${percent(impactRatio)} budget${lasts}${year}${count}${short}.${until}`;
}
