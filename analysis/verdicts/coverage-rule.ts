/** What a check may say where only a part of what it judges was observed. A failure of a part is a failure of the whole. */
import { formatCount, percent } from "../../src/domain/number-text.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { enoughObserved, isObserved, type ObservedTime } from "../observed-time.ts";

/**
 * `full`: what was not observed may have broken the rule, so that neither a pass nor an inconclusive verdict stands.
 * `most`: a pass takes enough of it (80 % of the judged time, whole pages); an inconclusive verdict stands.
 */
export type CoverageRule = "full" | "most";

const standing: Readonly<Record<CoverageRule, ReadonlySet<Verdict["outcome"]>>> = {
  full: new Set(["fail", "not-applicable"]),
  most: new Set(["fail", "not-applicable", "inconclusive"]),
};

/** Does a verdict on a part stand? One that does not is not testable. */
export const standsOnPart = (rule: CoverageRule, { outcome }: Verdict): boolean =>
  standing[rule].has(outcome);

/** Why a pass does not stand that rests on so much of the judged time. @returns `undefined` where it was enough */
export const tooLittleObserved = (
  time: ObservedTime,
  { observer, gap }: { readonly observer: string; readonly gap?: string | undefined },
): string | undefined =>
  isObserved(time)
    ? undefined
    : `${observer} saw ${formatCount(time.observedMs / 1000)} of ${formatCount(time.judgedMs / 1000)} s of the judged time, a pass needs ${percent(enoughObserved)} of it. ${gap === undefined ? "" : `${gap}. `}Of what it saw:`;
