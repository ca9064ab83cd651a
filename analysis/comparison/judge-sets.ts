/**
 * Sets of stored runs, metric by metric; each run is one value. `judgeSets` judges them as a gate: pairs where they were
 * interleaved, two independent samples where they were not. `compareRuns` compares them as somebody says they belong together.
 */
import type {
  Comparison,
  ComparisonOutcome,
  InterimAnalysis,
  MetricHead,
  MetricResult,
  PairComparison,
} from "../../src/domain/comparison.ts";
import { plural } from "../../src/domain/number-text.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import type { ComparedSamples } from "./compare-samples.ts";
import { compareSamples } from "./compare-samples.ts";
import type { GateArms, GateMember } from "./gate-members.ts";
import { metricsOf } from "./gate-members.ts";
import { fewestJudged } from "./hodges-lehmann.ts";
import type { GateJudgement, GateMetric } from "./judge-gate.ts";
import {
  comparedMetric,
  completePairs,
  judgeGate,
  movedBaseline,
  controlMargin,
} from "./judge-gate.ts";
import { judgeMetrics } from "./judge-metrics.ts";
import { runMetrics } from "./run-values.ts";
import { medianOf } from "./scale.ts";
import { valueWarnings } from "./value-warnings.ts";

export interface JudgeSetsOptions {
  readonly margin?: number;
  /** As planned before the runs; absent: their number was fixed, one analysis of all of them. */
  readonly analyses?: readonly InterimAnalysis[];
  /** The stamps do not say which run came first: runs make no pairs then. Default: they do. */
  readonly isOrderKnown?: boolean;
}

/**
 * The caller has made sure that the runs can be compared. One analysis with α 0.05 each way where the number of runs was
 * fixed beforehand.
 */
export function judgeSets(
  arms: GateArms,
  { margin = 0.05, analyses, isOrderKnown = true }: JudgeSetsOptions,
): GateJudgement {
  const { baseline, candidate, control } = arms;
  const sorted = {
    baseline: byStart(baseline),
    candidate: byStart(candidate),
    control: control === undefined ? undefined : byStart(control),
  };
  const metrics = metricsOf(sorted);
  if (isOrderKnown && isInterleaved(sorted)) {
    const all = [{ pairs: sorted.baseline.length, alpha: oneSidedAlpha }];
    return judgeGate({ metrics, margin, analyses: analyses ?? all, isOver: true });
  }
  const pairs = Math.min(baseline.length, candidate.length);
  return judgeApart(sorted, metrics, {
    margin,
    analysis: { pairs, alpha: alphaAt(analyses, pairs) },
  });
}

/** α of the analysis that so many pairs have reached, or of the first; without planned analyses all of it. */
const alphaAt = (analyses: readonly InterimAnalysis[] | undefined, pairs: number): number =>
  (analyses?.findLast((analysis) => analysis.pairs <= pairs) ?? analyses?.[0])?.alpha ??
  oneSidedAlpha;

export const byStart = (members: readonly GateMember[]): GateMember[] =>
  members.toSorted((a, b) => a.run.startedAt - b.run.startedAt);

/** Does every pair end before the next begins? @param arms each in the order of the runs */
function isInterleaved({ baseline, candidate }: GateArms): boolean {
  if (baseline.length !== candidate.length) return false;
  const starts = baseline.map(({ run }, index) => [
    run.startedAt,
    candidate[index]?.run.startedAt ?? Number.NaN,
  ]);
  return starts.every((pair, index) => {
    const next = starts[index + 1];
    return next === undefined || Math.max(...pair) < Math.min(...next);
  });
}

function judgeApart(
  arms: GateArms,
  metrics: readonly GateMetric[],
  { margin, analysis }: { readonly margin: number; readonly analysis: InterimAnalysis },
): GateJudgement {
  const compared = metrics.map((metric) => {
    const { id, title, required, control = [] } = metric;
    const comparison = compareApart(metric, margin, analysis.alpha);
    const controlComparison = compareApart(
      { ...metric, candidate: control },
      controlMargin,
      analysis.alpha,
    );
    return comparedMetric({ id, title, required }, comparison, controlComparison);
  });
  const judged = judgeMetrics(compared, analysis.alpha);
  const odd = valueWarnings(metrics.map((metric, index) => ({ ...metric, ...compared[index] })));
  const silent = judged.metrics.find(
    (metric) => metric.required && metric.comparison === undefined,
  );
  const fault =
    silent === undefined
      ? movedBaseline(judged.metrics)
      : `${silent.title}: one side has no value at all.`;
  return {
    ...judged,
    ...(fault === undefined ? {} : { outcome: "invalid", reason: fault }),
    pairs: analysis.pairs,
    lastAnalysis: analysis,
    warnings: [
      notInterleaved(
        wereApart(arms)
          ? apart
          : "the runs make no pairs (a, b or b, a, one pair after the other): they are judged as two independent samples",
      ),
      ...missing(metrics),
      ...odd,
    ],
  };
}

