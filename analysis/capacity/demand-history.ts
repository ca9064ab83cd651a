/**
 * What a history of use says: today's level, and a model of its months. Daily and weekly points are averaged to months first.
 * Only a history that is too short to have a growth is refused; one without growth is evidence of none.
 */
import { decimal } from "../../src/domain/number-text.ts";
import { isoDate } from "../../src/domain/time-text.ts";
import type { Backtest, Trend } from "../../src/domain/capacity-plan.ts";
import { daysPerMonth } from "./growth.ts";
import {
  estimateUsage,
  growthAhead,
  leastSeasonMonths,
  type GrowthEstimate,
  type MonthlyUse,
  type OneStepForecast,
  type UsageModel,
} from "./usage-model.ts";

export interface UsePoint {
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  /** > 0. */
  readonly use: number;
}

/** The newest measured level. */
export interface NewestUse {
  /** Use of the newest month or week; of daily points, the mean of the last seven days. */
  readonly use: number;
  /** Its last day, in days since 1970-01-01, and that day or month as it was written: `2026-11`. */
  readonly day: number;
  readonly date: string;
  /** What was averaged, where something was. */
  readonly averagedDays?: number | undefined;
}

interface ReadHistory {
  /** By month, each at its middle; in the unit that was read. */
  readonly points: readonly UsePoint[];
  readonly months: readonly MonthlyUse[];
  /** Absent: the history has no point, or its unit is not the resource's. */
  readonly newest: NewestUse | undefined;
  /** Middle of the newest month, in days since 1970-01-01. */
  readonly lastMiddle: number | undefined;
  readonly notes: readonly string[];
}

export type HistoryReading = ReadHistory &
  (
    | {
        readonly outcome: "used";
        readonly trend: Trend;
        readonly model: UsageModel;
        /** A month, of the logarithm: that of the history alone. */
        readonly growth: GrowthEstimate;
        readonly backtest: Backtest;
      }
    | {
        readonly outcome: "refused";
        readonly reason: string;
      }
  );

export interface HistoryOptions {
  /** Points after this day are left out. Absent: none is. */
  readonly planDay?: number | undefined;
  readonly trend?: Trend;
  /** Why the points cannot be a level of the resource: `it has no unit`. They still say how it grew. */
  readonly unitProblem?: string | undefined;
}

/** Three changes are the least that have a spread. */
export const leastHistoryMonths = 4;
/** From so many months on, the history alone says how use grows. */
export const sufficientHistoryMonths = 12;

/** @param given ascending in time, each use > 0 */
export function readDemandHistory(
  given: readonly UsePoint[],
  { planDay = Infinity, trend = "best", unitProblem }: HistoryOptions = {},
): HistoryReading {
  const points = given.filter(({ day }) => day <= planDay);
  const late = given.length - points.length;
  const { monthly, months, averaged } = byMonth(points);
  const read: ReadHistory = {
    points: monthly,
    months,
    newest: unitProblem === undefined ? newestOf(points) : undefined,
    lastMiddle: monthly.at(-1)?.day,
    notes: [
      ...(late === 0
        ? []
        : [`${late} ${late === 1 ? "point" : "points"} after the plan's date left out`]),
      ...(averaged === undefined ? [] : [averaged]),
      ...(unitProblem === undefined
        ? []
        : [`${unitProblem}: the history says how use grew, not what is used today`]),
    ],
  };
  if (months.length < leastHistoryMonths)
    return {
      ...read,
      outcome: "refused",
      reason: `the history has ${months.length} ${months.length === 1 ? "month" : "months"} (${given.length} ${given.length === 1 ? "point" : "points"}): too few for a growth, give at least ${leastHistoryMonths} (${sufficientHistoryMonths} are better)`,
    };
  const model = estimateUsage(months, { trend });
  const growth = growthAhead(model);
  return {
    ...read,
    outcome: "used",
    trend,
    model,
    growth,
    backtest: backtestOf(months, model.oneStep),
    notes: [...read.notes, ...growthNotes(months, growth)],
  };
}

function growthNotes(
  months: readonly MonthlyUse[],
  { low, high }: GrowthEstimate,
): readonly string[] {
  const span = (months.at(-1)?.month ?? 0) - (months[0]?.month ?? 0) + 1;
  return [
    ...(low <= 0 && high >= 0 ? ["its growth cannot be distinguished from no growth"] : []),
    ...(span < leastSeasonMonths
      ? [
          `its ${span} months are less than two years: a yearly season cannot be separated from growth`,
        ]
      : []),
  ];
}

