/** Rules over the objects in the cluster: what keeps an HPA from working, or makes it work badly. */
import { metricsOf } from "../behaviour.ts";
import type { HpaManifest } from "../manifest-schema.ts";
import { metricLabel, metricLabels } from "../reconcile.ts";
import type { MetricSpec } from "../types.ts";
import { finding } from "./finding.ts";
import type { Finding } from "../../../src/domain/verdict.ts";
import type { LintInput, LintWorkload } from "./lint-input.ts";

const resources = {
  cpu: { request: "cpuRequestCores", use: "cpuCores", unit: "cores", per: 1 },
  memory: { request: "memoryRequestBytes", use: "memoryBytes", unit: "MiB", per: 1024 ** 2 },
} as const;
type ResourceName = keyof typeof resources;

const isResource = (name: string): name is ResourceName => name in resources;

/** The HPAs with the workload they aim at. */
function pairs(input: LintInput): { hpa: HpaManifest; workload: LintWorkload | undefined }[] {
  return input.hpas.map((hpa) => ({
    hpa,
    workload: input.workloads.find(({ name }) => name === hpa.spec.scaleTargetRef.name),
  }));
}

/** Resources that an HPA compares with requests, and of which container; absent: of the whole pod. */
function utilisationResources(
  hpa: HpaManifest,
): readonly { readonly name: string; readonly container?: string }[] {
  return metricsOf(hpa.spec).flatMap(({ resource, containerResource }) => {
    const source = containerResource ?? resource;
    return source !== undefined && source.target.averageValue === undefined ? [source] : [];
  });
}

/**
 * As the controller reads requests: of a container metric that container's own; of a pod the pod's own where it sets
 * any, filled up from its containers; else every container's.
 */
function containersWithoutRequest(
  workload: LintWorkload,
  name: ResourceName,
  container: string | undefined,
): readonly string[] {
  const { request } = resources[name];
  const all = workload.containers ?? [];
  const counted = all.filter((one) => container === undefined || one.name === container);
  const missing = counted.filter((one) => one[request] === undefined).map((one) => one.name);
  if (container !== undefined || workload.podRequests === undefined) return missing;
  const isCovered = workload.podRequests[request] !== undefined || missing.length < all.length;
  return isCovered ? [] : missing;
}

export function requestsMissing(input: LintInput): readonly Finding[] {
  return pairs(input).flatMap(({ hpa, workload }) =>
    utilisationResources(hpa).flatMap(({ name, container }) => {
      if (!isResource(name) || workload === undefined) return [];
      const missing = containersWithoutRequest(workload, name, container);
      if (missing.length === 0) return [];
      const count = workload.containers?.length ?? 0;
      const who =
        container === undefined
          ? `${missing.length} of ${count} containers do not set`
          : `its container ${container} does not set`;
      return [
        finding("autoscaling.requests-missing", "P1", {
          sentence: `HPA ${hpa.name} compares ${name} with requests that ${who}: it will never scale on it.`,
          evidence: `no ${name} request on container ${missing.join(", ")} of ${workload.name}`,
          action:
            container === undefined
              ? `Set resources.requests.${name} on every container, sidecars included, or on the pod.`
              : `Set resources.requests.${name} on container ${container}.`,
        }),
      ];
    }),
  );
}

/** A container metric of a container that the pods do not have. */
export function containerUnknown(input: LintInput): readonly Finding[] {
  return pairs(input).flatMap(({ hpa, workload }) =>
    metricsOf(hpa.spec).flatMap(({ containerResource }) => {
      const names = (workload?.containers ?? []).map((one) => one.name);
      if (containerResource === undefined || names.length === 0) return [];
      const { name, container } = containerResource;
      if (names.includes(container)) return [];
      return [
        finding("autoscaling.container-unknown", "P1", {
          sentence: `HPA ${hpa.name} scales on the ${name} of a container ${container} that the pods of ${workload?.name ?? ""} do not have: it will never scale on it.`,
          evidence: `containers ${names.join(", ")}`,
          action: `Name one of them in containerResource.container.`,
        }),
      ];
    }),
  );
}

/** Of one pod; the pod's own request counts before its containers'. */
function requestPerPod(
  { containers = [], podRequests }: LintWorkload,
  request: (typeof resources)[ResourceName]["request"],
): number {
  return podRequests?.[request] ?? containers.reduce((sum, one) => sum + (one[request] ?? 0), 0);
}

export function targetShared(input: LintInput): readonly Finding[] {
  const byTarget = new Map<string, HpaManifest[]>();
  for (const hpa of input.hpas) {
    const { kind, name } = hpa.spec.scaleTargetRef;
    const target = `${hpa.namespace}/${kind}/${name}`;
    byTarget.set(target, [...(byTarget.get(target) ?? []), hpa]);
  }
  return [...byTarget].flatMap(([target, hpas]) => {
    if (hpas.length < 2) return [];
    const names = hpas.map(({ name }) => name).join(", ");
    return [
      finding("autoscaling.target-shared", "P1", {
        sentence: `${hpas.length} HPAs select the pods of ${target}: Kubernetes stops all of them (AmbiguousSelector).`,
        evidence: `HPAs ${names}`,
        action: "Keep one HPA with all the metrics; the largest proposal wins.",
      }),
    ];
  });
}

