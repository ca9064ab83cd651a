/**
 * From the API's objects to observations. It remembers what was already reported, so that a list and a watch may both hand
 * in the same object: every transition becomes one record, texts only when they change.
 */
import type { ClusterClock } from "../../domain/autoscaling.ts";
import { fromClusterTime } from "../../domain/autoscaling.ts";
import {
  kubernetesSource,
  metricKey,
  type ClusterRecord,
} from "../../domain/kubernetes-records.ts";
import { surfaces, type Surface } from "../../domain/surface.ts";
import type {
  ContainerObject,
  CurrentMetric,
  EventObject,
  HpaObject,
  NamedMetric,
  NodeObject,
  NodeUsageObject,
  PodObject,
  PodUsageObject,
  QuotaObject,
  ReplicaSetObject,
  Selector,
  WorkloadObject,
} from "./objects.ts";
import { durationMs, namedMetricsOf, selects } from "./objects.ts";
import type { AskedMetric, ServedMetric } from "./served-metrics.ts";
import type { SpecifiedPlatform } from "./specified-platform.ts";
import { quantityNumber } from "../../domain/kubernetes-quantity.ts";

export interface ClusterRecorderOptions {
  /** Those that serve the surfaces; others of the namespace are nobody's business. */
  readonly workloads: readonly string[];
  readonly clock: ClusterClock;
  /** How far the cluster's clock is ahead of ours, milliseconds. */
  readonly skewMs: number;
  /** Ours: events from before are reported only of autoscalers. */
  readonly startedAt: number;
  readonly emit: (record: ClusterRecord) => void;
}

interface KnownPod {
  readonly identity: {
    readonly workload: string;
    readonly pod: string;
    readonly uid?: string | undefined;
  };
  isGone: boolean;
}

interface KnownHpa {
  readonly workload: string;
  /** Those that an adapter serves. */
  readonly metrics: readonly NamedMetric[];
}

type Without<Field extends string, Item> = Item extends unknown ? Omit<Item, Field> : never;
type Line = Without<"source", ClusterRecord>;
type NumberLine = Without<"value", Extract<Line, { value: number }>>;

export class ClusterRecorder {
  readonly #options: ClusterRecorderOptions;
  /** Type and identity → what was recorded last. */
  readonly #last = new Map<string, string>();
  readonly #selectors = new Map<string, Selector>();
  /** By uid (name where there is none). */
  readonly #pods = new Map<string, KnownPod>();
  readonly #nodes = new Set<string>();
  /** Pods that the metrics API named at the last poll, with their workloads. */
  #served = new Map<string, string>();
  /** ReplicaSet → workload. */
  readonly #replicaSets = new Map<string, string>();
  #hpas = new Map<string, KnownHpa>();
  /** HPA → version of the object that was recorded last. */
  readonly #hpaVersions = new Map<string, number>();

  constructor(options: ClusterRecorderOptions) {
    this.#options = options;
  }

