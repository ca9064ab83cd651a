import {
  apartInSentence,
  formatCount,
  intervalInSentence,
  percent,
} from "../../src/domain/number-text.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { JudgedVerdict, Limit } from "../../src/domain/verdict.ts";
import { normalQuantile } from "../statistics/normal-quantile.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import type { CheckHead } from "./check.ts";
import { verdictHead } from "./check.ts";

/** Interval against limit: pass or fail only where the whole interval lies on one side. */
export function compareWithLimit(estimate: Estimate, limit: Limit): JudgedVerdict["outcome"] {
  if (limit.good === "below") {
    if (estimate.high < limit.value) return "pass";
    return estimate.low > limit.value ? "fail" : "inconclusive";
  }
  if (estimate.low >= limit.value) return "pass";
  return estimate.high < limit.value ? "fail" : "inconclusive";
}

/** Room left as a share of the limit. @returns −Infinity for an unbounded value, or any excess over a limit of 0 */
export function marginOf(point: number, limit: Limit): number {
  if (limit.good === "at") return -Math.abs(point - limit.value) / limit.value;
  const room = limit.good === "below" ? limit.value - point : point - limit.value;
  return room === 0 ? 0 : room / limit.value;
}

/** Chance that a value at the smallest detectable distance would have been called a FAIL. */
const detectionPower = 0.8;

/**
 * Smallest true value beyond the limit that this sample would have called FAIL with a chance of 80 %: the limit moved by
 * the width of the failing side of the interval times 1 + z(0.8)/z(0.95).
 * @param scale latencies vary in proportion to themselves ("ratio"), rates do not ("difference")
 * @returns unit of the limit; `undefined` where the interval has no such side
 */
export function smallestDetectable(
  { point, low, high }: Estimate,
  limit: Limit,
  scale: "ratio" | "difference",
): number | undefined {
  const reach = 1 + normalQuantile(detectionPower) / normalQuantile(1 - oneSidedAlpha);
  const near = limit.good === "below" ? low : high;
  if (!Number.isFinite(point) || !Number.isFinite(near) || near <= 0) return undefined;
  if (scale === "ratio") return limit.value * (point / near) ** reach;
  return limit.value - (near - point) * reach;
}

export interface JudgedParts {
  readonly observed: Estimate;
  readonly limit: Limit;
  readonly minimumCount: number;
  readonly smallestDetectable?: number | undefined;
  /** What was measured: "p95 of API reads". */
  readonly subject: string;
  /** Why it can only be inconclusive, where that is known. */
  readonly doubt?: string | undefined;
}

/** A verdict with its reason in one sentence. */
export function judgedVerdict(head: CheckHead, parts: JudgedParts): JudgedVerdict {
  const { observed, limit, minimumCount, subject, doubt } = parts;
  const outcome =
    observed.sampleCount < minimumCount ? "inconclusive" : compareWithLimit(observed, limit);
  return {
    ...verdictHead(head),
    outcome,
    observed,
    limit,
    margin: marginOf(observed.point, limit),
    smallestDetectable: parts.smallestDetectable,
    minimumCount,
    reason: `${describe(subject, observed, limit)}; ${relation[outcome]} ${wordsOf(limit, observed.point)}${
      outcome === "inconclusive" && doubt !== undefined ? ` (${doubt})` : ""
    }.`,
  };
}

const relation = {
  pass: "within the limit of",
  fail: "beyond the limit of",
  inconclusive: "inconclusive: the interval includes the limit of",
} as const;

const wordsOf = ({ value, unit, good }: Limit, point: number): string =>
  `${good === "below" ? "" : "at least "}${apartInSentence(value, point, unit)}`;

function describe(subject: string, observed: Estimate, limit: Limit): string {
  if (observed.point === Infinity) {
    return `${subject} is unbounded: more than ${percent(0.05)} of the requests failed or were dropped (n = ${formatCount(observed.sampleCount)})`;
  }
  return `${subject} is ${apartInSentence(observed.point, limit.value, observed.unit)} (${intervalInSentence(observed, limit)})`;
}
