/** The release gate's judgement: pairs of interleaved runs, looked at a few times, with the chance of error shared out. */
import { formatRatio, percent, plural } from "../../src/domain/number-text.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import type { PairComparison } from "./compare-pairs.ts";
import { comparePairs } from "./compare-pairs.ts";
import type { ComparedSamples, Comparison, ComparisonOutcome } from "./compare-samples.ts";
import { rounding } from "./hodges-lehmann.ts";
import type { MetricHead, MetricOutcome } from "./judge-metrics.ts";
import { judgeMetrics } from "./judge-metrics.ts";
import type { Better } from "./scale.ts";
import { valueWarnings } from "./value-warnings.ts";

/** One metric of all pairs so far; the same index is the same pair. A run without a value leaves `undefined`. */
export interface GateMetric extends MetricHead {
  /** Which direction is better. */
  readonly better: Better;
  /** A change smaller than this, in the unit of the values, never matters. */
  readonly floor?: number;
  readonly baseline: readonly (number | undefined)[];
  readonly candidate: readonly (number | undefined)[];
  /** A second deployment of the baseline (A′), run inside the same pairs. */
  readonly nullArm?: readonly (number | undefined)[];
}

/** After so many pairs the data are looked at, each side of each interval with this α. */
export interface Look {
  readonly pairs: number;
  readonly alpha: number;
}

/**
 * 0.05 in all for each direction, spent as 0.015, 0.015, 0.02: valid whatever the looks have to do with each other
 * (Bonferroni). Ten pairs are the first look because at these levels fewer could hardly answer.
 */
export const gateLooks: readonly Look[] = [
  { pairs: 10, alpha: 0.015 },
  { pairs: 15, alpha: 0.015 },
  { pairs: 20, alpha: 0.02 },
];

/** Post-deployment validation: one look at the fewest pairs that can answer at all. */
export const quickLooks: readonly Look[] = [{ pairs: 5, alpha: 0.05 }];

/** An A/A′ interval wholly outside ± 2.5 % says that something but the release moves the numbers. */
export const nullMargin = 0.025;

export interface GateInputs {
  readonly metrics: readonly GateMetric[];
  readonly margin?: number;
  readonly looks?: readonly Look[];
  /** No more pairs will come: judge what is there, with the α of the look that was not reached. */
  readonly isOver?: boolean;
}

interface GateMetricJudgement extends MetricHead, MetricOutcome {
  /** Absent: not one pair has a value on both sides. */
  readonly comparison?: PairComparison;
  readonly nullControl?: PairComparison;
}

export interface GateJudgement {
  readonly outcome: ComparisonOutcome | "invalid";
  /** Pairs that were run. */
  readonly pairs: number;
  /** The look that decided, or the last one taken; absent before the first. */
  readonly look?: Look;
  /** The look still to come; absent where the answer is clear or no look is left. */
  readonly next?: Look;
  readonly metrics: readonly GateMetricJudgement[];
  readonly warnings: readonly Warning[];
  readonly reason: string;
}

/** Takes the looks in order, each with the pairs it was meant for, and stops at the first clear answer. */
export function judgeGate(inputs: GateInputs): GateJudgement {
  const { metrics, looks = gateLooks, isOver = false } = inputs;
  const pairs = Math.max(0, ...metrics.map(pairsOf));
  const next = looks.find((look) => look.pairs > pairs);
  let latest: GateJudgement | undefined;
  for (const look of dueLooks(looks, pairs, isOver)) {
    latest = { pairs, look, ...judgeLook(inputs, look) };
    if (latest.outcome !== "inconclusive") return latest;
  }
  const isOpen = next !== undefined && !isOver;
  if (latest === undefined) return tooEarly(pairs, next, isOpen);
  return { ...latest, ...(isOpen ? { next } : {}) };
}

const pairsOf = ({ baseline, candidate }: GateMetric): number =>
  Math.min(baseline.length, candidate.length);

function dueLooks(looks: readonly Look[], pairs: number, isOver: boolean): Look[] {
  const due = looks.filter((look) => look.pairs <= pairs);
  const missed = looks[due.length];
  const isBetween = isOver && missed !== undefined && (due.at(-1)?.pairs ?? 0) < pairs;
  return isBetween ? [...due, { pairs, alpha: missed.alpha }] : due;
}

function tooEarly(pairs: number, next: Look | undefined, isOpen: boolean): GateJudgement {
  const needed = next?.pairs ?? gateLooks[0]?.pairs ?? 0;
  return {
    outcome: "inconclusive",
    pairs,
    next: isOpen && next !== undefined ? next : undefined,
    metrics: [],
    warnings: [],
    reason: `${plural(pairs, "pair")} so far: an answer needs at least ${needed}.`,
  };
}