export function minimumBelowSpare(input: LintInput): readonly Finding[] {
  return input.hpas.flatMap(({ name, spec }) => {
    const minReplicas = spec.minReplicas ?? 1;
    if (minReplicas >= 2) return [];
    return [
      finding("autoscaling.minimum-below-spare", "P2", {
        sentence: `HPA ${name} may go down to ${minReplicas}: one lost pod is an outage (N+1 needs 2).`,
        evidence: `minReplicas ${spec.minReplicas ?? "absent (1)"}`,
        action: "Set minReplicas to at least 2, or accept the outage in writing.",
      }),
    ];
  });
}

export function limitsUnlikeWorkload(input: LintInput): readonly Finding[] {
  return pairs(input).flatMap(({ hpa, workload }) => {
    if (workload === undefined) return [];
    const { minReplicas = 1, maxReplicas } = hpa.spec;
    if (minReplicas === workload.minReplicas && maxReplicas === workload.maxReplicas) return [];
    return [
      finding("autoscaling.limits-unlike-workload", "P2", {
        sentence: `HPA ${hpa.name} keeps ${minReplicas}–${maxReplicas} pods, the workload ${workload.name} is specified with ${workload.minReplicas}–${workload.maxReplicas}.`,
        evidence: `HPA ${minReplicas}–${maxReplicas}, workload ${workload.minReplicas}–${workload.maxReplicas}`,
        action: "Decide one pair and put it into both places.",
      }),
    ];
  });
}

export function memoryNeverFreed(input: LintInput): readonly Finding[] {
  return pairs(input).flatMap(({ hpa, workload }) => {
    const byMemory = metricsOf(hpa.spec).some((metric) => metricLabel(metric) === "memory");
    if (!byMemory || workload?.freesMemory !== false) return [];
    return [
      finding("autoscaling.memory-never-freed", "P2", {
        sentence: `HPA ${hpa.name} scales on memory, but the runtime of ${workload.name} never gives it back: it can scale up on memory and never down.`,
        evidence: "metric memory, runtime keeps its peak",
        action: "Take the memory metric out; guard memory with limits and an alert.",
      }),
    ];
  });
}

const looksLikeLatency = /p\d\d|latency|duration|response/i;

/** The reach of one reading: what a saturated latency asks for. */
const saturatedFactor = 25;

export function latencyNotProportional(input: LintInput): readonly Finding[] {
  return input.hpas.flatMap((hpa) =>
    metricsOf(hpa.spec).flatMap((metric) => {
      const label = metricLabel(metric);
      if (metric.object === undefined && metric.external === undefined) return [];
      if (!looksLikeLatency.test(label)) return [];
      const target = metric.object?.target ?? metric.external?.target;
      const value = String(target?.value ?? target?.averageValue ?? "");
      return [
        finding("autoscaling.latency-not-proportional", "P2", {
          sentence: `HPA ${hpa.name} scales on the latency ${label}: twice the pods do not halve it, so its proposals overshoot (${saturatedFactor} times the target asks for ${saturatedFactor} times the pods) and it cannot tell load from a slow database.`,
          evidence: `target ${value}; ceil(current × ratio)`,
          action:
            "Scale on a metric that is shared out by the pods (requests per pod, CPU), watch latency.",
        }),
      ];
    }),
  );
}

export function metricMissing(input: LintInput): readonly Finding[] {
  const { servedMetrics } = input;
  if (servedMetrics === undefined) return [];
  return input.hpas.flatMap((hpa) => {
    const metrics: readonly MetricSpec[] = metricsOf(hpa.spec);
    // Where two metrics have one name, their selector or object is part of it.
    const missing = metricLabels(metrics).filter((label) => !servedMetrics.includes(label));
    if (missing.length === 0) return [];
    const all = missing.length === metrics.length;
    return [
      finding("autoscaling.metric-missing", "P1", {
        sentence: `HPA ${hpa.name}: ${missing.length} of ${metrics.length} metrics have no value (${missing.join(", ")}), so it ${all ? "does not scale at all" : "never scales down"}.`,
        evidence: `with a value: ${servedMetrics.join(", ") || "none"}`,
        action:
          "Serve the metric (metrics-server, an adapter for custom metrics), or take it out; of CPU and memory each container needs a request, and pods must be ready.",
      }),
    ];
  });
}

export function readinessMissing(input: LintInput): readonly Finding[] {
  return pairs(input).flatMap(({ workload }) => {
    if (workload?.hasReadinessProbe !== false) return [];
    return [
      finding("autoscaling.readiness-missing", "P2", {
        sentence: `${workload.name} has no readiness probe: new pods get requests before they can answer, and the autoscaler counts their start-up CPU as load.`,
        evidence: "no readinessProbe",
        action: "Add a readiness probe that is true only when the pod can serve.",
      }),
    ];
  });
}

/** Can the quota hold every HPA at its maximum? */
export function quotaTooSmall(input: LintInput): readonly Finding[] {
  const { quota } = input;
  if (quota === undefined) return [];
  return (["cpu", "memory"] as const).flatMap((name) => {
    const { request, use, unit, per } = resources[name];
    const limit = quota[use];
    if (limit === undefined) return [];
    const needed = pairs(input).reduce((sum, { hpa, workload }) => {
      const perPod = workload === undefined ? 0 : requestPerPod(workload, request);
      return sum + perPod * hpa.spec.maxReplicas;
    }, 0);
    if (needed <= limit) return [];
    return [
      finding("autoscaling.quota-too-small", "P1", {
        sentence: `All HPAs at their maximum request ${round(needed / per)} ${unit} of ${name}, the quota holds ${round(limit / per)}: the last pods will not start.`,
        evidence: `Σ maxReplicas × request = ${round(needed / per)} ${unit}`,
        action: "Raise the quota or lower the maxima.",
      }),
    ];
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;
