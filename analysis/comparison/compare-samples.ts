import type { Warning } from "../../src/domain/estimate.ts";
import { percent, plural, shortest } from "../phrases.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import { neededGrowth, smallestDetectableShift } from "./detectable.ts";
import type { Shift } from "./hodges-lehmann.ts";
import { fewestJudged, independentShift, pairedShift, rounding } from "./hodges-lehmann.ts";
import { exactProduct } from "./mann-whitney.ts";
import type { Better, Scale } from "./scale.ts";
import { chooseScale, medianOf } from "./scale.ts";
import { exactPairs } from "./signed-rank.ts";

export type ComparisonOutcome = "pass" | "fail" | "inconclusive";

export interface ComparedSamples {
  /** One value a run, ≥ 0, one unit; Infinity for a run in which most requests got no answer. */
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
  /** The change that matters, as a share: 0.05 (default). */
  readonly margin?: number;
  /** Default "lower". */
  readonly better?: Better;
  /** Do values at the same place belong together (one block, one night)? Default no. */
  readonly paired?: boolean;
  /** Two-sided, of the interval: each side alone holds with (1 + confidence) / 2. Default 0.9. */
  readonly confidence?: number;
  /** A change smaller than this, in the unit of the values, never matters. Default 0. */
  readonly floor?: number;
}

/** Is the candidate more than the margin worse than the baseline? Ratios are candidate / baseline. */
export interface Comparison {
  readonly outcome: ComparisonOutcome;
  readonly ratio: number;
  /** 0 and Infinity where the samples set no bound. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly nBaseline: number;
  readonly nCandidate: number;
  /**
   * The ratio closest to 1 on the bad side that samples like these call a FAIL with a chance of 80 %; above 1 where
   * lower is better, below 1 where higher is. Infinity (or 0): no change of any size would have been seen.
   */
  readonly minimumDetectableRatio: number;
  readonly method: string;
  readonly warnings: readonly Warning[];
  /** One sentence for people. */
  readonly reason: string;
  /** The p value of "at most the margin worse"; FAIL where it is at most α. 1 where there is too little to judge. */
  readonly chanceOfNoRegression: number;
}

/**
 * Non-inferiority test with three outcomes. PASS: the whole interval lies on the good side of the margin; FAIL: wholly
 * beyond it; else INCONCLUSIVE. Too few values are always INCONCLUSIVE.
 * @throws RangeError on an empty sample, a value that is NaN or negative, paired samples of unequal length
 * @see Schuirmann (1987), J. Pharmacokinet. Biopharm. 15(6); Wellek (2010), Testing Statistical Hypotheses of Equivalence
 */
export function compareSamples(samples: ComparedSamples): Comparison {
  checkSamples(samples);
  const { baseline, candidate, better = "lower" } = samples;
  const { margin = 0.05, floor = 0, confidence = 1 - 2 * oneSidedAlpha } = samples;
  const alpha = (1 - confidence) / 2;
  const scale = chooseScale(baseline, candidate, { margin, better, floor });
  const measured = shiftOf(samples, scale, alpha);
  const doubt = doubtOf(samples, alpha);
  const shift = doubt === undefined ? measured : { ...measured, low: -Infinity, high: Infinity };
  const outcome = outcomeOf(shift, scale.margin);
  const [low = 0, high = Infinity] = [shift.low, shift.high]
    .map(scale.ratioOf)
    .toSorted((a, b) => a - b);
  const comparison = {
    outcome,
    ratio: scale.ratioOf(shift.point),
    low,
    high,
    confidence,
    nBaseline: baseline.length,
    nCandidate: candidate.length,
    minimumDetectableRatio: scale.ratioOf(smallestDetectableShift(shift, scale.margin, alpha)),
    method: methodOf(samples),
    warnings: [
      ...(doubt === undefined ? [] : [doubt]),
      ...scale.warnings,
      ...samenessOf(samples, shift),
      ...noticesOf(shift, outcome, samples),
    ],
    chanceOfNoRegression: doubt === undefined ? shift.chanceOfAtMost(scale.margin) : 1,
  };
  const growth = outcome === "inconclusive" ? neededGrowth(shift, scale.margin) : 1;
  return { ...comparison, reason: reasonOf(comparison, { margin, better, doubt, growth }) };
}

function checkSamples({ baseline, candidate, paired = false }: ComparedSamples): void {
  if (baseline.length === 0 || candidate.length === 0)
    throw new RangeError("a comparison needs at least one value on each side");
  if (paired && baseline.length !== candidate.length)
    throw new RangeError(`${baseline.length} and ${candidate.length} values make no pairs`);
  for (const value of [...baseline, ...candidate])
    if (!(value >= 0)) throw new RangeError(`cannot compare ${value}: expected a number ≥ 0`);
}

function shiftOf(
  { baseline, candidate, paired = false }: ComparedSamples,
  scale: Scale,
  alpha: number,
) {
  const from = baseline.map(scale.place);
  const to = candidate.map(scale.place);
  if (!paired) return independentShift(from, to, alpha);
  return pairedShift(
    to.map((place, index) => place - (from[index] ?? 0)),
    alpha,
  );
}

