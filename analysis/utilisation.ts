/**
 * The specification's alert "utilisation above 80 %" (P3) as a check, whoever observed the resource: the mean share of the
 * judged time against 80 %, with an interval for values that depend on each other. A partial observation cannot pass.
 */
import type { Limit } from "../src/domain/verdict.ts";
import type { ObservedTime } from "./observed-time.ts";
import { dependentMeanInterval } from "./statistics/dependent-mean-interval.ts";
import { notTestable, type CheckHead, type CheckResult } from "./verdicts/check.ts";
import { judgedVerdict, smallestDetectable } from "./verdicts/compare-with-limit.ts";
import { tooLittleObserved } from "./verdicts/coverage-rule.ts";

export const utilisationLimit: Limit = {
  value: 0.8,
  unit: "ratio",
  good: "below",
  source: "specification, Monitoring Metrics: utilisation above 80 % is a P3 alert",
};

/** Fewer values do not describe a phase. */
export const minimumUtilisationValues = 3;

export interface Utilisation {
  /** Shares of what may be used, inside the judged time, in time order. */
  readonly values: readonly number[];
  /** What was used: "CPU use of the busiest of 3 (node-1)". */
  readonly subject: string;
  /** Who observed it: "The metrics store". */
  readonly observer: string;
  readonly observed: ObservedTime;
  /** Why it cannot be judged where there are too few values; a whole sentence. */
  readonly shortage: string;
  /** Why a part is missing, where that is known. */
  readonly gap?: string | undefined;
}

export function utilisationVerdict(head: CheckHead, used: Utilisation): CheckResult {
  const { values, subject, observer, observed, shortage, gap } = used;
  const mean = dependentMeanInterval(values, "ratio");
  if (mean === undefined || values.length < minimumUtilisationValues)
    return notTestable(head, shortage);
  const verdict = judgedVerdict(head, {
    observed: { ...mean, low: Math.max(0, mean.low) },
    limit: utilisationLimit,
    minimumCount: minimumUtilisationValues,
    smallestDetectable: smallestDetectable(mean, utilisationLimit, "difference"),
    subject: `${subject}, mean,`,
    doubt: "a longer judged phase would narrow the interval",
  });
  return { verdict, partial: tooLittleObserved(observed, { observer, gap }) };
}
