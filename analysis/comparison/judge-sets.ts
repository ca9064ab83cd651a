/** Stored sets of runs as a gate: pairs where they were interleaved, two independent samples where they were not. */
import type { Warning } from "../../src/domain/estimate.ts";
import { plural } from "../phrases.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import type { PairComparison } from "./compare-pairs.ts";
import { compareSamples } from "./compare-samples.ts";
import type { GateArms, GateMember } from "./gate-members.ts";
import { metricsOf } from "./gate-members.ts";
import type { GateJudgement, GateMetric, Look } from "./judge-gate.ts";
import { comparedMetric, judgeGate, movedBaseline, nullMargin } from "./judge-gate.ts";
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
  const { baseline, candidate, nullArm } = arms;
  const sorted = {
    baseline: byStart(baseline),
    candidate: byStart(candidate),
    nullArm: nullArm === undefined ? undefined : byStart(nullArm),
  };
  const metrics = metricsOf(sorted);
  if (isOrderKnown && isInterleaved(sorted)) {
    const all = [{ pairs: sorted.baseline.length, alpha: oneSidedAlpha }];
    return judgeGate({ metrics, margin, looks: looks ?? all, isOver: true });
  }
  const pairs = Math.min(baseline.length, candidate.length);
  return judgeApart(sorted, metrics, { margin, look: { pairs, alpha: alphaAt(looks, pairs) } });
}

/** α of the look that so many pairs have reached, or of the first; without planned looks all of it. */
const alphaAt = (looks: readonly Look[] | undefined, pairs: number): number =>
  (looks?.findLast((look) => look.pairs <= pairs) ?? looks?.[0])?.alpha ?? oneSidedAlpha;

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
  { margin, look }: { readonly margin: number; readonly look: Look },
): GateJudgement {
  const compared = metrics.map((metric) => {
    const { id, title, required, nullArm = [] } = metric;
    const comparison = compareApart(metric, margin, look.alpha);
    const nullControl = compareApart({ ...metric, candidate: nullArm }, nullMargin, look.alpha);
    return comparedMetric({ id, title, required }, comparison, nullControl);
  });
  const judged = judgeMetrics(compared, look.alpha);
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
    pairs: look.pairs,
    look,
    warnings: [apartWarning(baseline, candidate), ...missing(metrics), ...odd],
  };
}

function compareApart(
  metric: GateMetric,
  margin: number,
  alpha: number,
): PairComparison | undefined {
  const [baseline, candidate] = [metric.baseline, metric.candidate].map((values) =>
    values.filter((value) => value !== undefined),
  );
  if (baseline === undefined || candidate === undefined) return undefined;
  if (baseline.length === 0 || candidate.length === 0) return undefined;
  const { better, floor = 0 } = metric;
  const design = { design: "independent", reason: "the sets were not run in pairs" } as const;
  const confidence = 1 - 2 * alpha;
  return { ...compareSamples({ baseline, candidate, margin, better, floor, confidence }), design };
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
