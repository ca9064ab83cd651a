/** How many pairs, and minutes, an answer at the margin needs: from the run-to-run noise of the history. */
import type { InterimAnalysis } from "../../src/domain/comparison.ts";
import { formatCount, percent, plural } from "../../src/domain/number-text.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import { studentTQuantile } from "../statistics/student-t.ts";
import { detectionPower } from "./detectable.ts";
import { fewestPairs } from "./signed-rank.ts";
import { gateAnalyses } from "./judge-gate.ts";
import { normalCdf } from "../statistics/normal-cdf.ts";

export interface GatePlanInputs {
  /** The required metrics with their run-to-run noise: standard deviation of the logarithm, 0.03 for 3 %. */
  readonly metrics: readonly { readonly id: string; readonly noise: number }[];
  readonly margin?: number;
  /** The regression that should be called a FAIL, as a share. Default 0.1: at the margin itself no number of pairs decides. */
  readonly effect?: number;
  /** Chance of the right answer. Default 0.9. */
  readonly power?: number;
  readonly analyses?: readonly InterimAnalysis[];
  /** How long one run takes, warm-up and pauses included. */
  readonly runMs?: number;
}

interface PlannedAnalysis extends InterimAnalysis {
  /** Chance that a release that changed nothing passes, all required metrics together. */
  readonly chanceToPass: number;
  /** Chance that a regression of `effect` in the noisiest metric fails. */
  readonly chanceToFail: number;
  /** Of the noisiest metric. */
  readonly minimumDetectableRatio: number;
}

export interface GatePlan {
  /** For a release that changed nothing to PASS, and for one with a regression of `effect` to FAIL. */
  readonly pairsToPass: number;
  readonly pairsToFail: number;
  readonly pairs: number;
  readonly minutes?: number;
  /** Whether the planned analyses reach that far. */
  readonly isReachable: boolean;
  readonly noisiest?: string;
  readonly analyses: readonly PlannedAnalysis[];
  readonly sentence: string;
}

/** The signed-rank test needs this many times the pairs of Student's t where the noise is normal (Lehmann 1975). */
const rankCost = Math.PI / 3;
const mostPairs = 10_000;

/** @param inputs noise > 0 or 0; at least one metric @throws RangeError without metrics */
export function planGate(inputs: GatePlanInputs): GatePlan {
  const {
    metrics,
    margin = 0.05,
    effect = 0.1,
    power = 0.9,
    analyses = gateAnalyses,
    runMs,
  } = inputs;
  const [noisiest] = metrics.toSorted((a, b) => b.noise - a.noise);
  if (noisiest === undefined) throw new RangeError("a gate without a metric has nothing to plan");
  const limit = Math.log(1 + margin);
  const chancePass = (pairs: number): number =>
    metrics.reduce(
      (all, { noise }) => all * chance(limit, noise, pairs, alphaAt(analyses, pairs)),
      1,
    );
  const chanceFail = (pairs: number): number =>
    chance(
      Math.log(1 + effect) - limit,
      noisiest.noise,
      pairs,
      alphaAt(analyses, pairs) / metrics.length,
    );
  const pairsToPass = fewest((pairs) => chancePass(pairs) >= power);
  const pairsToFail = fewest((pairs) => chanceFail(pairs) >= power);
  const pairs = Math.max(pairsToPass, pairsToFail);
  const plan = {
    pairsToPass,
    pairsToFail,
    pairs,
    minutes: runMs === undefined ? undefined : (pairs * 2 * runMs) / 60_000,
    isReachable: pairs <= (analyses.at(-1)?.pairs ?? 0),
    noisiest: noisiest.id,
    analyses: analyses.map((analysis) => ({
      ...analysis,
      chanceToPass: chancePass(analysis.pairs),
      chanceToFail: chanceFail(analysis.pairs),
      minimumDetectableRatio: Math.exp(limit + reach(noisiest.noise, analysis)),
    })),
  };
  return { ...plan, sentence: sentenceOf(plan, { noisiest, margin, effect, power }) };
}

/** α of the analysis at which so many pairs would be judged. */
const alphaAt = (analyses: readonly InterimAnalysis[], pairs: number): number =>
  (analyses.find((analysis) => pairs <= analysis.pairs) ?? analyses.at(-1))?.alpha ?? 0.05;

const standardError = (noise: number, pairs: number): number =>
  (Math.SQRT2 * noise * Math.sqrt(rankCost)) / Math.sqrt(pairs);

/**
 * Chance that a bound clears a margin that lies `room` away, all on the log scale.
 * @see Johnson & Welch (1940), Biometrika 31, for the noncentral t
 */
function chance(room: number, noise: number, pairs: number, alpha: number): number {
  if (pairs < fewestPairs(alpha)) return 0;
  if (noise === 0) return room > 0 ? 1 : 0;
  const t = studentTQuantile(1 - alpha, pairs - 1);
  return normalCdf(
    (room / standardError(noise, pairs) - t) / Math.sqrt(1 + (t * t) / (2 * (pairs - 1))),
  );
}

/** Infinity: so few pairs see no change of any size. */
const reach = (noise: number, { pairs, alpha }: InterimAnalysis): number =>
  pairs < fewestPairs(alpha)
    ? Infinity
    : (studentTQuantile(1 - alpha, pairs - 1) + normalQuantile(detectionPower)) *
      standardError(noise, pairs);

/** The fewest pairs from 5 on that are enough. @returns Infinity beyond 10,000 */
function fewest(isEnough: (pairs: number) => boolean): number {
  for (let pairs = 5; pairs <= mostPairs; pairs++) if (isEnough(pairs)) return pairs;
  return Infinity;
}

function sentenceOf(
  plan: Omit<GatePlan, "sentence">,
  given: {
    readonly noisiest: { readonly id: string; readonly noise: number };
    readonly margin: number;
    readonly effect: number;
    readonly power: number;
  },
): string {
  const { pairsToPass, pairsToFail, isReachable, minutes } = plan;
  const { noisiest, margin, effect, power } = given;
  const noise = `With ${percent(noisiest.noise)} noise from run to run (${noisiest.id})`;
  const time = minutes === undefined ? "" : ` (${formatCount(Math.ceil(minutes))} min)`;
  const needs = `a ${percent(margin)} answer needs ${plural(plan.pairs, "pair")}${time}: ${formatCount(pairsToPass)} to pass a release that changed nothing, ${formatCount(pairsToFail)} to fail one that is ${percent(effect)} worse, each with ${percent(power)}`;
  return isReachable
    ? `${noise} ${needs}.`
    : `${noise} ${needs}. That is more than the gate runs: make the runs longer or the machine quieter.`;
}

/**
 * Run-to-run noise of one metric: standard deviation of the logarithm, from differences of neighbouring runs, so that
 * slow drift, which pairs cancel, is not in it (von Neumann 1941).
 * @param values in the order of the runs, > 0 and finite, others are passed over
 * @returns `undefined` with fewer than 3 values
 */
export function runNoise(values: readonly number[]): number | undefined {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log);
  if (logs.length < 3) return undefined;
  const squares = logs.slice(1).map((log, index) => (log - (logs[index] ?? log)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length / 2);
}
