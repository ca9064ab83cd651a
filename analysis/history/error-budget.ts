import { minuteMs, hourMs, dayMs } from "../../src/domain/units.ts";
import { formatCount, percent } from "../../src/domain/number-text.ts";
/**
 * Availability over 28 days and how fast its error budget burns, from counts of a metrics store. Load runs say nothing
 * about it: their requests are few, and all in one hour of the night.
 * @see The Site Reliability Workbook, chapter 5, "Alerting on SLOs": multiple burn rates, each over two windows
 */
import type { Amount, Ratio } from "../../src/domain/written.ts";

/** Requests of one stretch of time. Stretches that were not observed are absent, never 0. */
export interface RequestCount {
  /** Start of the stretch, epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  /** Answered well; 0 ≤ good ≤ total. May be fractional: stores extrapolate. */
  readonly good: number;
  readonly total: number;
}

export interface AvailabilityQuestion {
  /** 0..1, below 1: 0.999. */
  readonly target: number;
  /** Epoch milliseconds: the windows end here. */
  readonly now: number;
}

/** How fast the budget burns: 1 uses it up exactly in 28 days. Absent: nothing was observed, or nobody asked anything. */
interface BurnRate {
  /** Severity of an alert at this rate. */
  readonly severity: "P1" | "P2" | "P3";
  /** Long window, milliseconds. */
  readonly longMs: Amount;
  /** Short window, milliseconds. */
  readonly shortMs: Amount;
  /** Rate that both windows have to exceed. */
  readonly threshold: Amount;
  /** Rate in the long window; absent: no request was counted. */
  readonly long?: Amount;
  /** Rate in the short window; absent: no request was counted. */
  readonly short?: Amount;
  /** Both windows are above: it burns, and it still does. */
  readonly isBurning: boolean;
}

export interface ErrorBudget {
  /** Availability objective, 0..1. */
  readonly target: Ratio;
  /** 0..1 over 28 days; absent: no request was counted. */
  readonly availability?: Ratio;
  /** Share of the budget that is left; below 0 when more than all of it is spent. */
  readonly budgetLeft?: number;
  /** 0..1 of the 28 days that the counts cover. */
  readonly coverage: Ratio;
  /** How fast the budget burns, by severity. */
  readonly burnRates: readonly BurnRate[];
  /** The gravest that burns. */
  readonly severity: "P1" | "P2" | "P3" | "none";
  /** The result in one sentence. */
  readonly sentence: string;
}

const budgetMs = 28 * dayMs;

/**
 * Of 30 days the workbook's thresholds use up 2 % in an hour, 5 % in six and 10 % in three days. The long window tells a real loss
 * from a blip, the short one ends the alarm soon after the loss ends.
 */
const windows = [
  { severity: "P1", longMs: hourMs, shortMs: 5 * minuteMs, threshold: 14.4 },
  { severity: "P2", longMs: 6 * hourMs, shortMs: 30 * minuteMs, threshold: 6 },
  { severity: "P3", longMs: 3 * dayMs, shortMs: 6 * hourMs, threshold: 1 },
] as const;

/** Below this share of the 28 days the availability is reported with a warning. */
const usualCoverage = 0.95;

/**
 * @param counts in any order, not overlapping; what lies outside of the last 28 days is left out, a stretch that a window cuts
 *   counts with its share inside. Stretches of five minutes or less answer every window.
 * @throws RangeError for a target outside of (0, 1), or a count that is no number, negative, or has more good than total
 */
export function errorBudget(
  counts: readonly RequestCount[],
  { target, now }: AvailabilityQuestion,
): ErrorBudget {
  if (!(target > 0 && target < 1))
    throw new RangeError(`the availability target is ${target}, expected between 0 and 1`);
  for (const count of counts) checkCount(count);
  const whole = sumOver(counts, now - budgetMs, now);
  const burnRates = windows.map((window): BurnRate => {
    const long = burnRate(sumOver(counts, now - window.longMs, now), target);
    const short = burnRate(sumOver(counts, now - window.shortMs, now), target);
    const isBurning =
      long !== undefined &&
      short !== undefined &&
      long > window.threshold &&
      short > window.threshold;
    return {
      ...window,
      long,
      short,
      isBurning,
    };
  });
  const burn = burnRate(whole, target);
  const facts = {
    target,
    availability: burn === undefined ? undefined : whole.good / whole.total,
    budgetLeft: burn === undefined ? undefined : 1 - burn,
    coverage: Math.min(1, whole.coveredMs / budgetMs),
    burnRates,
    severity: burnRates.find(({ isBurning }) => isBurning)?.severity ?? "none",
  } as const;
  return { ...facts, sentence: sentenceOf(facts) };
}

function checkCount({ at, durationMs, good, total }: RequestCount): void {
  const isSound =
    Number.isFinite(at) && durationMs > 0 && good >= 0 && total >= good && Number.isFinite(total);
  if (!isSound)
    throw new RangeError(
      `a count has good ${good}, total ${total}, ${durationMs} ms: expected 0 ≤ good ≤ total and a stretch of time`,
    );
}

interface Sum {
  readonly good: number;
  readonly total: number;
  readonly coveredMs: number;
}

function sumOver(counts: readonly RequestCount[], from: number, to: number): Sum {
  let [good, total, coveredMs] = [0, 0, 0];
  for (const count of counts) {
    const inside = Math.min(count.at + count.durationMs, to) - Math.max(count.at, from);
    if (inside <= 0) continue;
    const share = inside / count.durationMs;
    good += share * count.good;
    total += share * count.total;
    coveredMs += inside;
  }
  return { good, total, coveredMs };
}

const burnRate = ({ good, total }: Sum, target: number): number | undefined =>
  total === 0 ? undefined : (total - good) / total / (1 - target);

function sentenceOf({
  target,
  availability,
  budgetLeft,
  coverage,
  burnRates,
}: Omit<ErrorBudget, "sentence">): string {
  if (availability === undefined || budgetLeft === undefined)
    return "availability over 28 days is not known: the metrics store counted no request";
  const left =
    budgetLeft >= 0
      ? `${percent(budgetLeft)} of the error budget is left`
      : `the error budget is spent ${formatCount(1 - budgetLeft)} times over`;
  const burning = burnRates
    .filter(({ isBurning }) => isBurning)
    .map(
      ({ severity, longMs, long = 0 }) =>
        `${severity}: in the last ${spanOf(longMs)} it burned ${formatCount(long)} times as fast as 28 days allow, and still does`,
    );
  const seen =
    coverage >= usualCoverage ? [] : [`the counts cover ${percent(coverage)} of the 28 days`];
  return [
    `availability over 28 days is ${percent(availability)}, target ${percent(target)}; ${left}`,
    ...seen,
    ...burning,
  ].join("; ");
}

const spanOf = (ms: number): string =>
  ms < dayMs
    ? `${ms / hourMs} hour${ms === hourMs ? "" : "s"}`
    : `${ms / dayMs} day${ms === dayMs ? "" : "s"}`;