function methodOf({ baseline, candidate, paired = false }: ComparedSamples): string {
  const isExact = paired
    ? baseline.length <= exactPairs
    : baseline.length * candidate.length <= exactProduct;
  const [of, test] = paired ? ["pairs", "signed-rank"] : ["two samples", "Mann–Whitney"];
  return `Hodges–Lehmann of ${of}, ${isExact ? "exact" : "approximate"} ${test} interval`;
}

/** Why nothing can be decided whatever the values are. */
function doubtOf(
  { baseline, candidate, paired = false }: ComparedSamples,
  alpha: number,
): Warning | undefined {
  if (medianOf(baseline) === Infinity) {
    const message =
      "most runs of the baseline were unbounded (more requests failed than the quantile leaves room for): nothing can be compared with it";
    return { code: "unbounded-baseline", message };
  }
  const needed = fewestJudged(paired ? "paired" : "independent", alpha);
  const fewest = Math.min(baseline.length, candidate.length);
  if (fewest >= needed) return undefined;
  const message = paired
    ? `${plural(fewest, "pair")}: an answer needs at least ${needed}`
    : `${baseline.length} and ${candidate.length} values: an answer needs at least ${needed} on each side`;
  return { code: "too-few-values", message };
}

function outcomeOf({ low, high }: Shift, margin: number): ComparisonOutcome {
  if (high < margin - rounding) return "pass";
  return low > margin + rounding ? "fail" : "inconclusive";
}

/** Values that are more alike than measurements are. They are judged as they stand. */
function samenessOf(
  { baseline, candidate, paired = false }: ComparedSamples,
  { low, high }: Shift,
): Warning[] {
  const messages: string[] = [];
  if (baseline.length > 1 && new Set([...baseline, ...candidate]).size === 1)
    messages.push("all values are equal: check that they are measurements");
  else if (isSame(baseline, candidate))
    messages.push("both sides hold the same values: check that they come from different runs");
  else if (new Set(baseline).size === 1 && new Set(candidate).size === 1)
    messages.push("the values of each side do not vary at all: check that they are measurements");
  else if (paired && low === high)
    messages.push("all pairs have the same ratio: check that they were measured apart");
  return messages.map((message) => ({ code: "no-spread", message }));
}

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length > 1 &&
  one.length === other.length &&
  one.every((value, index) => value === other[index]);

/** More values than anybody makes runs: they are likely to be requests, whose spread inside a run says too little. */
const manyValues = 100;

function noticesOf(
  { low }: Shift,
  outcome: ComparisonOutcome,
  { baseline, candidate }: ComparedSamples,
): Warning[] {
  const notices: Warning[] = [];
  if (outcome === "pass" && low > rounding)
    notices.push({
      code: "small-regression",
      message: "worse than the baseline for certain, by less than the margin: watch it add up",
    });
  if (Math.max(baseline.length, candidate.length) > manyValues)
    notices.push({
      code: "unit-of-comparison",
      message: `more than ${manyValues} values: give one value a run. Requests of one run depend on each other, and their interval is too narrow for a comparison of runs`,
    });
  return notices;
}

interface ReasonParts {
  readonly margin: number;
  readonly better: Better;
  readonly doubt: Warning | undefined;
  readonly growth: number;
}

type Numbers = Omit<Comparison, "reason">;

function reasonOf(numbers: Numbers, { margin, better, doubt, growth }: ReasonParts): string {
  const { outcome, ratio, low, high, confidence, nBaseline, nCandidate } = numbers;
  const count =
    nBaseline === nCandidate ? `n = ${nBaseline}` : `n = ${nBaseline} and ${nCandidate}`;
  const measured = `${ratioText(ratio)} times the baseline`;
  if (doubt !== undefined) return `${measured} (${count}); ${doubt.message}.`;
  const found = `${measured} (${percent(confidence)} interval ${ratioText(low)} to ${ratioText(high)}, ${count})`;
  const limit = ratioText(better === "lower" ? 1 + margin : 1 / (1 + margin));
  if (outcome === "pass") return `${found}; within the limit of ${limit}.`;
  if (outcome === "fail") return `${found}; beyond the limit of ${limit}.`;
  return `${found}; too uncertain to tell against the limit of ${limit}. ${adviceOf(numbers, growth)}`;
}

/** How many values would decide, as long as anybody would wait for them. */
function adviceOf({ nBaseline, nCandidate, warnings }: Numbers, growth: number): string {
  if (warnings.some(({ code }) => code === "zero-baseline"))
    return "A baseline of 0 needs a floor, the smallest change that matters.";
  const needed = Math.ceil(growth * Math.min(nBaseline, nCandidate)) + 1;
  return needed > 1000
    ? "The ratio is so close to the limit that more values would hardly decide it."
    : `If the ratio stays, about ${needed} values on each side would decide it.`;
}

/** Three digits after the point: 5 % is what matters, 0.1 % is not. */
export const ratioText = (ratio: number): string =>
  Number.isFinite(ratio) && ratio < 1000
    ? ratio.toFixed(3)
    : ratio === Infinity
      ? "∞"
      : shortest(ratio);
