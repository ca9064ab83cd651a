import { plural } from "../../src/domain/number-text.ts";
import { median } from "simple-statistics";
import { Histogram } from "../../src/domain/histogram.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import type { JudgedTime } from "../judged-time.ts";
import { seenOf, withoutSliver } from "../seen.ts";
import { batchIndex } from "../statistics/batches.ts";
import { minimumQuantileCount, quantileInterval } from "../statistics/quantile-interval.ts";
import { defineChecks, notAsked, notTestable, type CheckHead } from "../verdicts/check.ts";
import { judgedVerdict, smallestDetectable } from "../verdicts/compare-with-limit.ts";
import { budgetQuantile } from "../verdicts/latency-check.ts";
import type { PageViews } from "./page-views.ts";

const head: CheckHead = {
  id: "web.page-load.p95",
  group: "objective",
  title: "Page load in a real browser, p95",
  surface: "web",
};
const minimumCount = minimumQuantileCount(budgetQuantile);

/**
 * p95 of the load event over all pages against the page's budget; a view that failed counts as infinite. Too few views
 * are not testable, and the run is judged on the rest.
 */
export const pageLoadCheck = defineChecks(
  { ...head, requires: ["plan", "measured", "pages"] },
  ({ plan, measured, pages }) =>
    pages === undefined ? [] : [pageLoadVerdict(plan, measured.time, pages.views, pages.gaps)],
);

function pageLoadVerdict(
  plan: Plan,
  time: JudgedTime,
  pages: readonly PageViews[],
  gaps: readonly string[],
): Verdict {
  if (!plan.judges.latency) return notAsked(head, "This profile does not judge latency.").verdict;
  const batches = batchesOf(time, pages);
  const observed = quantileInterval(batches, budgetQuantile, "ms");
  const failed = pages.reduce((sum, { failures }) => sum + failures.length, 0);
  if (observed === undefined || observed.sampleCount < minimumCount) {
    const seen = `${plural(observed?.sampleCount ?? 0, "page view")} in judged phases, ${minimumCount} are needed`;
    const because = gaps.length === 0 ? "" : `: ${gaps.join("; ")}`;
    return notTestable(head, `${seen}${because}.`).verdict;
  }
  const limit = {
    value: plan.objectives.pageP95Ms,
    unit: "ms",
    good: "below",
    source: "objective, p95 of page loads (navigation start to the end of the load event)",
  } as const;
  const verdict = judgedVerdict(head, {
    observed,
    limit,
    minimumCount,
    subject: `p95 of page loads in a real browser${failed === 0 ? "" : `, ${failed} of them failed,`}`,
    doubt: "use more browser users or a longer run",
    smallestDetectable: smallestDetectable(observed, limit, "ratio"),
  });
  const instants = pages.flatMap(({ loads, failures }) =>
    [...loads, ...failures].map(({ at }) => at),
  );
  const seen = seenOf(time, instants, { standsMs: standsMs(instants) });
  return withoutSliver(verdict, seen, { observer: "The browsers", gap: gaps[0] });
}

/** Users look at a page for a while: six times the usual way from one view to the next, ten seconds at least. */
function standsMs(instants: readonly number[]): number {
  const ascending = instants.toSorted((one, other) => one - other);
  const ways = ascending.slice(1).map((at, index) => at - (ascending[index] ?? at));
  return Math.max(10_000, 6 * (ways.length === 0 ? 0 : median(ways)));
}

function batchesOf(time: JudgedTime, pages: readonly PageViews[]): Histogram[] {
  const batches = Array.from({ length: time.batchCount }, () => new Histogram());
  const record = (at: number, ms: number): void => {
    const phase = time.phases.find(({ from, to }) => at >= from && at < to);
    if (phase === undefined) return;
    const index = batchIndex(phase.offsetMs + at - phase.from, time.durationMs, time.batchCount);
    batches[index]?.record(ms);
  };
  for (const { loads, failures } of pages) {
    loads.forEach(({ at, ms }) => record(at, ms));
    failures.forEach(({ at }) => record(at, Infinity));
  }
  return batches;
}