/** Points closer than this are averaged to months. */
const finestMonthlyDays = 20;
/** Daily points: their weekdays differ, so that the newest level is the mean of a week. */
const dailyDays = 1.5;
const weekDays = 7;

/** Days between neighbouring points, the median. */
function spacingOf(points: readonly UsePoint[]): number {
  const gaps = points
    .slice(1)
    .map(({ day }, index) => day - (points[index]?.day ?? day))
    .toSorted((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? daysPerMonth;
}

/** Whether the points are months written as their first day: `2026-11`. */
const areMonths = (points: readonly UsePoint[]): boolean =>
  points.length > 0 && points.every(({ day }) => isoDay(day).endsWith("-01"));

const isoDay = (day: number): string => isoDate(day * 86_400_000);

interface MonthlyMeans {
  readonly monthly: readonly UsePoint[];
  readonly months: readonly MonthlyUse[];
  /** What was averaged, in words. */
  readonly averaged: string | undefined;
}

/**
 * Months of 30.4375 days, counted back from the newest point. One that has less than half of its points is left out, as a
 * month that was not measured: the mean of a few days is no month.
 */
function byMonth(points: readonly UsePoint[]): MonthlyMeans {
  const last = points.at(-1);
  if (last === undefined) return { monthly: [], months: [], averaged: undefined };
  const spacing = spacingOf(points);
  const isFine = spacing < finestMonthlyDays;
  const end = last.day + spacing / 2;
  const shift = areMonths(points) ? daysPerMonth / 2 : 0;
  const groups = new Map<number, UsePoint[]>();
  for (const point of points) {
    const back = isFine
      ? Math.floor((end - point.day) / daysPerMonth)
      : Math.round((last.day - point.day) / daysPerMonth);
    const group = groups.get(back);
    if (group === undefined) groups.set(back, [point]);
    else group.push(point);
  }
  const least = isFine ? daysPerMonth / spacing / 2 : 1;
  const means = [...groups]
    .filter(([, group]) => group.length >= least)
    .toSorted(([a], [b]) => b - a)
    .map(([back, group]) => ({
      month: -back,
      use: group.reduce((sum, { use }) => sum + use, 0) / group.length,
      day: isFine
        ? end - (back + 0.5) * daysPerMonth
        : group.reduce((sum, { day }) => sum + day, 0) / group.length + shift,
    }));
  return {
    monthly: means.map(({ day, use }) => ({ day, use })),
    months: means.map(({ month, use }) => ({ month, logUse: Math.log(use) })),
    averaged: isFine
      ? `${points.length} points, ${decimal(spacing)} ${spacing === 1 ? "day" : "days"} apart, averaged to ${means.length} ${means.length === 1 ? "month" : "months"}`
      : undefined,
  };
}

function newestOf(points: readonly UsePoint[]): NewestUse | undefined {
  const last = points.at(-1);
  if (last === undefined) return undefined;
  if (areMonths(points))
    return {
      use: last.use,
      day: last.day + Math.floor(daysPerMonth) - 1,
      date: isoDay(last.day).slice(0, 7),
    };
  if (spacingOf(points) > dailyDays || points.length === 1)
    return { use: last.use, day: last.day, date: isoDay(last.day) };
  const week = points.filter(({ day }) => day > last.day - weekDays);
  return {
    use: week.reduce((sum, { use }) => sum + use, 0) / week.length,
    day: last.day,
    date: isoDay(last.day),
    averagedDays: week.length,
  };
}

/** Half of what lies outside an 80 % interval, on either side. */
const tail = 0.1;

/** Each month against its forecast from the months before, and against "as the month before". */
function backtestOf(months: readonly MonthlyUse[], oneStep: readonly OneStepForecast[]): Backtest {
  const before = new Map(months.slice(1).map(({ month }, index) => [month, months[index]?.logUse]));
  let [ours, naive, inside] = [0, 0, 0];
  for (const { month, logUse, expected, probability } of oneStep) {
    const use = Math.exp(logUse);
    ours += Math.abs(use - Math.exp(expected));
    naive += Math.abs(use - Math.exp(before.get(month) ?? logUse));
    inside += Number(probability >= tail && probability <= 1 - tail);
  }
  const size = months.reduce((sum, { logUse }) => sum + Math.exp(logUse), 0);
  return {
    forecasts: oneStep.length,
    // A history that never changes has no error to compare with.
    relativeError: naive > size * 1e-9 ? ours / naive : undefined,
    coverage: oneStep.length === 0 ? undefined : inside / oneStep.length,
  };
}
