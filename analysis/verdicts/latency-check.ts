import { relativeError } from "../../src/domain/histogram.ts";
import { latencyLimitMs } from "../../src/domain/latency-objective.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { Surface } from "../../src/domain/surface.ts";
import type { JudgedVerdict, Limit } from "../../src/domain/verdict.ts";
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

/** Fewer values have no p95. */
export const minimumP95Count = minimumQuantileCount(latencyQuantile);

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
    const shortage = { measured: 0, minimum: minimumP95Count };
    return { ...notTestable(head, `No ${noun} were measured in a judged phase.`), shortage };
  }
  const measured = countOf(group);
  return {
    verdict: judgeP95(head, observed, {
      limitMs: latencyLimitMs(plan.objectives, surface),
      source: `objective, p95 of ${noun}; histogram within ±${relativeError * 100} %`,
      subject: `p95 of ${noun}`,
      doubt: "run longer to narrow the interval",
    }),
    shortage: measured < minimumP95Count ? { measured, minimum: minimumP95Count } : undefined,
  };
}

interface P95Parts {
  readonly limitMs: number;
  /** Where the limit comes from. */
  readonly source: string;
  readonly subject: string;
  /** What would narrow the interval. */
  readonly doubt: string;
}

export function judgeP95(
  head: CheckHead,
  observed: Estimate,
  { limitMs, source, subject, doubt }: P95Parts,
): JudgedVerdict {
  const limit: Limit = { value: limitMs, unit: "ms", good: "below", source };
  const detectable = smallestDetectable(observed, limit, "ratio");
  const parts = {
    observed,
    limit,
    minimumCount: minimumP95Count,
    subject,
    doubt,
    smallestDetectable: detectable,
  };
  return judgedVerdict(head, parts);
}
