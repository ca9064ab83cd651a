/** The frame of what is judged of each event of a run. */
import { eventText, type PlannedEvent } from "../../src/domain/resilience.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { JudgedVerdict, Limit } from "../../src/domain/verdict.ts";
import { notTestable, verdictHead, type CheckHead, type CheckResult } from "../verdicts/check.ts";
import { marginOf } from "../verdicts/compare-with-limit.ts";
import { defineRunCheck, type RunCheck } from "../verdicts/run-check.ts";
import type { ObservedEvent, ObservedResilience } from "./observed-events.ts";

/** One of a hundred good rollouts may fail by chance, where requests fail without any event, too. */
export const alpha = 0.01;
export const confidence = 1 - 2 * alpha;

type Judge = (event: ObservedEvent, head: CheckHead, all: ObservedResilience) => CheckResult;

/** What a check is called for an event; absent: it says nothing about it. */
type NameOf = (
  event: PlannedEvent,
) => { readonly name: string; readonly title: string } | undefined;

/** One result for each planned event that is concerned; one that did not come about is not testable. */
export const ofEachEvent = (
  name: string,
  title: string,
  judge: Judge,
  nameOf: NameOf = () => ({ name, title }),
): RunCheck =>
  defineRunCheck(
    {
      id: `resilience.${name}`,
      group: "resilience",
      title,
      requires: ["plan"],
      optional: ["resilience"],
      coverage: "full",
    },
    ({ resilience }, head) =>
      resilience === undefined ? [] : resultsOf(resilience, head, { judge, nameOf }),
  );

const resultsOf = (
  all: ObservedResilience,
  head: CheckHead,
  { judge, nameOf }: { readonly judge: Judge; readonly nameOf: NameOf },
): readonly CheckResult[] =>
  all.planned.flatMap((plan, index): readonly CheckResult[] => {
    const called = nameOf(plan);
    if (called === undefined) return [];
    const { planned, events } = all;
    const event = events[index];
    const place = planned.length === 1 ? "" : `.${index + 1}`;
    const own = {
      ...head,
      id: `resilience.${called.name}${place}`,
      title: `${eventText(plan)}: ${called.title}`,
    };
    if (event === undefined)
      return [notTestable(own, `The event ${plan.kind} did not come about.`)];
    const { outcome, sentence } = event.record;
    const partial =
      outcome === "done"
        ? undefined
        : `not testable: the event is ${outcome}${sentence === undefined ? "" : ` (${sentence})`}; of what was observed:`;
    const result = judge(event, own, all);
    return [{ ...result, partial: result.partial ?? partial }];
  });

interface Parts {
  readonly outcome: JudgedVerdict["outcome"];
  readonly observed: Estimate;
  readonly limit: Limit;
  readonly reason: string;
  readonly smallestDetectable?: number | undefined;
  /** Absent: what is left up to the limit. */
  readonly margin?: number;
}

export const verdictOf = (
  head: CheckHead,
  {
    observed,
    limit,
    margin = limit.value === 0
      ? observed.point > 0
        ? -Infinity
        : 0
      : marginOf(observed.point, limit),
    ...parts
  }: Parts,
): CheckResult => ({
  verdict: { ...verdictHead(head), ...parts, observed, limit, margin, minimumCount: 1 },
});

/** All of what there was, not a sample of it. */
export const counted = (
  value: number,
  rest: Pick<Estimate, "unit" | "sampleCount" | "method">,
): Estimate => ({ point: value, low: value, high: value, confidence, warnings: [], ...rest });
