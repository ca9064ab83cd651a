import { formatCount } from "../../src/domain/number-text.ts";
import type { Limit } from "../../src/domain/verdict.ts";
import { offeredPerMinute } from "../planned.ts";
import { batchCount } from "../statistics/batches.ts";
import { notAsked, notTestable } from "./check.ts";
import { judgedVerdict, smallestDetectable } from "./compare-with-limit.ts";
import { defineRunCheck } from "./run-check.ts";

/** Well answered requests per minute against the target, where the profile offers enough to prove it. */
export const throughput = defineRunCheck(
  {
    id: "throughput",
    group: "objective",
    title: "Throughput, well answered requests",
    requires: ["plan", "throughput"],
  },
  ({ plan, throughput: { achieved } }, head) => {
    const target = plan.objectives.requestsPerMinute;
    if (!plan.judges.throughput) {
      return notAsked(head, "This profile does not offer enough load to judge throughput.");
    }
    if (achieved === undefined || achieved.sampleCount < batchCount) {
      const measured = achieved?.sampleCount ?? 0;
      const reason = `${measured} whole seconds were judged; throughput takes ${batchCount}.`;
      return { ...notTestable(head, reason), shortage: { measured, minimum: batchCount } };
    }
    const limit: Limit = {
      value: target,
      unit: "1/min",
      good: "above",
      source: "objective, throughput",
    };
    const verdict = judgedVerdict(head, {
      observed: achieved,
      limit,
      minimumCount: batchCount,
      subject: "Throughput of well answered requests",
      smallestDetectable: smallestDetectable(achieved, limit, "difference"),
      doubt: `${formatCount(offeredPerMinute(plan))} requests/min were offered`,
    });
    return { verdict };
  },
);
