/** A check of the autoscaler: metadata, and a pure function over the observations it requires. */
import { formatCount } from "../../../src/domain/number-text.ts";
import type { Estimate } from "../../../src/domain/estimate.ts";
import type { UnitName } from "../../../src/domain/units.ts";
import type { JudgedVerdict, NotApplicableVerdict, Verdict } from "../../../src/domain/verdict.ts";
import { observedParts } from "./observations.ts";
import type { AutoscalingObservations, ObservedPart } from "./observations.ts";

export interface AutoscalingCheck {
  /** Public: `autoscaling.a1-bounds`; the verdict's id and its JUnit name. */
  readonly id: string;
  /** A1–A13, as the documentation numbers them. */
  readonly number: string;
  readonly title: string;
  /** The rule, with its margin. */
  readonly rule: string;
  readonly requires: readonly ObservedPart[];
  readonly run: (observations: AutoscalingObservations) => AutoscalingCheckResult;
}

export interface AutoscalingCheckResult {
  readonly verdict: Verdict;
  /** What was seen, one sentence each; the misses first. */
  readonly evidence: readonly string[];
}

/** What a check found out; the frame makes a verdict of it. */
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

/** What a check is given: the parts that it names, and what belongs to no part. */
type Given<Part extends ObservedPart, Optional extends ObservedPart> = Omit<
  AutoscalingObservations,
  ObservedPart | "gaps" | "unseen"
> &
  Required<Pick<AutoscalingObservations, Part>> &
  Pick<AutoscalingObservations, Optional>;

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

/** @param head parts that it `requires`, and those that it also reads where they were observed */
export function defineCheck<Part extends ObservedPart, Optional extends ObservedPart = never>(
  head: Omit<AutoscalingCheck, "run" | "requires"> & {
    readonly requires: readonly Part[];
    readonly optional?: readonly Optional[];
  },
  judge: (given: Given<Part, Optional>) => Judgement,
): AutoscalingCheck {
  const { requires, optional = [] } = head;
  return {
    ...head,
    run: (observations) => {
      const given = without(observations, [...requires, ...optional]);
      if (!has(given, requires)) {
        const missing = requires.filter((part) => isMissing(observations, part));
        const reasons = missing.map(
          (part) => observations.gaps?.[part] ?? `${partNames[part]} were not observed`,
        );
        const reason = `not testable: ${reasons.join("; ")}`;
        return { verdict: notApplicable(head, "not-testable", reason), evidence: [] };
      }
      const result = resultOf(head, judge(given));
      const unseen = requires.flatMap((part) => observations.unseen?.[part] ?? []);
      return unseen.length === 0 ? result : requireFullCoverage(head, result, [...new Set(unseen)]);
    },
  };
}

/** Without the parts that a check does not name. */
function without(
  { gaps: _gaps, unseen: _unseen, ...observations }: AutoscalingObservations,
  named: readonly ObservedPart[],
): Omit<AutoscalingObservations, "gaps" | "unseen"> {
  const unnamed = observedParts.filter((part) => !named.includes(part));
  return { ...observations, ...Object.fromEntries(unnamed.map((part) => [part, undefined])) };
}

function isMissing(observations: AutoscalingObservations, part: ObservedPart): boolean {
  const value = observations[part];
  return value === undefined || (Array.isArray(value) && value.length === 0 && part !== "pods");
}

function has<Part extends ObservedPart>(
  observations: Omit<AutoscalingObservations, "gaps" | "unseen">,
  parts: readonly Part[],
): observations is Omit<AutoscalingObservations, "gaps" | "unseen"> &
  Required<Pick<AutoscalingObservations, Part>> {
  return parts.every((part) => !isMissing(observations, part));
}

type Head = Pick<AutoscalingCheck, "id" | "title" | "rule">;

function notApplicable(
  { id, title }: Head,
  cause: NotApplicableVerdict["cause"],
  reason: string,
): NotApplicableVerdict {
  return { checkId: id, group: "autoscaling", title, outcome: "not-applicable", cause, reason };
}

function resultOf(head: Head, judgement: Judgement): AutoscalingCheckResult {
  if ("cause" in judgement)
    return { verdict: notApplicable(head, judgement.cause, judgement.reason), evidence: [] };
  const { observed, limit, unit, count, reason, good = "below", evidence = [] } = judgement;
  const kept = good === "below" ? observed <= limit : observed >= limit;
  const verdict: JudgedVerdict = {
    checkId: head.id,
    group: "autoscaling",
    title: head.title,
    reason,
    outcome: outcomeOf(kept, judgement),
    observed: exactly(observed, unit, count),
    limit: { value: limit, unit, good, source: head.rule },
    margin: marginOf(good === "below" ? limit - observed : observed - limit, limit),
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

/** What was not observed may have broken the rule: a partial observation can fail a check, not pass it. */
function requireFullCoverage(
  head: Head,
  { verdict, evidence }: AutoscalingCheckResult,
  unseen: readonly string[],
): AutoscalingCheckResult {
  if (verdict.outcome === "fail" || verdict.outcome === "not-applicable")
    return { verdict, evidence };
  const reason = `not testable: ${unseen.join("; ")}; of what was seen: ${verdict.reason}`;
  return { verdict: notApplicable(head, "not-testable", reason), evidence };
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

/** Where nothing at all is allowed and nothing happened, the whole of the limit is left. */
function marginOf(room: number, limit: number): number {
  if (limit !== 0) return room / limit;
  return room === 0 ? 1 : Math.sign(room) * Infinity;
}

/** Why a rule does not apply to a workload that has no pods. */
export const atZero =
  "0 replicas throughout: Kubernetes does not scale a workload that was set to 0 until a size is set";

/** "1 miss", "3 misses". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** An instant of the record or a span, in seconds. */
export const inSeconds = (ms: number): string => `${formatCount(ms / 1000)} s`;
