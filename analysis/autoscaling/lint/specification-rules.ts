/** Rules over the specification's own tables: where they contradict each other (contradictions 1, 2, 6 and 7). */
import { rateText, requestRatePerPod } from "../policy-mapping.ts";
import type { PolicyRow } from "../policy-mapping.ts";
import { finding } from "./finding.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import type { LintInput } from "./lint-input.ts";

/** Contradiction 1: the demand needs more pods than the workload may have. */
export function demandAboveMaximum(input: LintInput): readonly Finding[] {
  const { demand, policies } = input;
  if (demand === undefined || policies === undefined) return [];
  const perPod = requestRatePerPod(policies);
  const workload = input.workloads.find(({ name }) => name === demand.workload);
  if (perPod === undefined || workload === undefined) return [];
  const needed = Math.ceil(demand.requestsPerMinute / perPod);
  const today = demand.todayPerMinute;
  const now = today === undefined ? undefined : Math.ceil(today / perPod);
  if (needed <= workload.maxReplicas) return [];
  const already =
    now !== undefined && now >= workload.maxReplicas
      ? ` Today's ${today ?? 0} requests/min already need ${now}: it stands at its maximum now.`
      : "";
  return [
    finding("autoscaling.demand-above-maximum", "P1", {
      sentence: `${demand.requestsPerMinute} requests/min at ${perPod} requests/min/pod need ${needed} ${workload.name} pods; the workload allows ${workload.maxReplicas}.${already}`,
      evidence: `ceil(${demand.requestsPerMinute} / ${perPod}) = ${needed} > ${workload.maxReplicas}`,
      action: `Raise the maximum of ${workload.name} to at least ${needed + 1} (N+1), or measure a higher rate per pod.`,
    }),
  ];
}

/** Contradiction 2: a row's maximum no workload may have, and maxima that add up to more than the platform allows. */
export function maximaUnreachable(input: LintInput): readonly Finding[] {
  const { policies = {}, podLimit, workloads } = input;
  const largest = Math.max(...workloads.map(({ maxReplicas }) => maxReplicas));
  const rows = Object.entries(policies).filter(([, { maxReplicas }]) => maxReplicas > largest);
  const findings = rows.map(([metric, { maxReplicas }]) =>
    finding("autoscaling.maximum-unreachable", "P2", {
      sentence: `The ${metric} policy allows ${maxReplicas} pods; no workload may have more than ${largest}.`,
      evidence: workloads.map(({ name, maxReplicas: own }) => `${name} ${own}`).join(", "),
      action: "Lower the policy's maximum, or raise the workload that needs it.",
    }),
  );
  const sum = workloads.reduce((all, { maxReplicas }) => all + maxReplicas, 0);
  if (podLimit === undefined || sum <= podLimit) return findings;
  const parts = workloads.map(({ maxReplicas }) => maxReplicas).join(" + ");
  return [
    ...findings,
    finding("autoscaling.maxima-above-limit", "P2", {
      sentence: `The workloads' maxima add up to ${sum} pods, the platform allows ${podLimit}: ${sum - podLimit} cannot be had when all are busy at once.`,
      evidence: `${parts} = ${sum} > ${podLimit}`,
      action: "Raise the limit or lower a maximum; say which workload loses first.",
    }),
  ];
}

/** Contradiction 6: the policies' minimum is not the workloads'. */
export function minimumUnlikeWorkload(input: LintInput): readonly Finding[] {
  const { policies, workloads } = input;
  if (policies === undefined) return [];
  const minima = [...new Set(Object.values(policies).map(({ minReplicas }) => minReplicas))];
  const unlike = workloads.filter((workload) => !minima.includes(workload.minReplicas));
  if (unlike.length === 0) return [];
  const own = unlike.map(({ name, minReplicas }) => `${name} ${minReplicas}`).join(", ");
  return [
    finding("autoscaling.minimum-unlike-workload", "P2", {
      sentence: `The policies keep at least ${minima.join(" or ")} pods of everything; ${unlike.length} workloads say otherwise (${own}).`,
      evidence: `policies ${minima.join(", ")}; workloads ${own}`,
      action: "Take the minimum from the workload, and let an HPA go below 2 only on purpose.",
    }),
  ];
}

/** Contradiction 7: one HPA has one minimum, one maximum and one behaviour; the table has one per metric. */
export function behaviourPerMetric(input: LintInput): readonly Finding[] {
  const rows = Object.entries(input.policies ?? {});
  const different = (of: (row: PolicyRow) => string): readonly string[] => [
    ...new Set(rows.map(([, row]) => of(row))),
  ];
  const parts = [
    { word: "maximum", values: different(({ maxReplicas }) => String(maxReplicas)) },
    { word: "scale-up", values: different(({ up }) => rateText(up)) },
    { word: "scale-down", values: different(({ down }) => rateText(down)) },
  ].filter(({ values }) => values.length > 1);
  if (parts.length === 0) return [];
  const count = parts.reduce((sum, { values }) => sum + values.length, 0);
  return [
    finding("autoscaling.behaviour-per-metric", "P2", {
      sentence: `The table gives ${rows.length} metrics ${count} different limits, but a HorizontalPodAutoscaler has one set for all its metrics.`,
      evidence: parts.map(({ word, values }) => `${word}: ${values.join(" / ")}`).join("; "),
      action: "One HPA per workload: its own limits, the fastest scale-up, the slowest scale-down.",
    }),
  ];
}
