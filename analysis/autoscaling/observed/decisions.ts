/** Every change of size with its way: metric → raw proposal → stabilised → limited by which policy. */
import type { ScalingDecision } from "../../../src/domain/autoscaling.ts";
import { metricsOf } from "../behaviour.ts";
import type { SizeChange } from "../checks/changes.ts";
import { sizeChanges } from "../checks/changes.ts";
import { predict } from "../checks/predictions.ts";
import type { Prediction } from "../checks/predictions.ts";
import { explainDecision, policyText } from "../explain.ts";
import { milliOf } from "../../../src/domain/kubernetes-quantity.ts";
import { metricLabels } from "../reconcile.ts";
import { specAt } from "../checks/spec-in-force.ts";
import type { HpaSpec, MetricSpec } from "../types.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import { statusOf } from "./metric-readings.ts";
import { hpaSnapshots } from "./observed-syncs.ts";
import type { ObservedWorkload } from "./observe-run.ts";
import type { HpaSnapshot } from "./sync-instants.ts";

/** A decision was made at most this long before or after the sync that is taken for it. */
const nearMs = 20_000;

export function decisionsOf(
  { name, hpa, observations }: ObservedWorkload,
  records: ClusterRecords,
): readonly ScalingDecision[] {
  const { samples = [], syncs = [] } = observations;
  if (hpa === undefined) return [];
  const predictions = predict(syncs, hpa.spec, observations.controller);
  const snapshots = hpaSnapshots(records, { workload: name, hpa: hpa.name });
  return sizeChanges(samples).map((change) => {
    const prediction = nearest(predictions, change);
    const snapshot = snapshots.find(({ t }) => t >= change.at);
    const spec = prediction?.spec ?? specAt(hpa.specs, change.at) ?? hpa.spec;
    return decisionOf(change, { prediction, snapshot, spec, records });
  });
}

/** The sync that made the change; where that decides otherwise on what was seen, its neighbour that agrees (A6: 1 sync slack). */
function nearest(predictions: readonly Prediction[], change: SizeChange): Prediction | undefined {
  const near = predictions.filter(({ at }) => Math.abs(at - change.at) <= nearMs);
  const distance = ({ at, currentReplicas, desiredReplicas }: Prediction): number =>
    Math.abs(at - change.at) +
    (currentReplicas === change.from ? 0 : nearMs / 5) +
    (desiredReplicas === change.to ? 0 : nearMs);
  return near.toSorted((a, b) => distance(a) - distance(b))[0];
}

function decisionOf(
  { at, from, to }: SizeChange,
  seen: {
    readonly prediction: Prediction | undefined;
    readonly snapshot: HpaSnapshot | undefined;
    readonly spec: HpaSpec;
    readonly records: ClusterRecords;
  },
): ScalingDecision {
  const { prediction, snapshot, spec, records } = seen;
  const { why } = prediction ?? {};
  const base = { at: records.toOurs(at), from, to };
  if (prediction === undefined || why === undefined)
    return {
      ...base,
      metric: "unknown",
      proposed: to,
      stabilised: to,
      sentence: `${from} → ${to}: what the autoscaler saw then was not observed`,
    };
  const limitedBy = limitText(prediction, spec);
  const asRuled = prediction.desiredReplicas === to;
  const explained = explainDecision({ from, to: prediction.desiredReplicas, why });
  return {
    ...base,
    metric:
      why.metricIndex === undefined
        ? (why.limitedBy ?? "none")
        : metricText(metricsOf(spec), why.metricIndex, snapshot),
    proposed: why.rawProposal ?? to,
    stabilised: why.stabilised ?? why.rawProposal ?? to,
    limitedBy,
    sentence: asRuled
      ? `${from} → ${to}: ${explained}`
      : `${from} → ${to}, where the rules come to ${prediction.desiredReplicas}: ${explained}`,
  };
}

function limitText(
  { why }: Prediction,
  { minReplicas = 1, maxReplicas }: HpaSpec,
): string | undefined {
  switch (why.limitedBy) {
    case undefined:
    case "ScalingDisabled":
      return undefined;
    case "TooManyReplicas":
    case "AboveMaximum":
      return `maximum ${maxReplicas}`;
    case "TooFewReplicas":
    case "BelowMinimum":
      return `minimum ${minReplicas}`;
    case "ScaleUpLimit":
    case "ScaleDownLimit":
      return why.policy === undefined ? why.limitedBy : policyText(why.policy);
    default:
      return why.limitedBy satisfies never;
  }
}

/** `cpu 84 % of 70 %`, `http_requests_per_minute 1240 of 1000 per pod`. */
function metricText(
  metrics: readonly MetricSpec[],
  index: number,
  snapshot: HpaSnapshot | undefined,
): string {
  const [metric, label = ""] = [metrics[index], metricLabels(metrics)[index]];
  if (metric === undefined) return label;
  const status = snapshot === undefined ? undefined : statusOf(metric, metrics, snapshot);
  const { resource, containerResource, pods, object, external } = metric;
  const target = (resource ?? containerResource ?? pods ?? object ?? external)?.target;
  if (target?.averageUtilization !== undefined) {
    const now = status?.utilisation;
    return now === undefined
      ? label
      : `${label} ${Math.round(now * 100)} % of ${target.averageUtilization} %`;
  }
  const wanted = target?.averageValue ?? target?.value;
  if (status?.value === undefined || wanted === undefined) return label;
  const perPod = target?.averageValue === undefined ? "" : " per pod";
  return `${label} ${rounded(status.value)} of ${rounded(Number(milliOf(wanted)) / 1000)}${perPod}`;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** For each metric: `cpu 70 % of request`, `http_requests_per_minute 1000 per pod`. */
export const targetTexts = (metrics: readonly MetricSpec[]): readonly string[] =>
  metrics.map((metric, index) => targetText(metric, metricLabels(metrics)[index] ?? ""));

function targetText(metric: MetricSpec, label: string): string {
  const { resource, containerResource, pods, object, external } = metric;
  const target = (resource ?? containerResource ?? pods ?? object ?? external)?.target;
  if (target?.averageUtilization !== undefined)
    return `${label} ${target.averageUtilization} % of request`;
  if (target?.averageValue !== undefined) return `${label} ${target.averageValue} per pod`;
  return `${label} ${target?.value ?? ""}`.trim();
}
