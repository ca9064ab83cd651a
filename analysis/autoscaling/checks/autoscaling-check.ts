/** Checks of the autoscaler: each counts what it observed of one workload against the limit of its rule. */
import { formatCount } from "../../../src/domain/number-text.ts";
import type { AutoscalerCheckId } from "../../../src/domain/explained-ids.ts";
import type { Estimate } from "../../../src/domain/estimate.ts";
import type { UnitName } from "../../../src/domain/units.ts";
import type { JudgedVerdict } from "../../../src/domain/verdict.ts";
import {
  checksOver,
  notApplicable,
  verdictHead,
  type Check,
  type CheckHead,
  type CheckResult,
  type Given,
  type Requirements,
} from "../../verdicts/check.ts";
import { marginOf } from "../../verdicts/compare-with-limit.ts";
import type { AutoscalingObservations, ObservedPart } from "./observations.ts";

/** What a check of the autoscaler has beside the frame of every check. */
interface AutoscalingRule {
  /** Public: `autoscaling.a1-bounds`. */
  readonly id: AutoscalerCheckId;
  /** A1–A13, as the documentation numbers them. */
  readonly number: string;
  readonly title: string;
  /** The rule, with its margin. */
  readonly rule: string;
}

export type AutoscalingCheck = AutoscalingRule & Check<AutoscalingObservations>;

/** What a check counted; the frame makes a verdict of it. */
export type Judgement =
  | {
      readonly observed: number;
      readonly limit: number;
      readonly unit: UnitName;
      /** How many observations stand behind it. */
      readonly count: number;
      readonly reason: string;
      readonly evidence?: readonly string[];
      /** Default "below": up to the limit is good. */
      readonly good?: "below" | "above";
      /** In the right place by the rule, yet no pass. */
      readonly inconclusive?: boolean;
      /** Outside the rule, yet on too little evidence for a failure. */
      readonly isThin?: boolean;
    }
  | { readonly cause: "not-asked" | "not-testable"; readonly reason: string };

const partNames: Readonly<Record<ObservedPart, string>> = {
  spec: "the HPA",
  samples: "replica counts",
  syncs: "what the autoscaler saw",
  conditions: "the HPA's conditions",
  pods: "pods",
  nodes: "nodes",
  load: "the load",
  latency: "latency",
  terminationErrors: "errors during termination",
};

const isPart = (name: string): name is ObservedPart => name in partNames;

const define = checksOver<AutoscalingObservations>({
  whyMissing: (observations, name) => {
    if (!isPart(name)) return undefined;
    const value = observations[name];
    const isEmpty = Array.isArray(value) && value.length === 0 && name !== "pods";
    if (value !== undefined && !isEmpty) return undefined;
    return observations.gaps?.[name] ?? `${partNames[name]} were not observed`;
  },
  unobserved: ({ unseen }, name) => (isPart(name) ? unseen?.[name] : undefined),
});

type Input = keyof AutoscalingObservations;

/** @param head `requires` what it cannot judge without; `optional` is what it reads as well */
export const defineAutoscalingCheck = <
  Required extends Input = never,
  Optional extends Input = never,
>(
  head: AutoscalingRule & Omit<Requirements<Required, Optional>, "coverage">,
  judge: (given: Given<AutoscalingObservations, Required, Optional>) => Judgement,
): AutoscalingCheck =>
  define({ ...head, group: "autoscaling", coverage: "full" }, (given, ofVerdict) =>
    resultOf(head.rule, judge(given), ofVerdict),
  );

function resultOf(rule: string, judgement: Judgement, head: CheckHead): CheckResult {
  if ("cause" in judgement) return notApplicable(judgement.cause)(head, judgement.reason);
  const { observed, limit: value, unit, count, reason, good = "below", evidence } = judgement;
  const limit = { value, unit, good, source: rule };
  const verdict: JudgedVerdict = {
    ...verdictHead(head),
    reason,
    outcome: outcomeOf(good === "below" ? observed <= value : observed >= value, judgement),
    observed: exactly(observed, unit, count),
    limit,
    // Where nothing at all is allowed and nothing happened, the whole of the limit is left.
    margin: observed === 0 && value === 0 ? 1 : marginOf(observed, limit),
    minimumCount: 1,
  };
  return { verdict, evidence };
}

function outcomeOf(
  isKept: boolean,
  { inconclusive = false, isThin = false }: Extract<Judgement, { observed: number }>,
): JudgedVerdict["outcome"] {
  if (isKept ? inconclusive : isThin) return "inconclusive";
  return isKept ? "pass" : "fail";
}

/** The autoscaler's own objects are counted, not sampled: the interval is the value. */
function exactly(value: number, unit: UnitName, sampleCount: number): Estimate {
  const method = "counted: every change was observed";
  return {
    point: value,
    low: value,
    high: value,
    unit,
    confidence: 1,
    sampleCount,
    method,
    warnings: [],
  };
}

/** Why a rule does not apply to a workload that has no pods. */
export const atZero =
  "0 replicas throughout: Kubernetes does not scale a workload that was set to 0 until a size is set";

/** An instant of the record or a span, in seconds. */
export const inSeconds = (ms: number): string => `${formatCount(ms / 1000)} s`;