type LookJudgement = Pick<GateJudgement, "outcome" | "metrics" | "warnings" | "reason">;

function judgeLook({ metrics, margin = 0.05 }: GateInputs, look: Look): LookJudgement {
  const judged = judgeMetrics(
    metrics.map((metric) => compareMetric(metric, look, margin)),
    look.alpha,
  );
  const fault = faultOf(judged.metrics);
  return {
    outcome: fault === undefined ? judged.outcome : "invalid",
    metrics: judged.metrics,
    warnings: [
      ...metrics.filter(({ required }) => required).flatMap((metric) => missingPairs(metric, look)),
      ...valueWarnings(judged.metrics.map((each, index) => withValues(each, metrics[index]))),
    ],
    reason: fault ?? reasonAt(look, judged),
  };
}

const withValues = <Judged>(judged: Judged, metric: GateMetric | undefined) => ({
  ...judged,
  baseline: metric?.baseline ?? [],
  candidate: metric?.candidate ?? [],
});

const reasonAt = (
  { pairs }: Look,
  { outcome, reason }: Pick<LookJudgement, "outcome" | "reason">,
): string => (outcome === "inconclusive" ? `Not clear after ${pairs} pairs. ${reason}` : reason);

type ComparedGateMetric = MetricHead & Pick<GateMetricJudgement, "comparison" | "nullControl">;

function compareMetric(metric: GateMetric, look: Look, margin: number): ComparedGateMetric {
  const { id, title, required, better, floor = 0 } = metric;
  const [baseline, candidate] = completePairs(metric.baseline, metric.candidate, look.pairs);
  const shared = { better, confidence: 1 - 2 * look.alpha };
  const comparison = compared(baseline, candidate, { ...shared, margin, floor });
  const [first, second] = completePairs(metric.baseline, metric.nullArm ?? [], look.pairs);
  // A floor smaller by as much as the margin: the same is added to values near zero as in the comparison itself.
  const nullFloor = (floor * nullMargin) / margin;
  const nullControl = compared(first, second, { ...shared, margin: nullMargin, floor: nullFloor });
  return comparedMetric({ id, title, required }, comparison, nullControl);
}

/** What could not be compared is absent. */
export const comparedMetric = (
  head: MetricHead,
  comparison: PairComparison | undefined,
  nullControl: PairComparison | undefined,
): ComparedGateMetric => ({
  ...head,
  comparison,
  nullControl,
});

const compared = (
  baseline: readonly number[],
  candidate: readonly number[],
  options: Omit<ComparedSamples, "baseline" | "candidate" | "paired">,
): PairComparison | undefined =>
  baseline.length === 0 ? undefined : comparePairs({ baseline, candidate, ...options });

/** Both values of the pairs that have both. */
export function completePairs(
  one: readonly (number | undefined)[],
  other: readonly (number | undefined)[],
  pairs: number,
): [number[], number[]] {
  const complete: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const [from, to] = [one[pair], other[pair]];
    if (from === undefined || to === undefined) continue;
    complete[0].push(from);
    complete[1].push(to);
  }
  return complete;
}

function missingPairs({ title, baseline, candidate }: GateMetric, { pairs }: Look): Warning[] {
  const [complete] = completePairs(baseline, candidate, pairs);
  if (complete.length === pairs) return [];
  const message = `${title}: ${pairs - complete.length} of ${pairs} pairs lack a value on one side and were left out`;
  return [{ code: "incomplete-pairs", message }];
}

/** Why the gate cannot be judged at all. */
function faultOf(metrics: readonly GateMetricJudgement[]): string | undefined {
  const silent = metrics.find(({ required, comparison }) => required && comparison === undefined);
  if (silent !== undefined)
    return `${silent.title}: not one pair has a value on both sides. A required metric that was not measured decides nothing.`;
  return movedBaseline(metrics);
}

/** In words, where two deployments of the baseline differ. */
export function movedBaseline(
  metrics: readonly Pick<GateMetricJudgement, "title" | "required" | "nullControl">[],
): string | undefined {
  const moved = metrics.find(({ required, nullControl }) => required && isMoved(nullControl));
  if (moved?.nullControl === undefined) return undefined;
  const { low, high, confidence } = moved.nullControl;
  return `${moved.title}: two deployments of the same baseline differ by more than ${percent(nullMargin)} (${formatRatio(low)} to ${formatRatio(high)}, ${percent(confidence)} interval). Something but the release moves the numbers; run the gate again on another host or deployment.`;
}

const isMoved = (nullControl: Comparison | undefined): boolean =>
  nullControl !== undefined &&
  (nullControl.low > 1 + nullMargin + rounding ||
    nullControl.high < 1 / (1 + nullMargin) - rounding);
