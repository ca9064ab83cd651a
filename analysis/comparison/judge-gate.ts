/** The release gate's judgement: pairs of interleaved runs, with interim analyses that share the chance of error. */
import type {
  Better,
  Comparison,
  ComparisonOutcome,
  InterimAnalysis,
  MetricHead,
  MetricOutcome,
  PairComparison,
} from "../../src/domain/comparison.ts";
import { formatRatio, percent, plural } from "../../src/domain/number-text.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import { comparePairs } from "./compare-pairs.ts";
import type { ComparedSamples } from "./compare-samples.ts";
import { rounding } from "./hodges-lehmann.ts";
import { judgeMetrics } from "./judge-metrics.ts";
import { valueWarnings } from "./value-warnings.ts";

/** One metric of all pairs so far; the same index is the same pair. A run without a value leaves `undefined`. */
export interface GateMetric extends MetricHead {
  /** Which direction is better. */
  readonly better: Better;
  /** A change smaller than this, in the unit of the values, never matters. */
  readonly floor?: number;
  readonly baseline: readonly (number | undefined)[];
  readonly candidate: readonly (number | undefined)[];
  /** The A/A control: a second deployment of the baseline, run inside the same pairs. */
  readonly control?: readonly (number | undefined)[];
}

/**
 * 0.035 in all for each direction, at one level for every analysis (Pocock 1977): each uses the pairs of the one before,
 * so that five at 0.012 have less than 0.05 together. 0.017 would come to 0.047, and answer no sooner in the median. The first comes after six pairs: five could not FAIL one of
 * seven metrics at this level.
 */
export const gateAnalyses: readonly InterimAnalysis[] = [6, 8, 11, 15, 20].map((pairs) => ({
  pairs,
  alpha: 0.012,
}));

/** Post-deployment validation: one analysis of the fewest pairs that can answer at all. */
export const quickAnalyses: readonly InterimAnalysis[] = [{ pairs: 5, alpha: 0.05 }];

/** An interval of the A/A control wholly outside ± 2.5 % says that something but the release moves the numbers. */
export const controlMargin = 0.025;

export interface GateInputs {
  readonly metrics: readonly GateMetric[];
  readonly margin?: number;
  readonly analyses?: readonly InterimAnalysis[];
  /** No more pairs will come: judge what is there, with the α of the analysis that was not reached. */
  readonly isOver?: boolean;
}

interface GateMetricJudgement extends MetricHead, MetricOutcome {
  /** Absent: not one pair has a value on both sides. */
  readonly comparison?: PairComparison;
  readonly controlComparison?: PairComparison;
}

export interface GateJudgement {
  readonly outcome: ComparisonOutcome | "invalid";
  /** Pairs that were run. */
  readonly pairs: number;
  /** The analysis that decided, or the last one; absent before the first. */
  readonly lastAnalysis?: InterimAnalysis;
  /** The next analysis; absent where the answer is clear or none is left. */
  readonly next?: InterimAnalysis;
  readonly metrics: readonly GateMetricJudgement[];
  readonly warnings: readonly Warning[];
  readonly reason: string;
}

/** Makes the analyses in order, each of the pairs it was planned for, and stops at the first clear answer. */
export function judgeGate(inputs: GateInputs): GateJudgement {
  const { metrics, analyses = gateAnalyses, isOver = false } = inputs;
  const pairs = Math.max(0, ...metrics.map(pairsOf));
  const next = analyses.find((analysis) => analysis.pairs > pairs);
  let latest: GateJudgement | undefined;
  for (const analysis of dueAnalyses(analyses, pairs, isOver)) {
    latest = { pairs, lastAnalysis: analysis, ...judgeAnalysis(inputs, analysis) };
    if (latest.outcome !== "inconclusive") return latest;
  }
  const isOpen = next !== undefined && !isOver;
  if (latest === undefined) return tooEarly(pairs, next, isOpen);
  return { ...latest, ...(isOpen ? { next } : {}) };
}

const pairsOf = ({ baseline, candidate }: GateMetric): number =>
  Math.min(baseline.length, candidate.length);

function dueAnalyses(
  analyses: readonly InterimAnalysis[],
  pairs: number,
  isOver: boolean,
): InterimAnalysis[] {
  const due = analyses.filter((analysis) => analysis.pairs <= pairs);
  const missed = analyses[due.length];
  const isBetween = isOver && missed !== undefined && (due.at(-1)?.pairs ?? 0) < pairs;
  return isBetween ? [...due, { pairs, alpha: missed.alpha }] : due;
}

