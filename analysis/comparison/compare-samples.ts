import type { Better, Comparison, ComparisonOutcome } from "../../src/domain/comparison.ts";
import { formatRatio, percent, plural } from "../../src/domain/number-text.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import { neededGrowth, smallestDetectableShift } from "./detectable.ts";
import type { Shift } from "./hodges-lehmann.ts";
import { fewestJudged, independentShift, pairedShift, rounding } from "./hodges-lehmann.ts";
import { exactProduct } from "./mann-whitney.ts";
import type { Scale } from "./scale.ts";
import { chooseScale, medianOf } from "./scale.ts";
import { exactPairs } from "./signed-rank.ts";
import { twoGroups } from "./two-groups.ts";
import { mayDifferInSpread, widenedForSpread } from "./unequal-spread.ts";
import { unitWarnings, type SampleOfRuns } from "./unit-of-comparison.ts";

export interface ComparedSamples {
  /** One value a run, ≥ 0, one unit; Infinity for a run in which most requests got no answer. */
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
  /** The change that matters, as a share: 0.05 (default). */
  readonly margin?: number;
  /** Default "lower". */
  readonly better?: Better;
  /** Do values at the same place belong together (one block, one nightly run)? Default no. */
  readonly paired?: boolean;
  /** Two-sided, of the interval: each side alone holds with (1 + confidence) / 2. Default 0.9. */
  readonly confidence?: number;
  /** A change smaller than this, in the unit of the values, never matters. Default 0. */
  readonly floor?: number;
  /** Epoch milliseconds of the values, where the input has times: values seconds apart are no runs. */
  readonly baselineTimesMs?: readonly number[] | undefined;
  readonly candidateTimesMs?: readonly number[] | undefined;
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
    method: methodOf(samples, scale),
    warnings: [
      ...(doubt === undefined ? [] : [doubt]),
      ...scale.warnings,
      ...samenessOf(samples, shift),
      ...noticesOf(shift, outcome),
      ...groupWarnings(samples, scale),
      ...unitWarnings(runsOf(samples, scale)),
    ],
    chanceOfNoRegression: doubt === undefined ? shift.chanceOfAtMost(scale.margin) : 1,
  };
  const advice =
    outcome === "inconclusive" ? adviceOf(comparison, neededGrowth(shift, scale.margin)) : "";
  return { ...comparison, reason: reasonOf(comparison, { margin, better, doubt, advice }) };
}

function checkSamples({ baseline, candidate, paired = false }: ComparedSamples): void {
  if (baseline.length === 0 || candidate.length === 0)
    throw new RangeError("a comparison needs at least one value on each side");
  if (paired && baseline.length !== candidate.length)
    throw new RangeError(`${baseline.length} and ${candidate.length} values make no pairs`);
  for (const value of [...baseline, ...candidate])
    if (!(value >= 0)) throw new RangeError(`cannot compare ${value}: expected a number ≥ 0`);
}

function shiftOf(samples: ComparedSamples, scale: Scale, alpha: number): Shift {
  if (samples.paired === true) return pairedShift(pairsOf(samples, scale), alpha);
  return twoSampleShift(
    samples.baseline.map(scale.place),
    samples.candidate.map(scale.place),
    alpha,
  );
}

function twoSampleShift(from: readonly number[], to: readonly number[], alpha: number): Shift {
  const shift = independentShift(from, to, alpha);
  return mayDifferInSpread(from, to) ? widenedForSpread(shift, from, to, alpha) : shift;
}

const pairsOf = ({ baseline, candidate }: ComparedSamples, { place }: Scale): number[] =>
  candidate.map((to, index) => place(to) - place(baseline[index] ?? 0));