function compareApart(
  metric: GateMetric,
  margin: number,
  alpha: number,
): PairComparison | undefined {
  const comparison = compareMetric(metric, { margin, confidence: 1 - 2 * alpha, paired: false });
  const design = { design: "independent", reason: "the sets were not run in pairs" } as const;
  return comparison && { ...comparison, design };
}

type CompareOptions = Required<Pick<ComparedSamples, "margin" | "confidence" | "paired">>;

/** @returns `undefined` where a side has no value */
function compareMetric(metric: GateMetric, options: CompareOptions): Comparison | undefined {
  const [baseline, candidate] = valuesOf(metric, options.paired);
  if (baseline.length === 0 || candidate.length === 0) return undefined;
  const { better, floor = 0 } = metric;
  return compareSamples({ baseline, candidate, better, floor, ...options });
}

const valuesOf = ({ baseline, candidate }: GateMetric, paired: boolean): [number[], number[]] =>
  paired
    ? completePairs(baseline, candidate, baseline.length)
    : [present(baseline), present(candidate)];

const present = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined);

/** Sets that ran one after the other cannot tell a change of the build from a change of the day. */
const apart =
  "the sets were not interleaved: one ended before the other began, and whatever drifted between them counts as a difference";

function wereApart({ baseline, candidate }: GateArms): boolean {
  const [from, to] = [spanOf(baseline), spanOf(candidate)];
  return from.last < to.first || to.last < from.first;
}

function spanOf(members: readonly GateMember[]): { first: number; last: number } {
  const starts = members.map(({ run }) => run.startedAt);
  return { first: Math.min(...starts), last: Math.max(...starts) };
}

const notInterleaved = (message: string): Warning => ({ code: "not-interleaved", message });

function missing(metrics: readonly GateMetric[]): Warning[] {
  return metrics.flatMap(({ title, baseline, candidate }) => {
    const count = [...baseline, ...candidate].filter((value) => value === undefined).length;
    if (count === 0) return [];
    return [
      { code: "missing-metric", message: `${title}: ${plural(count, "run")} without a value` },
    ];
  });
}

export interface RunMetricComparison extends MetricResult {
  /** Candidate against baseline; absent: one side has no value at all. */
  readonly comparison?: Comparison;
}

export interface RunSetComparison {
  /** Result over the required metrics. */
  readonly outcome: ComparisonOutcome;
  /** Every metric that at least one run measured. */
  readonly metrics: readonly RunMetricComparison[];
  /** What qualifies the result. */
  readonly warnings: readonly Warning[];
  /** The result in one sentence. */
  readonly reason: string;
}

/**
 * Compares every metric of whole runs that at least one of them measured; paired runs belong together in the order given.
 * The caller has made sure that the runs can be compared.
 * @throws RangeError where runs should make pairs and their numbers differ
 */
export function compareRuns(
  arms: GateArms,
  { margin = 0.05, confidence = 1 - 2 * oneSidedAlpha, paired = false }: Partial<CompareOptions>,
): RunSetComparison {
  if (paired && arms.baseline.length !== arms.candidate.length)
    throw new RangeError("paired sets hold as many runs on each side");
  const metrics = metricsOf(arms).filter(({ id }) => runMetrics.some((each) => each.id === id));
  const compared = metrics.map((metric) => {
    const { id, title, required, unit, better } = metric;
    const head = { id, title, required, unit, better };
    const comparison = compareMetric(metric, { margin, confidence, paired });
    if (comparison === undefined) return head;
    const [baselineMedian, candidateMedian] = valuesOf(metric, paired).map(medianOf);
    return { ...head, comparison, baselineMedian, candidateMedian };
  });
  const alpha = (1 - confidence) / 2;
  return {
    ...judgeMetrics(compared, alpha),
    warnings: [
      ...(wereApart(arms) ? [notInterleaved(apart)] : []),
      ...cannotFail(arms, metrics, { paired, alpha }),
      ...missing(metrics),
    ],
  };
}

/** A comparison that could not fail whatever the runs were says so before anybody trusts it. */
function cannotFail(
  { baseline, candidate }: GateArms,
  metrics: readonly MetricHead[],
  { paired, alpha }: { readonly paired: boolean; readonly alpha: number },
): Warning[] {
  const required = metrics.filter((metric) => metric.required).length;
  const level = alpha / Math.max(1, required);
  const needed = fewestJudged(paired ? "paired" : "independent", level);
  const fewest = Math.min(baseline.length, candidate.length);
  if (fewest >= needed) return [];
  const message = `${plural(fewest, paired ? "pair" : "run")} cannot fail among ${plural(required, "required metric")}: that needs at least ${needed}${paired ? "" : " on each side"}`;
  return [{ code: "cannot-fail", message }];
}
