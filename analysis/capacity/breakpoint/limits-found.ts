/**
 * What a breakpoint run adds to its own report: was the limit of each workload found? That, not whether objectives held
 * beyond it, is what such a run is judged by.
 */
import { inSentence, intervalInSentence, plural } from "../../../src/domain/number-text.ts";
import type { WorkloadCapacity } from "../../../src/domain/capacity.ts";
import type { Estimate } from "../../../src/domain/estimate.ts";
import type { Finding, JudgedVerdict } from "../../../src/domain/verdict.ts";
import type { FindingRule } from "../../findings/finding-rule.ts";
import { notTestable, type CheckResult } from "../../verdicts/check.ts";
import { defineRunCheck } from "../../verdicts/run-check.ts";
import { capacityModel } from "./capacity-model.ts";
import type { RunData } from "../../../src/domain/run.ts";

export type LimitsFound = ReturnType<typeof capacityModel>;

/** @returns `undefined` for a run that does not look for a limit */
export const limitsFound = (data: RunData): LimitsFound | undefined =>
  data.run.plan.judges.capacity === true
    ? capacityModel([data], { seed: data.run.plan.seed })
    : undefined;

const refusedRun = { id: "run.capacity", group: "capacity", title: "Capacity" } as const;

export const limitsCheck = defineRunCheck(
  {
    id: "capacity",
    group: "capacity",
    title: "Limit of each workload found",
    requires: [],
    optional: ["limits"],
  },
  ({ limits }) => [
    ...(limits?.refusedRuns ?? []).map(({ reason }) => notTestable(refusedRun, `${reason}.`)),
    ...(limits?.workloads ?? []).flatMap((workload): CheckResult[] => {
      const verdict = verdictOf(workload);
      return verdict === undefined ? [] : [{ verdict }];
    }),
  ],
);

export const limitFindings: FindingRule = ({ limits }) =>
  (limits?.workloads ?? []).flatMap((workload) => findingOf(workload) ?? []);

/** Pass: the limit lies below the highest level with its whole interval. Absent: not one level was measured. */
function verdictOf(found: WorkloadCapacity): JudgedVerdict | undefined {
  const top = found.levels.at(-1);
  if (top === undefined) return undefined;
  const { workload, capacityAtObjective: capacity, atLeastPerSecond, refusals, replicas } = found;
  const highest = top.offeredPerSecond;
  const observed = capacity ?? lowerBound((atLeastPerSecond ?? 0) * (replicas ?? 1), found);
  const isFound = capacity !== undefined && capacity.high < highest;
  return {
    outcome: isFound ? "pass" : "inconclusive",
    checkId: `${workload}.capacity`,
    group: "capacity",
    title: `Limit of ${workload} found`,
    reason: isFound
      ? `${workload} carries ${inSentence(capacity.point, "1/s")}${podsText(found)} (${intervalInSentence(capacity)}): ${found.bindingLimit?.sentence ?? ""}.`
      : `${workload}: ${refusals[0]?.message ?? "the intervalInSentence of its capacity reaches beyond the highest level"}.`,
    observed,
    limit: { value: highest, unit: "1/s", good: "below", source: "the highest level of this run" },
    margin: 1 - observed.high / highest,
    minimumCount: 1,
  };
}

const podsText = ({ replicas }: WorkloadCapacity): string =>
  replicas === undefined ? "" : ` with ${plural(replicas, "pod")}`;

const lowerBound = (point: number, { levels }: WorkloadCapacity): Estimate => ({
  point,
  low: point > 0 ? point : -Infinity,
  high: Infinity,
  unit: "1/s",
  confidence: 0.95,
  sampleCount: levels.length,
  method: "highest level within the objectives",
  warnings: [],
});

function findingOf(found: WorkloadCapacity): Finding | undefined {
  const { workload, capacityAtObjective: capacity, bindingLimit } = found;
  if (capacity === undefined || bindingLimit === undefined) return undefined;
  return {
    id: "capacity-found",
    severity: "info",
    sentence: `The limit of ${workload} is ${inSentence(capacity.point, "1/s")}${podsText(found)}: ${bindingLimit.sentence}.`,
    evidence: `${plural(found.levels.length, "level")}; ${intervalInSentence(capacity)}`,
    action: "headroom plan reads what it means in pods, nodes and dates from this run.",
  };
}
