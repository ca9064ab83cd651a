/** The lint on the objects as they were found in the cluster, before the load. */
import type {
  DeployedWorkload,
  PodResources,
  SpecifiedWorkload,
} from "../../../src/domain/deployed-workload.ts";
import { isSurface, type Surface } from "../../../src/domain/surface.ts";
import type { ContainerRecord } from "../../../src/domain/kubernetes-records.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import { metricsOf } from "../behaviour.ts";
import { lintAutoscaling } from "../lint/index.ts";
import type { LintInput, LintWorkload } from "../lint/lint-input.ts";
import { hpaSpecSchema } from "../manifest-schema.ts";
import type { HpaManifest } from "../manifest-schema.ts";
import { parseMilli } from "../../../src/domain/kubernetes-quantity.ts";
import { metricLabels } from "../reconcile.ts";
import type { ClusterRecords, Timed } from "./cluster-records.ts";
import { statusOf } from "./metric-readings.ts";
import { hpaSnapshots } from "./observed-syncs.ts";

export function lintObserved(
  records: ClusterRecords,
  workloads: readonly string[],
): readonly Finding[] {
  const hpas = workloads.flatMap((name) => hpasOf(records, name));
  const quota = quotaOf(records);
  const podLimit = records.of("pod-limit")[0]?.value;
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
  for (const { hpa: name, spec } of records.of("hpa-spec", workload)) {
    const parsed = hpaSpecSchema.safeParse(spec);
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
  const [template] = records.of("pod-template", name);
  if (template === undefined) return undefined;
  const { containers } = template;
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
    podRequests: podRequestsOf(template),
    hasReadinessProbe: containers.some(({ hasReadinessProbe }) => hasReadinessProbe === true),
    freesMemory: specified.some(({ keepsMemory }) => keepsMemory) ? false : undefined,
  };
}

/** The workload as the cluster declares it, in the form that is compared with the specification. */
function deployedOf(records: ClusterRecords, name: string): DeployedWorkload | undefined {
  // As it was first read.
  const [template] = records.of("pod-template", name);
  if (template === undefined) return undefined;
  const { containers, kind, pod = {} } = template;
  const { requests = {}, limits = {} } = pod;
  const count = records.of("hpa-count", name)[0]?.value;
  return {
    name,
    kind: kind === "StatefulSet" ? kind : "Deployment",
    surfaces: specifiedOf(records, name).map(({ surface }) => surface),
    replicas: records.of("workload-replicas", name)[0]?.value,
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
  return records.of("workload-specified", workload).flatMap((figures) => {
    const { surface = workload, minReplicas = 1, maxReplicas = 1, keepsMemory = false } = figures;
    return isSurface(surface)
      ? [{ ...figures, surface, minReplicas, maxReplicas, keepsMemory }]
      : [];
  });
}

/** Of the pod itself (PodLevelResources); absent where the template sets none. */
function podRequestsOf({ pod }: Timed<"pod-template">): LintWorkload["podRequests"] {
  if (pod?.requests === undefined) return undefined;
  return {
    cpuRequestCores: unitsOf(pod.requests["cpu"]),
    memoryRequestBytes: unitsOf(pod.requests["memory"]),
  };
}

const unitsOf = (quantity: string | number | undefined): number | undefined => {
  const milli = quantity === undefined ? undefined : parseMilli(quantity);
  return milli === undefined ? undefined : Number(milli) / 1000;
};

/**
 * Metrics that the autoscalers reported at most polls. Unknown where none of them reported anything at all
 * yet, and nothing failed.
 */
function servedBy(
  records: ClusterRecords,
  hpas: readonly HpaManifest[],
  workloads: readonly string[],
): readonly string[] | undefined {
  const served = hpas.flatMap(({ name: hpa, spec }) => {
    const snapshots = hpaSnapshots(records, { workload: spec.scaleTargetRef.name, hpa });
    const metrics = metricsOf(spec);
    const labels = metricLabels(metrics);
    return metrics.flatMap((metric, index) => {
      const count = snapshots.filter(
        (snapshot) => statusOf(metric, metrics, snapshot)?.value !== undefined,
      ).length;
      return count > 0 && count >= snapshots.length / 2 ? [labels[index] ?? ""] : [];
    });
  });
  const failed = workloads.some((name) =>
    records.of("hpa-condition", name).some(({ reason }) => reason.startsWith("FailedGet")),
  );
  return served.length === 0 && !failed ? undefined : [...new Set(served)];
}

function quotaOf(records: ClusterRecords): LintInput["quota"] {
  const hard = (...resources: readonly string[]): number | undefined => {
    const limits = records
      .of("quota-hard")
      .filter(({ resource }) => resources.includes(resource))
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
