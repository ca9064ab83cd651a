import { relativeError } from "../../src/domain/histogram.ts";
import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import type { Objectives } from "../../src/domain/profile.ts";
import type { Surface } from "../../src/domain/surface.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { countOf } from "../measurements/dropped.ts";
import { latencyNoun } from "../phrases.ts";
import { plannedJudgedRequests } from "../planned.ts";
import { minimumQuantileCount, quantileInterval } from "../statistics/quantile-interval.ts";
import type { RunFacts } from "../run-facts.ts";
import type { CheckHead, CheckResult } from "./check.ts";
import { notAsked, notTestable } from "./check.ts";
import { judgedVerdict, smallestDetectable } from "./compare-with-limit.ts";
import { defineRunCheck, type RunCheck } from "./run-check.ts";

export const latencyQuantile = 0.95;

const minimumCount = minimumQuantileCount(latencyQuantile);

export const latencyCheck = (id: string, title: string, surface: Surface): RunCheck =>
  defineRunCheck(
    { id, group: "objective", title, surface, requires: ["plan", "latencies"] },
    (inputs, head) => judgeLatency(surface, inputs, head),
  );

/** p95 of a surface against its objective: the whole interval must lie below. */
export function judgeLatency(
  surface: Surface,
  { plan, latencies }: Pick<RunFacts, "plan" | "latencies">,
  head: CheckHead,
): CheckResult {
  const noun = latencyNoun[surface];
  if (!plan.judges.latency) return notAsked(head, "This profile does not judge latency.");
  if (plannedJudgedRequests(plan, surface) === 0) {
    return notAsked(head, `The plan sends no ${noun} in a judged phase.`);
  }
  const group = latencies[surface];
  const observed = group && quantileInterval(group.batches, latencyQuantile, "ms");
  if (group === undefined || observed === undefined) {
    const shortage = { measured: 0, minimum: minimumCount };
    return { ...notTestable(head, `No ${noun} were measured in a judged phase.`), shortage };
  }
  const limit = limitOf(plan.objectives, surface);
  const measured = countOf(group);
  return {
    verdict: judgedVerdict(head, {
      observed,
      limit,
      minimumCount,
      subject: `p95 of ${noun}`,
      doubt: "run longer to narrow the interval",
      smallestDetectable: smallestDetectable(observed, limit, "ratio"),
    }),
    shortage: measured < minimumCount ? { measured, minimum: minimumCount } : undefined,
  };
}

const limitOf = (objectives: Objectives, surface: Surface): Limit => ({
  value: latencyLimitMs(objectives, surface),
  unit: "ms",
  good: "below",
  source: `objective, p95 of ${latencyNoun[surface]}; histogram within ±${relativeError * 100} %`,
});
