/** Where a history contradicts what is stated, reported before every other contradiction: both numbers, and which is used. */
import { decimal, percent, signedPercent } from "../../src/domain/number-text.ts";
import { plannedResources, type historyContradictionIds } from "../../src/domain/capacity-plan.ts";
import type { Contradiction, PlannedResource } from "../../src/domain/capacity-plan.ts";
import { growthText, useText } from "../../src/domain/quantity-text.ts";
import { freshDays, leastStatedError, type Beliefs } from "./believed-figures.ts";
import { dailyDrift, daysPerMonth } from "./growth.ts";
import type { PlanInputs } from "./plan-inputs.ts";

interface HistoryContradiction extends Contradiction {
  readonly id: (typeof historyContradictionIds)[number];
}

/** @param inputs as given: with the stated figures @param beliefs what the plan goes by */
export const historyContradictions = (
  inputs: PlanInputs,
  beliefs: Beliefs,
): readonly HistoryContradiction[] => {
  const of = (
    rule: (
      inputs: PlanInputs,
      beliefs: Beliefs,
      name: PlannedResource,
    ) => HistoryContradiction | undefined,
  ) => plannedResources.flatMap((name) => rule(inputs, beliefs, name) ?? []);
  return [...of(useUnlikeHistory), ...of(growthUnlikeHistory), ...of(historyIsOld)];
};

/** Differences below this are rounding. */
const leastDifference = 0.01;

function useUnlikeHistory(
  { figures }: PlanInputs,
  beliefs: Beliefs,
  name: PlannedResource,
): HistoryContradiction | undefined {
  const { unit } = figures.resources[name];
  const { use, source, stated, measured } = beliefs[name].today;
  if (measured === undefined) return undefined;
  const difference = measured.use / stated - 1;
  if (Math.abs(difference) < leastDifference) return undefined;
  const isByHand = source === "set by hand";
  const origin = isByHand ? `--set use.${name} states` : "the specification states";
  const used = isByHand
    ? `The plan starts from the use that was set, ${useText(use, unit)}.`
    : source === "brought forward"
      ? `The plan starts from ${useText(use, unit)}: the measured use, grown since then.`
      : `The plan starts from the measured use.`;
  return {
    id: "use-unlike-history",
    subject: name,
    sentence: `Today's use of ${name}: ${origin} ${useText(stated, unit)}, the newest measurement (${measured.date}) is ${useText(measured.use, unit)}, ${percent(Math.abs(difference))} ${difference > 0 ? "more" : "less"}. ${used}`,
    numbers: { stated, measured: measured.use, used: use, ageDays: measured.ageDays },
    options: isByHand
      ? [`leave out --set use.${name}: the plan then starts from the measured use`]
      : [
          `state ${useText(measured.use, unit)} as the use of ${name} in profiles/platform/growth.ts`,
          `set it by hand, if the measurement is wrong: --set use.${name}=…`,
        ],
  };
}

/** Standard errors between two growths that are called different. */
const clearlyDifferent = 2;

/** Of the logarithm. */
const monthly = (log: number): string => signedPercent(Math.expm1(log));

function growthUnlikeHistory(
  { histories }: PlanInputs,
  beliefs: Beliefs,
  name: PlannedResource,
): HistoryContradiction | undefined {
  const history = histories[name];
  if (history?.outcome !== "used") return undefined;
  const { statedGrowth, statedError, source, growth } = beliefs[name];
  const measured = history.growth;
  const stated = dailyDrift(statedGrowth) * daysPerMonth;
  const error = Math.hypot(measured.standardError, Math.max(statedError, leastStatedError));
  if (Math.abs(stated - measured.point) <= clearlyDifferent * error) return undefined;
  const used = {
    measured: "The plan goes by the history; every date is made from it",
    stated: "The plan goes by the stated rate; every date is made from it",
    "stated and measured": `The history is shorter than a year: the plan joins both by their certainty, ${growthText(growth)}, and every date is made from that`,
  }[source];
  return {
    id: "growth-unlike-history",
    subject: name,
    sentence: `Growth of ${name}: stated ${growthText(statedGrowth)}${statedGrowth.form === "linear" ? ", linear" : ""}; its history of ${history.months.length} months has ${monthly(measured.point)} a month (95 %: ${monthly(measured.low)} to ${monthly(measured.high)}). ${used}.`,
    numbers: {
      statedMonthly: Math.expm1(stated),
      measuredMonthly: Math.expm1(measured.point),
      measuredLow: Math.expm1(measured.low),
      measuredHigh: Math.expm1(measured.high),
      months: history.months.length,
    },
    options:
      source === "stated"
        ? ["plan with the measured growth: --growth-from measured, without --set growth"]
        : [
            `state the measured growth of ${name} in profiles/platform/growth.ts`,
            `plan with the stated rate, if something is coming that the history cannot show: --growth-from stated, or --set growth.${name}=…`,
          ],
  };
}

function historyIsOld(
  { figures }: PlanInputs,
  beliefs: Beliefs,
  name: PlannedResource,
): HistoryContradiction | undefined {
  const { unit } = figures.resources[name];
  const { measured, use, source } = beliefs[name].today;
  if (measured === undefined || measured.ageDays <= freshDays) return undefined;
  const used =
    source === "brought forward"
      ? `the plan brings it forward to ${useText(use, unit)}`
      : `the plan starts from ${useText(use, unit)}, set by hand`;
  return {
    id: "history-is-old",
    subject: name,
    sentence: `The history of ${name} ends ${decimal(measured.ageDays, 0)} days before the plan's date (${measured.date}, ${useText(measured.use, unit)}): today's use is not measured; ${used}.`,
    numbers: { ageDays: measured.ageDays, measured: measured.use, used: use },
    options: ["give the months since then", `set today's use by hand: --set use.${name}=…`],
  };
}
