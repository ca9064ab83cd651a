/** Each metric of an HPA as a share of its target at one moment of a simulation: 1 is on target, the largest decides. */
import { metricsOf } from "../behaviour.ts";
import { milliOf, type QuantityText } from "../../../src/domain/kubernetes-quantity.ts";
import { metricLabel } from "../reconcile.ts";
import type { MetricSpec, MetricTarget } from "../types.ts";
import { countsSeconds, metricValue } from "./metrics-pipeline.ts";
import type { WorkloadModel, WorkloadSample } from "./model.ts";

export interface TargetRatio {
  readonly metric: string;
  readonly ratio: number;
}

/** @returns nothing where no pod is ready, or the workload has no HPA */
export function targetRatios(
  sample: WorkloadSample,
  workload: WorkloadModel,
): readonly TargetRatio[] {
  if (workload.hpa === undefined || sample.readyReplicas === 0) return [];
  return metricsOf(workload.hpa).flatMap((metric) => {
    const ratio = ratioOf(metric, sample, workload);
    return ratio === undefined ? [] : [{ metric: metricLabel(metric), ratio }];
  });
}

function ratioOf(
  metric: MetricSpec,
  sample: WorkloadSample,
  { pod }: WorkloadModel,
): number | undefined {
  const resource = metric.resource ?? metric.containerResource;
  const perPod = sample.loadPerSecond / sample.readyReplicas;
  if (resource !== undefined) {
    const isCpu = resource.name === "cpu";
    const used = isCpu
      ? Math.min(pod.cpuLimitCores, sample.busyRatio * pod.cpuLimitCores + pod.idleCpuCores)
      : pod.memoryBaseBytes + perPod * pod.memoryBytesPerRequestPerSecond;
    return resourceRatio(
      resource.target,
      used,
      isCpu ? pod.cpuRequestCores : pod.memoryRequestBytes,
    );
  }
  if (metric.pods !== undefined) {
    return share(countsSeconds(metric) ? perPod : perPod * 60, metric.pods.target.averageValue);
  }
  const source = metric.object ?? metric.external;
  if (source === undefined) return undefined;
  const { value, averageValue } = source.target;
  const current = metricValue(metric, { p95Ms: sample.p95Ms, queue: sample.backlog });
  if (value !== undefined) return share(current, value);
  return share(current / Math.max(1, sample.specReplicas), averageValue);
}

function resourceRatio(target: MetricTarget, used: number, request: number): number | undefined {
  const { averageUtilization, averageValue } = target;
  return averageUtilization === undefined
    ? share(used, averageValue)
    : used / request / (averageUtilization / 100);
}

function share(used: number, target: QuantityText | undefined): number | undefined {
  return target === undefined ? undefined : used / (Number(milliOf(target)) / 1000);
}
