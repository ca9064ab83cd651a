/** What the Kubernetes observer adds to a run: checks A1–A13 per workload, utilisation, findings, lines, the report's part. */
import type { AutoscalingReport, WorkloadScaling } from "../../../src/domain/autoscaling.ts";
import { surfacesOf, workloadsOf, type Plan } from "../../../src/domain/plan.ts";
import type { Series } from "../../../src/domain/report.ts";
import type { RunData } from "../../../src/domain/run.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import type { FindingRule } from "../../findings/finding-rule.ts";
import { sentencesOf } from "../../gaps.ts";
import type { Measurements } from "../../measurements/index.ts";
import type { CheckResult } from "../../verdicts/check.ts";
import { defineRunCheck } from "../../verdicts/run-check.ts";
import { completeBehaviour, metricsOf } from "../behaviour.ts";
import type { CompleteRules } from "../behaviour.ts";
import { checkAutoscaling, type AutoscalingResult } from "../checks/index.ts";
import { policyText } from "../explain.ts";
import { defaultController } from "../types.ts";
import type { HpaSpec } from "../types.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import { assumedVersion, clusterRecordsOf } from "./cluster-records.ts";
import { decisionsOf, targetTexts } from "./decisions.ts";
import { checkFindings, restartFindings, utilisationFindings } from "./findings.ts";
import { hpaChangeFindings, nodeFindings, sleepingFindings } from "./object-findings.ts";
import { lintObserved } from "./lint-observed.ts";
import type { ObservedWorkload } from "./observe-run.ts";
import { eventsOf, observeWorkload } from "./observe-run.ts";
import { nodeSeries, seriesOfWorkload } from "./series.ts";
import { timesToServe } from "./time-to-serve.ts";
import { utilisationVerdicts } from "./utilisation.ts";

/** The cluster as it was observed, and how its autoscalers are judged by it. */
export interface ObservedAutoscaling {
  readonly records: ClusterRecords;
  readonly workloads: readonly {
    readonly workload: ObservedWorkload;
    readonly results: readonly AutoscalingResult[];
  }[];
  readonly utilisation: readonly CheckResult[];
  /** Objects of the cluster that are wrong by themselves. */
  readonly lint: readonly Finding[];
}

/** @returns `undefined` where the cluster was not observed */
export function observeAutoscaling(
  data: RunData,
  measured: Measurements,
): ObservedAutoscaling | undefined {
  const records = clusterRecordsOf(data, measured.time.loadStart);
  if (records === undefined) return undefined;
  const names = workloadsOf(data.run.plan);
  const workloads = names.map((name) => observeWorkload(name, { data, measured, records }));
  return {
    records,
    workloads: workloads.map((workload) => ({ workload, results: checksOf(workload) })),
    utilisation: utilisationVerdicts(workloads, records, measured.time),
    lint: lintObserved(records, names),
  };
}

/**
 * All thirteen checks decide: one that fails is a FAIL of the run, one that cannot be tested is not applicable. A workload
 * without an autoscaler is not asked.
 */
export const autoscalingCheck = defineRunCheck(
  {
    id: "autoscaling",
    group: "autoscaling",
    title: "Rules A1–A13 and utilisation of each workload",
    requires: [],
    optional: ["autoscaling"],
  },
  ({ autoscaling }) =>
    autoscaling === undefined
      ? []
      : [...autoscaling.workloads.flatMap(({ results }) => results), ...autoscaling.utilisation],
);

export const autoscalingFindings: FindingRule = ({ autoscaling, plan }) => {
  if (autoscaling === undefined) return [];
  const { records, utilisation, lint } = autoscaling;
  const workloads = autoscaling.workloads.map(({ workload }) => workload);
  return [
    ...checkFindings(
      autoscaling.workloads.map(({ workload: { name }, results }) => ({ workload: name, results })),
    ),
    ...restartFindings(workloadsOf(plan), records),
    ...nodeFindings(workloads, records),
    ...sleepingFindings(workloads),
    ...hpaChangeFindings(workloads),
    ...utilisationFindings(utilisation),
    ...lint,
  ];
};

