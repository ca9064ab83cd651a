/** The lint on the objects as they were found in the cluster, before the load. */
import { z } from "zod";
import type {
  DeployedWorkload,
  PodResources,
  SpecifiedWorkload,
} from "../../../src/domain/deployed-workload.ts";
import { kubernetesRecords as names } from "../../../src/domain/kubernetes-records.ts";
import { isSurface, type Surface } from "../../../src/domain/surface.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { metricsOf } from "../behaviour.ts";
import { lintAutoscaling } from "../lint/index.ts";
import type { LintInput, LintWorkload } from "../lint/lint-input.ts";
import { hpaSpecSchema } from "../manifest-schema.ts";
import type { HpaManifest } from "../manifest-schema.ts";
import { parseMilli } from "../../../src/domain/kubernetes-quantity.ts";
import { metricLabels } from "../reconcile.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import { statusOf } from "./metric-readings.ts";
import { containerRecord } from "./observed-pods.ts";
import { hpaLooks } from "./observed-syncs.ts";

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
    podLimit,
    servedMetrics,
    quota,
    deployed: {
      deployment: {
        source: "cluster",
        workloads: workloads.flatMap((name) => deployedOf(records, name) ?? []),
      },
      specified: Object.fromEntries(
        workloads.flatMap((name) => specifiedOf(records, name).map((one) => [one.surface, one])),
      ),
    },
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
  const containers = containersOf(records, name);
  if (containers === undefined) return undefined;
  const specified = specifiedOf(records, name);
  const own = hpas.find(({ spec }) => spec.scaleTargetRef.name === name)?.spec;
  const isSpecified = specified.length > 0;
  return {
    name,
    // Without a specification there is nothing to differ from. A pod that serves several surfaces is counted for each.
    minReplicas: isSpecified
      ? Math.max(...specified.map(({ minReplicas }) => minReplicas))
      : (own?.minReplicas ?? 1),
    maxReplicas: isSpecified
      ? Math.max(...specified.map(({ maxReplicas }) => maxReplicas))
      : (own?.maxReplicas ?? 1),
    containers: containers.map(({ name: container, requests }) => {
      const cpu = unitsOf(requests["cpu"]);
      const memory = unitsOf(requests["memory"]);
      return {
        name: container,
        cpuRequestCores: cpu,
        memoryRequestBytes: memory,
      };
    }),
    ...podRequestsOf(records, name),
    hasReadinessProbe: containers.some(({ hasReadinessProbe }) => hasReadinessProbe === true),
    freesMemory: specified.some(({ keepsMemory }) => keepsMemory) ? false : undefined,
  };
}

type ContainerRecord = z.output<typeof containerRecord>;

/** Of the pod template as it was first read. */
function containersOf(
  records: ClusterRecords,
  workload: string,
): readonly ContainerRecord[] | undefined {
  const template = records.of(names.template, workload)[0]?.labels["containers"];
  const parsed = templateRecord.safeParse(JSON.parse(template ?? "[]"));
  return template !== undefined && parsed.success ? parsed.data : undefined;
}

/** The workload as the cluster declares it, in the form that is compared with the specification. */
function deployedOf(records: ClusterRecords, name: string): DeployedWorkload | undefined {
  const containers = containersOf(records, name);
  const kind = records.of(names.template, name)[0]?.labels["kind"];
  if (containers === undefined) return undefined;
  const count = records.of(names.hpaCount, name)[0]?.value;
  const { requests = {}, limits = {} } = podLevelOf(records, name);
  return {
    name,
    kind: kind === "StatefulSet" ? kind : "Deployment",
    surfaces: specifiedOf(records, name).map(({ surface }) => surface),
    replicas: records.of(names.replicas, name)[0]?.value,
    resources: {
      cpuRequestCores: unitsOf(requests["cpu"]) ?? sumOf(containers, "requests", "cpu"),
      cpuLimitCores: unitsOf(limits["cpu"]) ?? sumOf(containers, "limits", "cpu"),
      memoryRequestBytes: unitsOf(requests["memory"]) ?? sumOf(containers, "requests", "memory"),
      memoryLimitBytes: unitsOf(limits["memory"]) ?? sumOf(containers, "limits", "memory"),
    } satisfies PodResources,
    hasAutoscaler: count === undefined ? undefined : count > 0,
    readinessProbe: containers.some(({ hasReadinessProbe }) => hasReadinessProbe !== false)
      ? undefined
      : "none",
  };
}

/** `undefined` where one container sets none: a pod without a limit on one of them has no limit. */
function sumOf(
  containers: readonly ContainerRecord[],
  of: "requests" | "limits",
  resource: "cpu" | "memory",
): number | undefined {
  return containers.reduce<number | undefined>((sum, container) => {
    const value = unitsOf(container[of][resource]);
    return sum === undefined || value === undefined ? undefined : sum + value;
  }, 0);
}

interface SpecifiedSurface extends SpecifiedWorkload {
  readonly surface: Surface;
  readonly keepsMemory: boolean;
}

/** What the specification gives each surface that the workload serves. Runs of before named no surface: the workload had its name. */
function specifiedOf(records: ClusterRecords, workload: string): readonly SpecifiedSurface[] {
  return records.of(names.specified, workload).flatMap(({ labels }) => {
    const surface = labels["surface"] ?? workload;
    if (!isSurface(surface)) return [];
    const figure = (key: string): number | undefined =>
      labels[key] === undefined ? undefined : Number(labels[key]);
    return [
      {
        surface,
        minReplicas: figure("minReplicas") ?? 1,
        maxReplicas: figure("maxReplicas") ?? 1,
        keepsMemory: labels["keepsMemory"] === "true",
        cpuRequestCores: figure("cpuRequestCores"),
        cpuLimitCores: figure("cpuLimitCores"),
        memoryRequestBytes: figure("memoryRequestBytes"),
        memoryLimitBytes: figure("memoryLimitBytes"),
      },
    ];
  });
}

const quantities = z.record(z.string(), z.union([z.string(), z.number()]));
const podRecord = z.object({ requests: quantities.optional(), limits: quantities.optional() });

/** Resources of the pod itself (PodLevelResources), by the template as it was first read; empty where it sets none. */
function podLevelOf(records: ClusterRecords, workload: string): z.output<typeof podRecord> {
  const text = records.of(names.template, workload)[0]?.labels["pod"];
  return podRecord.safeParse(JSON.parse(text ?? "{}")).data ?? {};
}

function podRequestsOf(
  records: ClusterRecords,
  workload: string,
): Pick<LintWorkload, "podRequests"> {
  const { requests } = podLevelOf(records, workload);
  if (requests === undefined) return {};
  return {
    podRequests: {
      cpuRequestCores: unitsOf(requests["cpu"]),
      memoryRequestBytes: unitsOf(requests["memory"]),
    },
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
  const served = hpas.flatMap(({ name: hpa, spec }) => {
    const looks = hpaLooks(records, { workload: spec.scaleTargetRef.name, hpa });
    const metrics = metricsOf(spec);
    const labels = metricLabels(metrics);
    return metrics.flatMap((metric, index) => {
      const count = looks.filter(
        (look) => statusOf(metric, metrics, look)?.value !== undefined,
      ).length;
      return count > 0 && count >= looks.length / 2 ? [labels[index] ?? ""] : [];
    });
  });
  const failed = workloads.some((name) =>
    records
      .of(names.hpaCondition, name)
      .some(({ labels }) => labels["reason"]?.startsWith("FailedGet") === true),
  );
  return served.length === 0 && !failed ? undefined : [...new Set(served)];
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
    cpuCores,
    memoryBytes,
  };
}
