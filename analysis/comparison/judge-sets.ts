/** Stored sets of runs as a gate: pairs where they were interleaved, two independent samples where they were not. */
import type { Warning } from "../../src/domain/estimate.ts";
import { plural } from "../phrases.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import type { PairComparison } from "./compare-pairs.ts";
import { compareSamples } from "./compare-samples.ts";
import type { GateArms, GateMember } from "./gate-members.ts";
import { metricsOf } from "./gate-members.ts";
import type { GateJudgement, GateMetric, Look } from "./judge-gate.ts";
import { judgeGate } from "./judge-gate.ts";
import { judgeMetrics } from "./judge-metrics.ts";
import { valueWarnings } from "./value-warnings.ts";

export interface JudgeSetsOptions {
  readonly margin?: number;
  /** As planned before the runs; absent: their number was fixed, one look at all of them. */
  readonly looks?: readonly Look[];
  /** The stamps do not say which run came first: runs make no pairs then. Default: they do. */
  readonly isOrderKnown?: boolean;
}

/**
 * The caller has made sure that the runs can be compared. One look with α 0.05 each way where the number of runs was
 * fixed beforehand.
 */
export function judgeSets(
  arms: GateArms,
  { margin = 0.05, looks, isOrderKnown = true }: JudgeSetsOptions,
): GateJudgement {
  const sorted = { ...arms, baseline: byStart(arms.baseline), candidate: byStart(arms.candidate) };
  const metrics = metricsOf(sorted);
  if (isOrderKnown && isInterleaved(sorted)) {
    const all = [{ pairs: sorted.baseline.length, alpha: oneSidedAlpha }];
    return judgeGate({ metrics, margin, looks: looks ?? all, isOver: true });
  }
  return judgeApart(sorted, metrics, margin);
}

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
  { baseline, candidate }: GateArms,
  metrics: readonly GateMetric[],
  margin: number,
): GateJudgement {
  const compared = metrics.map((metric) => {
    const { id, title, required } = metric;
    const comparison = compareApart(metric, margin);
    return { id, title, required, ...(comparison === undefined ? {} : { comparison }) };
  });
  const judged = judgeMetrics(compared, oneSidedAlpha);
  const odd = valueWarnings(metrics.map((metric, index) => ({ ...metric, ...compared[index] })));
  const silent = judged.metrics.find(
    (metric) => metric.required && metric.comparison === undefined,
  );
  const pairs = Math.min(baseline.length, candidate.length);
  return {
    ...judged,
    ...(silent === undefined
      ? {}
      : { outcome: "invalid", reason: `${silent.title}: one side has no value at all.` }),
    pairs,
    look: { pairs, alpha: oneSidedAlpha },
    warnings: [apartWarning(baseline, candidate), ...missing(metrics), ...odd],
  };
}

function compareApart(metric: GateMetric, margin: number): PairComparison | undefined {
  const [baseline, candidate] = [metric.baseline, metric.candidate].map((values) =>
    values.filter((value) => value !== undefined),
  );
  if (baseline === undefined || candidate === undefined) return undefined;
  if (baseline.length === 0 || candidate.length === 0) return undefined;
  const { better, floor = 0 } = metric;
  const design = { design: "independent", reason: "the sets were not run in pairs" } as const;
  return { ...compareSamples({ baseline, candidate, margin, better, floor }), design };
}

/** Sets that ran one after the other cannot tell a change of the build from a change of the day. */
function apartWarning(baseline: readonly GateMember[], candidate: readonly GateMember[]): Warning {
  const [one, other] = [spanOf(baseline), spanOf(candidate)];
  const message =
    one.last < other.first || other.last < one.first
      ? "the sets were not interleaved: one ended before the other began, and whatever drifted between them counts as a difference"
      : "the runs make no pairs (a, b or b, a, one pair after the other): they are judged as two independent samples";
  return { code: "not-interleaved", message };
}

function spanOf(members: readonly GateMember[]): { first: number; last: number } {
  const starts = members.map(({ run }) => run.startedAt);
  return { first: Math.min(...starts), last: Math.max(...starts) };
}

function missing(metrics: readonly GateMetric[]): Warning[] {
  return metrics.flatMap(({ title, baseline, candidate }) => {
    const count = [...baseline, ...candidate].filter((value) => value === undefined).length;
    if (count === 0) return [];
    return [
      { code: "missing-metric", message: `${title}: ${plural(count, "run")} without a value` },
    ];
  });
}