export const autoscalingSeries = ({
  records,
  workloads,
}: ObservedAutoscaling): readonly Series[] => [
  ...workloads.flatMap(({ workload }) => seriesOfWorkload(workload, records)),
  ...nodeSeries(records),
];

export const autoscalingReport = (
  { records, workloads, lint }: ObservedAutoscaling,
  plan: Plan,
): AutoscalingReport => ({
  clock: records.clock,
  workloads: workloads.map(({ workload, results }) => ({
    ...scalingOf(workload, results, records),
    surfaces: surfacesOf(plan, workload.name),
  })),
  lint: lint.map(({ id, sentence, action }) => ({ id, sentence, action })),
  gaps: [...sentencesOf(records.gaps), ...assumedVersion(records)],
});

/** A1 to A13, ids and titles with the workload's name. */
function checksOf({ name, hpa, observations }: ObservedWorkload): readonly AutoscalingResult[] {
  const hasSamples = (observations.samples ?? []).length > 0;
  return checkAutoscaling(observations).map(({ verdict, ...result }) => {
    const isAbsent = hpa === undefined && hasSamples && verdict.outcome === "not-applicable";
    const subject = isAbsent ? `${name} has no autoscaler that could be seen` : name;
    const named = {
      checkId: `${name}.${verdict.checkId}`,
      title: `${name}: ${verdict.title}`,
      reason: `${subject}: ${verdict.reason}`,
    };
    return { ...result, verdict: { ...verdict, ...named } };
  });
}

function scalingOf(
  workload: ObservedWorkload,
  results: readonly AutoscalingResult[],
  records: ClusterRecords,
): WorkloadScaling {
  const { name, hpa, observations } = workload;
  const ready = (observations.samples ?? []).map(({ specReplicas }) => specReplicas);
  const gaps = [...new Set(Object.values(observations.gaps ?? {}))];
  return {
    workload: name,
    surfaces: [],
    autoscaler:
      hpa === undefined
        ? undefined
        : {
            name: hpa.name,
            minReplicas: hpa.spec.minReplicas ?? 1,
            maxReplicas: hpa.spec.maxReplicas,
            targets: targetTexts(metricsOf(hpa.spec)),
            behaviour: behaviourWords(hpa.spec),
          },
    replicas:
      ready.length === 0
        ? undefined
        : {
            least: Math.min(...ready),
            most: Math.max(...ready),
            atStart: ready[0] ?? 0,
            atEnd: ready.at(-1) ?? 0,
          },
    checks: results.map(({ number, verdict, evidence }) => ({ number, verdict, evidence })),
    events: hpa === undefined ? [] : eventsOf(records, hpa.name),
    decisions: decisionsOf(workload, records),
    timeToServe: timesToServe(workload, records),
    gaps:
      hpa === undefined && gaps.length === 0 && records.of("workload-replicas", name).length === 0
        ? [`nothing of ${name} was observed`]
        : gaps,
  };
}

function behaviourWords(spec: HpaSpec): readonly string[] {
  const behaviour = completeBehaviour(spec, defaultController);
  if (behaviour === undefined)
    return [
      `up: twice the pods or ${defaultController.scaleUpLimitMinimum}, no window`,
      `down: window ${defaultController.downscaleStabilisationMs / 1000} s`,
    ];
  return [directionWords("up", behaviour.scaleUp), directionWords("down", behaviour.scaleDown)];
}

/** `up: 3 pods every 30 s, no window`. */
function directionWords(
  way: string,
  { policies, selectPolicy, stabilisationMs }: CompleteRules,
): string {
  if (selectPolicy === "Disabled") return `${way}: disabled`;
  const which = policies.length < 2 ? "" : selectPolicy === "Max" ? "most of " : "least of ";
  const window = stabilisationMs === 0 ? "no window" : `window ${stabilisationMs / 1000} s`;
  return `${way}: ${which}${policies.map(policyText).join(", ")}, ${window}`;
}
