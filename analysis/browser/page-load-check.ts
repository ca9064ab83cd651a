import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import { plural } from "../../src/domain/number-text.ts";
import { median } from "simple-statistics";
import type { Plan } from "../../src/domain/plan.ts";
import type { JudgedTime } from "../judged-time.ts";
import { batchesOf } from "../measurements/groups.ts";
import { observedTime } from "../observed-time.ts";
import { quantileInterval } from "../statistics/quantile-interval.ts";
import { notAsked, notTestable, type CheckHead, type CheckResult } from "../verdicts/check.ts";
import { tooLittleObserved } from "../verdicts/coverage-rule.ts";
import { judgeP95, latencyQuantile, minimumP95Count } from "../verdicts/latency-check.ts";
import { defineRunCheck } from "../verdicts/run-check.ts";
import type { PageViews } from "./page-views.ts";

const head: CheckHead = {
  id: "web.page-load.p95",
  group: "objective",
  title: "Page load in a real browser, p95",
  surface: "web",
};

/**
 * p95 of the load event over all pages against the page's objective; a view that failed counts as infinite. Too few views
 * are not testable, and the run is judged on the rest.
 */
export const pageLoadCheck = defineRunCheck(
  { ...head, requires: ["plan", "measured"], optional: ["pages"] },
  ({ plan, measured, pages }) =>
    pages === undefined ? [] : [pageLoadVerdict(plan, measured.time, pages.views, pages.gaps)],
);

function pageLoadVerdict(
  plan: Plan,
  time: JudgedTime,
  pages: readonly PageViews[],
  gaps: readonly string[],
): CheckResult {
  if (!plan.judges.latency) return notAsked(head, "This profile does not judge latency.");
  const values = valuesOf(pages);
  const observed = quantileInterval(batchesOf(time, values), latencyQuantile, "ms");
  const failed = pages.reduce((sum, { failures }) => sum + failures.length, 0);
  if (observed === undefined || observed.sampleCount < minimumP95Count) {
    const seen = `${plural(observed?.sampleCount ?? 0, "page view")} in judged phases, ${minimumP95Count} are needed`;
    const because = gaps.length === 0 ? "" : `: ${gaps.join("; ")}`;
    return notTestable(head, `${seen}${because}.`);
  }
  const verdict = judgeP95(head, observed, {
    limitMs: latencyLimitMs(plan.objectives, "web"),
    source: "objective, p95 of page loads (navigation start to the end of the load event)",
    subject: `p95 of page loads in a real browser${failed === 0 ? "" : `, ${failed} of them failed,`}`,
    doubt: "use more browser users or a longer run",
  });
  const instants = values.map(({ at }) => at);
  const views = observedTime(time, instants, { standsMs: standsMs(instants) });
  return { verdict, partial: tooLittleObserved(views, { observer: "The browsers", gap: gaps[0] }) };
}

/** Users look at a page for a while: six times the usual way from one view to the next, ten seconds at least. */
function standsMs(instants: readonly number[]): number {
  const ascending = instants.toSorted((first, second) => first - second);
  const ways = ascending.slice(1).map((at, index) => at - (ascending[index] ?? at));
  return Math.max(10_000, 6 * (ways.length === 0 ? 0 : median(ways)));
}

/** A view that failed counts as infinite. */
const valuesOf = (pages: readonly PageViews[]) =>
  pages.flatMap(({ loads, failures }) => [
    ...loads.map(({ at, ms }) => ({ at, value: ms })),
    ...failures.map(({ at }) => ({ at, value: Infinity })),
  ]);
