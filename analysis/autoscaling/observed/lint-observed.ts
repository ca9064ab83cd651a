/** The lint on the objects as they were found in the cluster, before the load. */
import { z } from "zod";
import { kubernetesRecords as names, metricKey } from "../../../src/domain/kubernetes-records.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { metricsOf } from "../behaviour.ts";
import { lintAutoscaling } from "../lint/index.ts";
import type { LintInput, LintWorkload } from "../lint/lint-input.ts";
import { hpaSpecSchema } from "../manifest-schema.ts";
import type { HpaManifest } from "../manifest-schema.ts";
import { parseMilli } from "../quantity.ts";
import { metricLabel } from "../reconcile.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import { containerRecord } from "./observed-pods.ts";

const templateRecord = z.array(containerRecord);

export function lintObserved(
  records: ClusterRecords,
  workloads: readonly string[],
): readonly Finding[] {
  const hpas = workloads.flatMap((name) => hpasOf(records, name));
  const quota = quotaOf(records);
  const podLimit = records.of(names.podLimit)[0]?.value;
  const servedMetrics = servedBy(records, hpas, workloads);
  const input: LintInput = {
    workloads: workloads.flatMap((name) => workloadOf(records, name, hpas) ?? []),
    hpas,
    ...(podLimit === undefined ? {} : { podLimit }),
    ...(servedMetrics === undefined ? {} : { servedMetrics }),
    ...(quota === undefined ? {} : { quota }),
  };
  return lintAutoscaling(input);
}

/** Every HPA that aims at the workload, as it was first seen. */
function hpasOf(records: ClusterRecords, workload: string): readonly HpaManifest[] {
  const byName = new Map<string, HpaManifest>();
  for (const { labels } of records.of(names.hpaSpec, workload)) {
    const parsed = hpaSpecSchema.safeParse(JSON.parse(labels["spec"] ?? "{}"));
    const name = labels["hpa"] ?? "";
    if (!parsed.success || byName.has(name)) continue;
    byName.set(name, { name, namespace: "observed", spec: parsed.data });
  }
  return [...byName.values()];
}

function workloadOf(
  records: ClusterRecords,
  name: string,
  hpas: readonly HpaManifest[],
): LintWorkload | undefined {
  const template = records.of(names.template, name)[0]?.labels["containers"];
  const parsed = templateRecord.safeParse(JSON.parse(template ?? "[]"));
  if (template === undefined || !parsed.success) return undefined;
  const specified = records.of(names.specified, name)[0]?.labels;
  const own = hpas.find(({ spec }) => spec.scaleTargetRef.name === name)?.spec;
  // Without a specification there is nothing to differ from.
  const minReplicas = Number(specified?.["minReplicas"] ?? own?.minReplicas ?? 1);
  const maxReplicas = Number(specified?.["maxReplicas"] ?? own?.maxReplicas ?? 1);
  return {
    name,
    minReplicas,
    maxReplicas,
    containers: parsed.data.map(({ name: container, requests }) => {
      const cpu = unitsOf(requests["cpu"]);
      const memory = unitsOf(requests["memory"]);
      return {
        name: container,
        ...(cpu === undefined ? {} : { cpuRequestCores: cpu }),
        ...(memory === undefined ? {} : { memoryRequestBytes: memory }),
      };
    }),
    hasReadinessProbe: parsed.data.some(({ hasReadinessProbe }) => hasReadinessProbe === true),
    ...(specified?.["keepsMemory"] === "true" ? { freesMemory: false } : {}),
  };
}

const unitsOf = (quantity: string | number | undefined): number | undefined => {
  const milli = quantity === undefined ? undefined : parseMilli(quantity);
  return milli === undefined ? undefined : Number(milli) / 1000;
};

/**
 * Metrics that the autoscalers told something of at most of their looks. Unknown where none of them told anything at all
 * yet, and nothing failed.
 */
function servedBy(
  records: ClusterRecords,
  hpas: readonly HpaManifest[],
  workloads: readonly string[],
): readonly string[] | undefined {
  const told = new Set<string>();
  for (const name of workloads) {
    const looks = records.of(names.hpaDesired, name).length;
    const times = new Map<string, number>();
    for (const { labels } of records.of(names.hpaMetricValue, name)) {
      const key = labels["metric"] ?? "";
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    for (const [key, count] of times) if (count >= looks / 2) told.add(key);
  }
  const failed = workloads.some((name) =>
    records
      .of(names.hpaCondition, name)
      .some(({ labels }) => labels["reason"]?.startsWith("FailedGet") === true),
  );
  if (told.size === 0 && !failed) return undefined;
  const all = hpas.flatMap(({ spec }) => metricsOf(spec));
  return [
    ...new Set(all.filter((metric) => told.has(metricKey(metric))).map((one) => metricLabel(one))),
  ];
}

function quotaOf(records: ClusterRecords): LintInput["quota"] {
  const hard = (...resources: readonly string[]): number | undefined => {
    const limits = records
      .of(names.quotaHard)
      .filter(({ labels }) => resources.includes(labels["resource"] ?? ""))
      .map(({ value }) => value);
    return limits.length === 0 ? undefined : Math.min(...limits);
  };
  const cpuCores = hard("requests.cpu", "cpu");
  const memoryBytes = hard("requests.memory", "memory");
  if (cpuCores === undefined && memoryBytes === undefined) return undefined;
  return {
    ...(cpuCores === undefined ? {} : { cpuCores }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}