  /** Workloads whose Deployment or StatefulSet was seen. */
  get found(): readonly string[] {
    return [...this.#selectors.keys()];
  }

  /** @param at of the answer, ours */
  hpas(objects: readonly HpaObject[], at: number): void {
    this.#hpas = new Map();
    for (const object of objects) this.#hpa(object, at);
    this.#countHpas(at);
  }

  /** By the watch. */
  hpaChanged(object: HpaObject, at: number): void {
    this.#hpa(object, at, true);
    this.#countHpas(at);
  }

  hpaDeleted({ metadata }: HpaObject, at: number): void {
    this.#hpas.delete(metadata.name);
    this.#countHpas(at);
  }

  #hpa({ metadata, spec, status }: HpaObject, at: number, isWatched?: true): void {
    const workload = spec.scaleTargetRef.name;
    if (!this.#options.workloads.includes(workload)) return;
    const hpa = metadata.name;
    this.#hpas.set(hpa, { workload, metrics: namedMetricsOf(spec["metrics"]) });
    // A list and the watch overtake each other: what was replaced already is not recorded again.
    const version = Number(metadata.resourceVersion ?? Infinity);
    const recorded = this.#hpaVersions.get(hpa) ?? -Infinity;
    if (version < recorded || (version === recorded && isWatched)) return;
    if (version < Infinity) this.#hpaVersions.set(hpa, version);
    const of = { workload, hpa };
    this.#changed({ type: "hpa-spec", ...of, spec, at }, `${workload} ${hpa}`, spec);
    const { desiredReplicas, lastScaleTime, currentMetrics } = status;
    this.#number({ type: "hpa-desired-replicas", ...of, at, isWatched }, desiredReplicas);
    if (lastScaleTime !== undefined)
      this.#changed(
        {
          type: "hpa-scaled",
          ...of,
          at: this.#ours(lastScaleTime),
          value: desiredReplicas ?? undefined,
        },
        `${hpa} ${lastScaleTime}`,
      );
    for (const metric of currentMetrics ?? []) this.#currentMetric(metric, of, at);
    for (const { type: condition, status: is, reason = "", message = "" } of status.conditions ??
      [])
      this.#changed(
        { type: "hpa-condition", ...of, condition, status: is, reason, message, at },
        `${hpa} ${condition}`,
        [is, reason, message],
      );
  }

  #countHpas(at: number): void {
    for (const workload of this.#options.workloads) {
      const count = [...this.#hpas.values()].filter((hpa) => hpa.workload === workload).length;
      this.#changedNumber({ type: "hpa-count", workload, at }, count, workload);
    }
  }

  /** Metrics of the HPAs that an adapter serves. */
  get askedMetrics(): readonly AskedMetric[] {
    return [...this.#hpas].flatMap(([hpa, { workload, metrics }]) =>
      metrics.map((metric) => ({ workload, hpa, metric, pods: this.#selectors.get(workload) })),
    );
  }

  metricServed(metric: ServedMetric): void {
    this.#write({ type: "hpa-metric-served", ...metric });
  }

  #currentMetric(
    metric: CurrentMetric,
    of: { readonly workload: string; readonly hpa: string },
    at: number,
  ): void {
    const source =
      metric.resource ??
      metric.containerResource ??
      metric.pods ??
      metric.object ??
      metric.external;
    const current = source?.current;
    if (current === undefined) return;
    const key = { ...of, metric: metricKey(metric), at };
    const value = quantityNumber(current.averageValue ?? current.value);
    this.#number({ type: "hpa-metric-value", ...key }, value);
    const { averageUtilization } = current;
    this.#number(
      { type: "hpa-metric-utilisation", ...key },
      typeof averageUtilization === "number" ? averageUtilization / 100 : undefined,
    );
  }

  workloads(objects: readonly WorkloadObject[], kind: string, at: number): void {
    for (const { metadata, spec, status } of objects) {
      const workload = metadata.name;
      if (!this.#options.workloads.includes(workload)) continue;
      this.#selectors.set(workload, spec.selector);
      const of = { workload, kind };
      this.#write({ type: "workload-replicas", ...of, at, value: spec.replicas ?? 1 });
      this.#write({ type: "workload-created-replicas", ...of, at, value: status.replicas ?? 0 });
      this.#write({ type: "workload-ready-replicas", ...of, at, value: status.readyReplicas ?? 0 });
      const { containers: main, initContainers, resources: pod } = spec.template.spec;
      const containers = [...main, ...(initContainers ?? []).filter(isSidecar)].map((container) =>
        Object.assign(resourcesOf(container), {
          hasReadinessProbe: container.readinessProbe !== undefined,
        }),
      );
      const template = { containers, pod };
      this.#changed(
        { type: "pod-template", ...of, ...template, at },
        `${workload} ${kind}`,
        template,
      );
    }
  }

  replicaSets(objects: readonly ReplicaSetObject[]): void {
    for (const { metadata } of objects) {
      const workload = this.#workloadOf(metadata.labels ?? {});
      if (workload !== undefined) this.#replicaSets.set(metadata.name, workload);
    }
  }

  /** Everything that the pod says of itself. */
  pod(object: PodObject, at: number): void {
    const { metadata, spec, status } = object;
    const key = metadata.uid ?? metadata.name;
    const workload =
      this.#pods.get(key)?.identity.workload ?? this.#workloadOf(metadata.labels ?? {});
    if (workload === undefined) return;
    // A StatefulSet gives the next pod the name of the last.
    const pod = { workload, pod: metadata.name, uid: metadata.uid };
    this.#pods.set(key, { identity: pod, isGone: false });
    const stamped = (
      type: "pod-created" | "pod-started" | "pod-container-started" | "pod-deleting",
      stamp: number | undefined,
    ): void => {
      if (stamp !== undefined) this.#changed({ type, ...pod, at: this.#ours(stamp) }, key, stamp);
    };
    stamped("pod-created", metadata.creationTimestamp);
    const resources = {
      containers: spec.containers.map(resourcesOf),
      initContainers: (spec.initContainers ?? []).filter(isSidecar).map(resourcesOf),
      podRequests: spec.resources?.requests,
      podLimits: spec.resources?.limits,
    };
    this.#changed({ type: "pod-resources", ...pod, ...resources, at }, key, resources);
    for (const { type: condition, status: is, lastTransitionTime } of status.conditions ?? []) {
      if (lastTransitionTime === undefined) continue;
      const since = this.#ours(lastTransitionTime);
      this.#changed(
        { type: "pod-condition", ...pod, condition, status: is, at: since },
        `${key} ${condition}`,
        [is, lastTransitionTime],
      );
      if (condition === "PodScheduled" && is === "True")
        this.#changed(
          { type: "pod-scheduled", ...pod, node: spec.nodeName ?? "", at: since },
          key,
          lastTransitionTime,
        );
    }
    stamped("pod-started", status.startTime);
    const containers = status.containerStatuses ?? [];
    const starts = containers.flatMap(({ state }) => state?.running?.startedAt ?? []);
    if (starts.length > 0 && starts.length === containers.length)
      stamped("pod-container-started", Math.max(...starts));
    const restarts = containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
    if (restarts > 0) {
      const reasons = containers.flatMap(({ lastState }) => lastState?.terminated?.reason ?? []);
      this.#changed({ type: "pod-restarts", ...pod, reasons, at, value: restarts }, key, restarts);
    }
    const { phase } = status;
    if (phase !== undefined) this.#changed({ type: "pod-phase", ...pod, phase, at }, key, phase);
    if (metadata.deletionTimestamp !== undefined) {
      // The API stamps the end of the grace period.
      const graceMs = (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
      stamped("pod-deleting", metadata.deletionTimestamp - graceMs);
    }
  }

  /** A whole list: those that it does not name any more are gone. */
  pods(objects: readonly PodObject[], at: number): void {
    for (const object of objects) this.pod(object, at);
    const there = new Set(objects.map(({ metadata }) => metadata.uid ?? metadata.name));
    for (const key of this.#pods.keys()) if (!there.has(key)) this.#podGone(key, at);
  }

  podDeleted({ metadata }: PodObject, at: number): void {
    this.#podGone(metadata.uid ?? metadata.name, at);
  }

  #podGone(key: string, at: number): void {
    const pod = this.#pods.get(key);
    if (pod === undefined || pod.isGone) return;
    pod.isGone = true;
    this.#write({ type: "pod-gone", ...pod.identity, at });
  }

  podUsage(objects: readonly PodUsageObject[], readAt: number): void {
    const workloadOfPod = new Map(
      [...this.#pods.values()].map(({ identity }) => [identity.pod, identity.workload]),
    );
    const before = this.#served;
    this.#served = new Map();
    const served = (workload: string, pod: string, isServed: boolean): void =>
      this.#changed(
        { type: "pod-usage-served", workload, pod, isServed, at: readAt },
        pod,
        isServed,
      );
    for (const { metadata, timestamp, window, containers } of objects) {
      const pod = metadata.name;
      const workload = workloadOfPod.get(pod) ?? this.#workloadOf(metadata.labels ?? {});
      if (workload === undefined) continue;
      this.#served.set(pod, workload);
      served(workload, pod, true);
      if (!this.#isNew(`usage ${pod}`, timestamp)) continue;
      const windowMs = durationMs(window ?? "");
      for (const { name: container, usage } of containers) {
        const sample = {
          workload,
          pod,
          container,
          windowMs,
          readAt: Math.round(readAt),
          at: this.#ours(timestamp),
        };
        this.#number({ type: "pod-cpu", ...sample }, quantityNumber(usage["cpu"]));
        this.#number({ type: "pod-memory", ...sample }, quantityNumber(usage["memory"]));
      }
    }
    for (const [pod, workload] of before) if (!this.#served.has(pod)) served(workload, pod, false);
  }

  nodes(objects: readonly NodeObject[], at: number): void {
    let ready = 0;
    const there = new Set<string>();
    for (const { metadata, status } of objects) {
      const { name: node, creationTimestamp } = metadata;
      there.add(node);
      this.#nodes.add(node);
      if (creationTimestamp !== undefined)
        this.#changed({ type: "node-created", node, at: this.#ours(creationTimestamp) }, node);
      const is = status.conditions?.find(({ type }) => type === "Ready");
      if (is?.status === "True") ready++;
      if (is?.lastTransitionTime !== undefined)
        this.#changed(
          { type: "node-ready", node, status: is.status, at: this.#ours(is.lastTransitionTime) },
          node,
          [is.status, is.lastTransitionTime],
        );
      const { cpu, memory } = status.allocatable ?? {};
      this.#changedNumber({ type: "node-allocatable-cpu", node, at }, quantityNumber(cpu), node);
      this.#changedNumber(
        { type: "node-allocatable-memory", node, at },
        quantityNumber(memory),
        node,
      );
    }
    for (const node of this.#nodes) {
      if (there.has(node)) continue;
      this.#nodes.delete(node);
      this.#write({ type: "node-gone", node, at });
    }
    this.#write({ type: "nodes-ready", at, value: ready });
    this.#write({ type: "nodes-total", at, value: objects.length });
  }

  nodeUsage(objects: readonly NodeUsageObject[]): void {
    for (const { metadata, timestamp, usage } of objects) {
      const node = metadata.name;
      if (!this.#isNew(`node usage ${node}`, timestamp)) continue;
      const at = this.#ours(timestamp);
      this.#number({ type: "node-cpu", node, at }, quantityNumber(usage["cpu"]));
      this.#number({ type: "node-memory", node, at }, quantityNumber(usage["memory"]));
    }
  }

  event(object: EventObject): void {
    const { metadata, involvedObject, series, source } = object;
    const stamp =
      series?.lastObservedTime ??
      object.lastTimestamp ??
      object.eventTime ??
      object.firstTimestamp ??
      metadata.creationTimestamp;
    const { kind = "", name = "" } = involvedObject;
    const workload = this.#workloadNamed(kind, name);
    if (stamp === undefined || (workload === undefined && kind !== "Node")) return;
    // It tells of every pod; of interest are those that it could not create.
    if (kind === "ReplicaSet" && object.type !== "Warning") return;
    const at = this.#ours(stamp);
    if (at < this.#options.startedAt && kind !== "HorizontalPodAutoscaler") return;
    const count = series?.count ?? object.count ?? 1;
    this.#changed(
      {
        type: "event",
        workload,
        kind,
        name,
        eventType: object.type ?? "",
        reason: object.reason ?? "",
        message: object.message ?? "",
        component: object.reportingComponent || (source?.component ?? ""),
        count,
        at,
      },
      `${metadata.namespace ?? ""}/${metadata.name}`,
      [count, stamp],
    );
  }

  quotas(objects: readonly QuotaObject[], at: number): void {
    for (const { metadata, status } of objects) {
      for (const [resource, hard] of Object.entries(status.hard ?? {})) {
        const quota = metadata.name;
        const key = `${quota} ${resource}`;
        this.#changedNumber({ type: "quota-hard", quota, resource, at }, quantityNumber(hard), key);
      }
    }
  }

  /** @param served the workload that serves each surface; absent: one of the surface's name */
  specified(
    platform: SpecifiedPlatform | undefined,
    served: Readonly<Partial<Record<Surface, string>>> | undefined,
    at: number,
  ): void {
    for (const surface of surfaces) {
      const workload = served?.[surface] ?? surface;
      const figures = platform?.workloads[surface];
      if (figures === undefined || !this.#options.workloads.includes(workload)) continue;
      this.#write({ type: "workload-specified", workload, surface, ...figures, at });
    }
    this.#number({ type: "pod-limit", at }, platform?.podLimit);
  }

  version(version: string | undefined, at: number): void {
    if (version !== undefined) this.#write({ type: "cluster-version", version, at });
  }

  /** The workload whose pods carry these labels. */
  #workloadOf(labels: Readonly<Record<string, string>>): string | undefined {
    for (const [workload, selector] of this.#selectors) {
      if (selects(selector, labels)) return workload;
    }
    return undefined;
  }

  #workloadNamed(kind: string, name: string): string | undefined {
    const { workloads } = this.#options;
    switch (kind) {
      case "HorizontalPodAutoscaler":
        return this.#hpas.get(name)?.workload;
      case "Deployment":
      case "StatefulSet":
        return workloads.find((workload) => workload === name);
      case "ReplicaSet":
        return this.#replicaSets.get(name);
      case "Pod":
        for (const { identity } of this.#pods.values())
          if (identity.pod === name) return identity.workload;
        return undefined;
      default:
        return undefined;
    }
  }

  #ours(stamp: number): number {
    const { clock, skewMs } = this.#options;
    return Math.round(fromClusterTime(clock, stamp - skewMs));
  }

  #number(line: NumberLine, value: number | null | undefined): void {
    if (typeof value === "number") this.#write({ ...line, value });
  }

  #changedNumber(line: NumberLine, value: number | undefined, key: string): void {
    if (value !== undefined) this.#changed({ ...line, value }, key, value);
  }

  /** @param state of what `key` names; absent: it is recorded once */
  #changed(line: Line, key: string, state: unknown = ""): void {
    if (this.#isNew(`${line.type} ${key}`, state)) this.#write(line);
  }

  #isNew(key: string, state: unknown): boolean {
    const text = JSON.stringify(state);
    if (this.#last.get(key) === text) return false;
    this.#last.set(key, text);
    return true;
  }

  #write(line: Line): void {
    this.#options.emit({ ...line, source: kubernetesSource, at: Math.round(line.at) });
  }
}

const isSidecar = ({ restartPolicy }: ContainerObject): boolean => restartPolicy === "Always";

/** Requests and limits as they were written. */
const resourcesOf = ({ name, restartPolicy, resources }: ContainerObject) => ({
  name,
  restartPolicy,
  requests: resources?.requests ?? {},
  limits: resources?.limits ?? {},
});