function methodOf(
  { baseline, candidate, paired = false }: ComparedSamples,
  { place }: Scale,
): string {
  const isExact = paired
    ? baseline.length <= exactPairs
    : baseline.length * candidate.length <= exactProduct;
  const [of, test] = paired ? ["pairs", "signed-rank"] : ["two samples", "Mann–Whitney"];
  const isWidened = !paired && mayDifferInSpread(baseline.map(place), candidate.map(place));
  const widened = isWidened ? ", no narrower than Brunner and Munzel's for unequal spreads" : "";
  return `Hodges–Lehmann of ${of}, ${isExact ? "exact" : "approximate"} ${test} interval${widened}`;
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

function noticesOf({ low }: Shift, outcome: ComparisonOutcome): Warning[] {
  const notices: Warning[] = [];
  if (outcome === "pass" && low > rounding)
    notices.push({
      code: "small-regression",
      message: "worse than the baseline for certain, by less than the margin: watch it add up",
    });
  return notices;
}

/** What has to come from different runs: the values of each side, or the differences of pairs. */
function runsOf(samples: ComparedSamples, scale: Scale): SampleOfRuns[] {
  const { baseline, candidate, baselineTimesMs, candidateTimesMs } = samples;
  if (samples.paired === true)
    return [{ name: "pairs", places: pairsOf(samples, scale), timesMs: baselineTimesMs }];
  return [
    { name: "baseline", places: baseline.map(scale.place), timesMs: baselineTimesMs },
    { name: "candidate", places: candidate.map(scale.place), timesMs: candidateTimesMs },
  ];
}

function groupWarnings({ baseline, candidate }: ComparedSamples, scale: Scale): Warning[] {
  const sides = [
    { name: "baseline", values: baseline },
    { name: "candidate", values: candidate },
  ];
  return sides.flatMap(({ name, values }) => {
    const groups = twoGroups(values.map(scale.place), scale.margin);
    if (groups === undefined) return [];
    const ratio = scale.ratioOf(medianOf(groups.upper) - medianOf(groups.lower));
    const message = `the values of the ${name} fall into two groups, ${groups.lower.length} and ${groups.upper.length} of ${values.length}, a factor of ${formatRatio(Math.max(ratio, 1 / ratio))} apart: find out in what their runs differ`;
    return [{ code: "two-groups", message }];
  });
}

interface ReasonParts {
  readonly margin: number;
  readonly better: Better;
  readonly doubt: Warning | undefined;
  readonly advice: string;
}

type Numbers = Omit<Comparison, "reason">;

function reasonOf(numbers: Numbers, { margin, better, doubt, advice }: ReasonParts): string {
  const { outcome, ratio, low, high, confidence, nBaseline, nCandidate } = numbers;
  const count =
    nBaseline === nCandidate ? `n = ${nBaseline}` : `n = ${nBaseline} and ${nCandidate}`;
  const measured = `${formatRatio(ratio)} times the baseline`;
  if (doubt !== undefined) return `${measured} (${count}); ${doubt.message}.`;
  const found = `${measured} (${percent(confidence)} interval ${formatRatio(low)} to ${formatRatio(high)}, ${count})`;
  const limit = formatRatio(better === "lower" ? 1 + margin : 1 / (1 + margin));
  if (outcome === "pass") return `${found}; within the limit of ${limit}.`;
  if (outcome === "fail") return `${found}; beyond the limit of ${limit}.`;
  return `${found}; inconclusive: the interval includes the limit of ${limit}. ${advice}`;
}

/** More values than anybody would wait for. */
const mostAdvised = 1000;

/** How many values would decide, as long as more values of the same kind would decide at all. */
function adviceOf(
  { nBaseline, nCandidate, warnings }: Omit<Comparison, "reason">,
  growth: number,
): string {
  if (warnings.some(({ code }) => code === "zero-baseline"))
    return "A baseline of 0 needs a floor, the smallest change that matters.";
  if (warnings.some(({ code }) => code === "two-groups"))
    return "Values of one side fall into two groups: more values of such a mixture would not settle one ratio. Find out in what the runs of the groups differ.";
  const needed = Math.ceil(growth * Math.min(nBaseline, nCandidate)) + 1;
  return needed > mostAdvised
    ? "The ratio is so close to the limit that more values would hardly decide it."
    : `If the ratio stays, about ${needed} values on each side would decide it.`;
}