function tooEarly(
  pairs: number,
  next: InterimAnalysis | undefined,
  isOpen: boolean,
): GateJudgement {
  const needed = next?.pairs ?? gateAnalyses[0]?.pairs ?? 0;
  return {
    outcome: "inconclusive",
    pairs,
    next: isOpen && next !== undefined ? next : undefined,
    metrics: [],
    warnings: [],
    reason: `${plural(pairs, "pair")} so far: an answer needs at least ${needed}.`,
  };
}

type AnalysisJudgement = Pick<GateJudgement, "outcome" | "metrics" | "warnings" | "reason">;

function judgeAnalysis(
  { metrics, margin = 0.05 }: GateInputs,
  analysis: InterimAnalysis,
): AnalysisJudgement {
  const judged = judgeMetrics(
    metrics.map((metric) => compareMetric(metric, analysis, margin)),
    analysis.alpha,
  );
  const fault = faultOf(judged.metrics);
  return {
    outcome: fault === undefined ? judged.outcome : "invalid",
    metrics: judged.metrics,
    warnings: [
      ...metrics
        .filter(({ required }) => required)
        .flatMap((metric) => missingPairs(metric, analysis)),
      ...valueWarnings(judged.metrics.map((each, index) => withValues(each, metrics[index]))),
    ],
    reason: fault ?? reasonAt(analysis, judged),
  };
}

const withValues = <Judged>(judged: Judged, metric: GateMetric | undefined) => ({
  ...judged,
  baseline: metric?.baseline ?? [],
  candidate: metric?.candidate ?? [],
});

const reasonAt = (
  { pairs }: InterimAnalysis,
  { outcome, reason }: Pick<AnalysisJudgement, "outcome" | "reason">,
): string => (outcome === "inconclusive" ? `Not clear after ${pairs} pairs. ${reason}` : reason);

type ComparedGateMetric = MetricHead &
  Pick<GateMetricJudgement, "comparison" | "controlComparison">;

function compareMetric(
  metric: GateMetric,
  analysis: InterimAnalysis,
  margin: number,
): ComparedGateMetric {
  const { id, title, required, better, floor = 0 } = metric;
  const [baseline, candidate] = completePairs(metric.baseline, metric.candidate, analysis.pairs);
  const shared = { better, confidence: 1 - 2 * analysis.alpha };
  const comparison = compared(baseline, candidate, { ...shared, margin, floor });
  const [first, second] = completePairs(metric.baseline, metric.control ?? [], analysis.pairs);
  // A floor smaller by as much as the margin: the same is added to values near zero as in the comparison itself.
  const controlFloor = (floor * controlMargin) / margin;
  const controlComparison = compared(first, second, {
    ...shared,
    margin: controlMargin,
    floor: controlFloor,
  });
  return comparedMetric({ id, title, required }, comparison, controlComparison);
}

/** What could not be compared is absent. */
export const comparedMetric = (
  head: MetricHead,
  comparison: PairComparison | undefined,
  controlComparison: PairComparison | undefined,
): ComparedGateMetric => ({
  ...head,
  comparison,
  controlComparison,
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

function missingPairs(
  { title, baseline, candidate }: GateMetric,
  { pairs }: InterimAnalysis,
): Warning[] {
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
  metrics: readonly Pick<GateMetricJudgement, "title" | "required" | "controlComparison">[],
): string | undefined {
  const moved = metrics.find(
    ({ required, controlComparison }) => required && isMoved(controlComparison),
  );
  if (moved?.controlComparison === undefined) return undefined;
  const { low, high, confidence } = moved.controlComparison;
  return `${moved.title}: two deployments of the same baseline differ by more than ${percent(controlMargin)} (${formatRatio(low)} to ${formatRatio(high)}, ${percent(confidence)} interval). Something but the release moves the numbers; run the gate again on another host or deployment.`;
}

const isMoved = (controlComparison: Comparison | undefined): boolean =>
  controlComparison !== undefined &&
  (controlComparison.low > 1 + controlMargin + rounding ||
    controlComparison.high < 1 / (1 + controlMargin) - rounding);
