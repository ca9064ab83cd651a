/** Two sets of stored runs, metric by metric; each run is one value. */
import type { Warning } from "../../src/domain/estimate.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { UnitName } from "../../src/domain/units.ts";
import { assess } from "../assess.ts";
import { plural } from "../phrases.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import type { ComparisonOutcome } from "./compare-samples.ts";
import { compareSamples } from "./compare-samples.ts";
import { fewestJudged } from "./hodges-lehmann.ts";
import type { ComparedMetric, MetricOutcome } from "./judge-metrics.ts";
import { judgeMetrics } from "./judge-metrics.ts";
import type { RunMetric, RunValues } from "./run-values.ts";
import { runMetrics, runValues } from "./run-values.ts";
import type { Better } from "./scale.ts";
import { medianOf } from "./scale.ts";

export interface RunSets {
  readonly baseline: readonly RunData[];
  readonly candidate: readonly RunData[];
}

export interface CompareRunsOptions {
  readonly margin?: number;
  /** Two-sided; see `compareSamples`. */
  readonly confidence?: number;
  /** The runs belong together in the order given, as interleaved ones do. */
  readonly paired?: boolean;
}

interface ComparedRunMetric extends ComparedMetric {
  readonly unit: UnitName;
  readonly better: Better;
  /** Medians of the runs; absent where a side has no value. */
  readonly baselineMedian?: number;
  readonly candidateMedian?: number;
}

type RunMetricComparison = ComparedRunMetric & MetricOutcome;

export interface RunSetComparison {
  readonly outcome: ComparisonOutcome;
  readonly metrics: readonly RunMetricComparison[];
  readonly warnings: readonly Warning[];
  readonly reason: string;
}

/** Runs that cannot be compared with anything, each with the reason: nothing measured well enough to be judged. */
export function unusableRuns(runs: readonly RunData[]): { id: string; reason: string }[] {
  return runs.flatMap((data) => {
    const { outcome, sentence } = assess(data);
    return outcome === "invalid" || outcome === "incomplete"
      ? [{ id: data.run.id, reason: `${outcome}: ${sentence}` }]
      : [];
  });
}

/**
 * Compares every metric that at least one run measured. The caller has made sure that the runs can be compared.
 * @throws RangeError where runs should make pairs and their numbers differ
 */
export function compareRuns(sets: RunSets, options: CompareRunsOptions = {}): RunSetComparison {
  const { confidence = 1 - 2 * oneSidedAlpha } = options;
  if (options.paired === true && sets.baseline.length !== sets.candidate.length)
    throw new RangeError("paired sets hold as many runs on each side");
  const baseline = sets.baseline.map(runValues);
  const candidate = sets.candidate.map(runValues);
  const all = [...baseline, ...candidate];
  const measured = runMetrics.filter(({ id }) => all.some((values) => id in values));
  const judgement = judgeMetrics(
    measured.map((metric) => compareMetric(metric, baseline, candidate, options)),
    (1 - confidence) / 2,
  );
  const missing = measured.flatMap((metric) => missingValues(metric, all));
  const required = measured.filter((metric) => metric.required).length;
  return {
    ...judgement,
    warnings: [...notInterleaved(sets), ...cannotFail(sets, options, required), ...missing],
  };
}

/** A comparison that could not fail whatever the runs were says so before anybody trusts it. */
function cannotFail(
  { baseline, candidate }: RunSets,
  { confidence = 1 - 2 * oneSidedAlpha, paired = false }: CompareRunsOptions,
  metrics: number,
): Warning[] {
  const level = (1 - confidence) / 2 / Math.max(1, metrics);
  const needed = fewestJudged(paired ? "paired" : "independent", level);
  const fewest = Math.min(baseline.length, candidate.length);
  if (fewest >= needed) return [];
  const message = `${plural(fewest, paired ? "pair" : "run")} cannot fail among ${plural(metrics, "required metric")}: that needs at least ${needed}${paired ? "" : " on each side"}`;
  return [{ code: "cannot-fail", message }];
}

function compareMetric(
  { id, title, required, unit, better, floor }: RunMetric,
  baseline: readonly RunValues[],
  candidate: readonly RunValues[],
  { margin = 0.05, confidence = 1 - 2 * oneSidedAlpha, paired = false }: CompareRunsOptions,
): ComparedRunMetric {
  const isComplete = (index: number): boolean =>
    !paired || (id in (baseline[index] ?? {}) && id in (candidate[index] ?? {}));
  const valuesOf = (runs: readonly RunValues[]): number[] =>
    runs.flatMap((values, index) => (isComplete(index) ? (values[id] ?? []) : []));
  const [from, to] = [valuesOf(baseline), valuesOf(candidate)];
  const head = { id, title, required, unit, better };
  if (from.length === 0 || to.length === 0) return head;
  const samples = { baseline: from, candidate: to, margin, better, floor, paired, confidence };
  const comparison = compareSamples(samples);
  return { ...head, comparison, baselineMedian: medianOf(from), candidateMedian: medianOf(to) };
}

function missingValues({ id, title }: RunMetric, runs: readonly RunValues[]): Warning[] {
  const count = runs.filter((values) => !(id in values)).length;
  if (count === 0) return [];
  return [{ code: "missing-metric", message: `${title}: ${plural(count, "run")} without a value` }];
}

/** Sets that ran one after the other cannot tell a change of the build from a change of the day. */
function notInterleaved({ baseline, candidate }: RunSets): Warning[] {
  const [one, other] = [spanOf(baseline), spanOf(candidate)];
  if (one.last >= other.first && other.last >= one.first) return [];
  const message =
    "the sets were not interleaved: one ended before the other began, and whatever drifted between them counts as a difference";
  return [{ code: "not-interleaved", message }];
}

/** Epoch milliseconds of the first and the last start. */
function spanOf(runs: readonly RunData[]): { first: number; last: number } {
  const starts = runs.map(({ run }) => run.startedAt);
  return { first: Math.min(...starts), last: Math.max(...starts) };
}
