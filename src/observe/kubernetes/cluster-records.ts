/**
 * From the API's objects to observations. It remembers what was already told, so that a list and a watch may both hand
 * in the same object: every transition becomes one record, texts only when they change.
 */
import { defined } from "../../domain/defined.ts";
import type { ClusterClock } from "../../domain/autoscaling.ts";
import { fromClusterTime } from "../../domain/autoscaling.ts";
import { kubernetesRecords, kubernetesSource, metricKey } from "../../domain/kubernetes-records.ts";
import type { Observation } from "../../domain/observation.ts";
import { surfaces, type Surface } from "../../domain/surface.ts";
import type { UnitName } from "../../domain/units.ts";
import type {
  ContainerObject,
  CurrentMetric,
  EventObject,
  HpaObject,
  NodeObject,
  NodeUsageObject,
  PodObject,
  PodUsageObject,
  QuotaObject,
  ReplicaSetObject,
  Selector,
  WorkloadObject,
} from "./objects.ts";
import { durationMs, selects } from "./objects.ts";
import type { SpecifiedPlatform } from "./specified-platform.ts";
import { quantityNumber } from "../../domain/kubernetes-quantity.ts";

const names = kubernetesRecords;

/** Of a specified workload, by the labels of its record. */
const specifiedFigures = [
  "minReplicas",
  "maxReplicas",
  "keepsMemory",
  "cpuRequestCores",
  "cpuLimitCores",
  "memoryRequestBytes",
  "memoryLimitBytes",
] as const;

export interface ClusterRecordsOptions {
  /** Those that serve the surfaces; others of the namespace are nobody's business. */
  readonly workloads: readonly string[];
  readonly clock: ClusterClock;
  /** How far the cluster's clock is ahead of ours, milliseconds. */
  readonly skewMs: number;
  /** Ours: events from before are told only of autoscalers. */
  readonly startedAt: number;
  readonly emit: (observation: Observation) => void;
}

interface KnownPod {
  readonly workload: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  isGone: boolean;
}

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: number;
  readonly value?: number;
  readonly unit?: UnitName;
}

export class ClusterRecords {
  readonly #options: ClusterRecordsOptions;
  /** Record and identity → what was told last. */
  readonly #told = new Map<string, string>();
  readonly #selectors = new Map<string, Selector>();
  /** By uid (name where there is none). */
  readonly #pods = new Map<string, KnownPod>();
  readonly #nodes = new Set<string>();
  /** Pods that the metrics API named at the last poll, with their workloads. */
  #served = new Map<string, string>();
  /** ReplicaSet → workload. */
  readonly #replicaSets = new Map<string, string>();
  #hpas = new Map<string, string>();

  constructor(options: ClusterRecordsOptions) {
    this.#options = options;
  }

  /** Workloads whose Deployment or StatefulSet was seen. */
  get found(): readonly string[] {
    return [...this.#selectors.keys()];
  }

  /** @param at of the answer, ours */
  hpas(objects: readonly HpaObject[], at: number): void {
    const known = new Map<string, string>();
    for (const { metadata, spec, status } of objects) {
      const workload = spec.scaleTargetRef.name;
      if (!this.#options.workloads.includes(workload)) continue;
      const hpa = metadata.name;
      known.set(hpa, workload);
      const labels = { workload, hpa };
      this.#tellChange({ name: names.hpaSpec, labels, at }, "spec", JSON.stringify(spec));
      const { desiredReplicas, currentReplicas, lastScaleTime, currentMetrics, conditions } =
        status;
      this.#number({ name: names.hpaDesired, labels, at }, desiredReplicas);
      this.#number({ name: names.hpaCurrent, labels, at }, currentReplicas);
      if (lastScaleTime !== undefined)
        this.#once(`${hpa} ${lastScaleTime}`, {
          name: names.hpaScaled,
          labels,
          at: this.#ours(lastScaleTime),
          value: typeof desiredReplicas === "number" ? desiredReplicas : undefined,
        });
      for (const metric of currentMetrics ?? []) this.#currentMetric(metric, labels, at);
      for (const { type, status: is, reason = "", message = "" } of conditions ?? []) {
        const told = { ...labels, type, status: is, reason, message };
        this.#tellChange(
          { name: names.hpaCondition, labels: told, at, value: is === "True" ? 1 : 0 },
          undefined,
          JSON.stringify(told),
          `${hpa} ${type}`,
        );
      }
    }
    this.#hpas = known;
    for (const workload of this.#options.workloads) {
      const count = [...known.values()].filter((target) => target === workload).length;
      this.#changed({ name: names.hpaCount, labels: { workload }, at }, count, workload);
    }
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
    const labels = { ...of, metric: metricKey(metric) };
    const value = quantityNumber(current.averageValue ?? current.value);
    const unit = unitOf(metric.resource?.name ?? metric.containerResource?.name);
    this.#number({ name: names.hpaMetricValue, labels, at, unit }, value);
    const { averageUtilization } = current;
    this.#number(
      { name: names.hpaMetricUtilisation, labels, at, unit: "ratio" },
      typeof averageUtilization === "number" ? averageUtilization / 100 : undefined,
    );
  }

  workloads(objects: readonly WorkloadObject[], kind: string, at: number): void {
    for (const { metadata, spec, status } of objects) {
      const workload = metadata.name;
      if (!this.#options.workloads.includes(workload)) continue;
      this.#selectors.set(workload, spec.selector);
      const labels = { workload, kind };
      this.#number({ name: names.replicas, labels, at }, spec.replicas ?? 1);
      this.#number({ name: names.statusReplicas, labels, at }, status.replicas ?? 0);
      this.#number({ name: names.readyReplicas, labels, at }, status.readyReplicas ?? 0);
      const { containers, initContainers } = spec.template.spec;
      const all = [...containers, ...(initContainers ?? []).filter(isSidecar)].map((one) =>
        Object.assign(resourcesOf(one), { hasReadinessProbe: one.readinessProbe !== undefined }),
      );
      const { resources: ofPod } = spec.template.spec;
      const pod = ofPod && JSON.stringify(ofPod);
      const record = { name: names.template, labels: { ...labels, ...defined({ pod }) }, at };
      this.#tellChange(record, "containers", JSON.stringify(all));
    }
  }

  replicaSets(objects: readonly ReplicaSetObject[], at: number): void {
    for (const { metadata, spec } of objects) {
      const workload = this.#workloadOf(metadata.labels ?? {});
      if (workload === undefined) continue;
      this.#replicaSets.set(metadata.name, workload);
      const labels = { workload, replicaset: metadata.name };
      const value = spec?.replicas ?? 0;
      this.#tellChange(
        { name: names.replicaSetReplicas, labels, at, value },
        undefined,
        String(value),
        metadata.name,
      );
    }
  }

  /** Everything that the pod says of itself. */
  pod(object: PodObject, at: number): void {
    const { metadata, spec, status } = object;
    const key = metadata.uid ?? metadata.name;
    const workload = this.#pods.get(key)?.workload ?? this.#workloadOf(metadata.labels ?? {});
    if (workload === undefined) return;
    // A StatefulSet gives the next pod the name of the last.
    const labels = { workload, pod: metadata.name, ...defined({ uid: metadata.uid }) };
    this.#pods.set(key, { workload, name: metadata.name, labels, isGone: false });
    const stamped = (name: string, stamp: number | undefined, more = {}): void => {
      if (stamp === undefined) return;
      const record = { name, labels: { ...labels, ...more }, at: this.#ours(stamp) };
      this.#tellChange(record, undefined, String(stamp), key);
    };
    stamped(names.podCreated, metadata.creationTimestamp);
    const resources = {
      containers: spec.containers.map(resourcesOf),
      initContainers: (spec.initContainers ?? []).filter(isSidecar).map(resourcesOf),
      pod: spec.resources?.requests,
      podLimits: spec.resources?.limits,
    };
    this.#tellChange(
      { name: names.podResources, labels, at },
      "containers",
      JSON.stringify(resources),
      key,
    );
    for (const { type, status: is, lastTransitionTime } of status.conditions ?? []) {
      if (lastTransitionTime === undefined) continue;
      const told = { ...labels, type, status: is };
      const record = { name: names.podCondition, labels: told, at: this.#ours(lastTransitionTime) };
      this.#tellChange(
        { ...record, value: is === "True" ? 1 : 0 },
        undefined,
        `${is} ${lastTransitionTime}`,
        `${key} ${type}`,
      );
      if (type === "PodScheduled" && is === "True")
        stamped(names.podScheduled, lastTransitionTime, { node: spec.nodeName ?? "" });
    }
    stamped(names.podStarted, status.startTime);
    const containers = status.containerStatuses ?? [];
    const starts = containers.flatMap(({ state }) => state?.running?.startedAt ?? []);
    if (starts.length > 0 && starts.length === containers.length)
      stamped(names.podContainerStarted, Math.max(...starts));
    const restarts = containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
    if (restarts > 0) {
      const reasons = containers.flatMap(({ lastState }) => lastState?.terminated?.reason ?? []);
      const told = { ...labels, reason: reasons.join(", ") };
      this.#tellChange(
        { name: names.podRestarts, labels: told, at, value: restarts },
        undefined,
        String(restarts),
        key,
      );
    }
    if (status.phase !== undefined)
      this.#tellChange({ name: names.podPhase, labels, at }, "phase", status.phase, key);
    if (metadata.deletionTimestamp !== undefined) {
      // The API stamps the end of the grace period.
      const graceMs = (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
      stamped(names.podDeleting, metadata.deletionTimestamp - graceMs);
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
    this.#write({ name: names.podGone, labels: pod.labels, at });
  }

  podUsage(objects: readonly PodUsageObject[], seenAt: number): void {
    const workloadOfPod = new Map([...this.#pods.values()].map((pod) => [pod.name, pod.workload]));
    const before = this.#served;
    this.#served = new Map();
    for (const { metadata, timestamp, window, containers } of objects) {
      const pod = metadata.name;
      const workload = workloadOfPod.get(pod) ?? this.#workloadOf(metadata.labels ?? {});
      if (workload === undefined) continue;
      this.#served.set(pod, workload);
      this.#changed({ name: names.podUsageServed, labels: { workload, pod }, at: seenAt }, 1, pod);
      if (!this.#isNew(`usage ${pod}`, String(timestamp))) continue;
      const at = this.#ours(timestamp);
      const windowMs = durationMs(window ?? "");
      for (const { name: container, usage } of containers) {
        const labels = {
          workload,
          pod,
          container,
          seen: String(Math.round(seenAt)),
          ...defined({ window: windowMs?.toString() }),
        };
        this.#number(
          { name: names.podCpu, labels, at, unit: "cores" },
          quantityNumber(usage["cpu"]),
        );
        this.#number(
          { name: names.podMemory, labels, at, unit: "bytes" },
          quantityNumber(usage["memory"]),
        );
      }
    }
    for (const [pod, workload] of before) {
      if (this.#served.has(pod)) continue;
      const labels = { workload, pod };
      this.#changed({ name: names.podUsageServed, labels, at: seenAt }, 0, pod);
    }
  }

  nodes(objects: readonly NodeObject[], at: number): void {
    let ready = 0;
    const there = new Set<string>();
    for (const { metadata, status } of objects) {
      const { name: node, creationTimestamp } = metadata;
      there.add(node);
      this.#nodes.add(node);
      const labels = { node };
      if (creationTimestamp !== undefined)
        this.#once(node, { name: names.nodeCreated, labels, at: this.#ours(creationTimestamp) });
      const is = status.conditions?.find(({ type }) => type === "Ready");
      if (is?.status === "True") ready++;
      if (is?.lastTransitionTime !== undefined) {
        const record = { name: names.nodeReady, labels: { node, status: is.status } };
        const since = this.#ours(is.lastTransitionTime);
        this.#tellChange(
          { ...record, at: since, value: is.status === "True" ? 1 : 0 },
          undefined,
          `${is.status} ${is.lastTransitionTime}`,
          node,
        );
      }
      const { cpu, memory } = status.allocatable ?? {};
      this.#changed(
        { name: names.nodeAllocatableCpu, labels, at, unit: "cores" },
        quantityNumber(cpu),
        node,
      );
      this.#changed(
        { name: names.nodeAllocatableMemory, labels, at, unit: "bytes" },
        quantityNumber(memory),
        node,
      );
    }
    for (const node of this.#nodes) {
      if (there.has(node)) continue;
      this.#nodes.delete(node);
      this.#write({ name: names.nodeGone, labels: { node }, at });
    }
    this.#number({ name: names.nodesReady, labels: {}, at }, ready);
    this.#number({ name: names.nodesTotal, labels: {}, at }, objects.length);
  }

  nodeUsage(objects: readonly NodeUsageObject[]): void {
    for (const { metadata, timestamp, usage } of objects) {
      const labels = { node: metadata.name };
      if (!this.#isNew(`node usage ${metadata.name}`, String(timestamp))) continue;
      const at = this.#ours(timestamp);
      this.#number(
        { name: names.nodeCpu, labels, at, unit: "cores" },
        quantityNumber(usage["cpu"]),
      );
      this.#number(
        { name: names.nodeMemory, labels, at, unit: "bytes" },
        quantityNumber(usage["memory"]),
      );
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
    if (!this.#isNew(`event ${metadata.namespace ?? ""}/${metadata.name}`, `${count} ${stamp}`))
      return;
    const labels = {
      kind,
      name,
      ...defined({ workload }),
      type: object.type ?? "",
      reason: object.reason ?? "",
      message: object.message ?? "",
      component: object.reportingComponent || (source?.component ?? ""),
    };
    this.#write({ name: names.event, labels, at, value: count });
  }

  quotas(objects: readonly QuotaObject[], at: number): void {
    for (const { metadata, status } of objects) {
      for (const [resource, hard] of Object.entries(status.hard ?? {})) {
        const labels = { quota: metadata.name, resource };
        const unit = unitOf(resource.replace(/^(requests|limits)\./, ""));
        const key = `${metadata.name} ${resource}`;
        this.#changed({ name: names.quotaHard, labels, at, unit }, quantityNumber(hard), key);
        const used = quantityNumber(status.used?.[resource]);
        this.#changed({ name: names.quotaUsed, labels, at, unit }, used, key);
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
      const labels: Record<string, string> = { workload, surface };
      for (const key of specifiedFigures) {
        const value = figures[key];
        if (value !== undefined) labels[key] = String(value);
      }
      this.#write({ name: names.specified, labels, at });
    }
    this.#number({ name: names.podLimit, labels: {}, at }, platform?.podLimit);
  }

  version(version: string | undefined, at: number): void {
    if (version === undefined) return;
    this.#write({ name: names.clusterVersion, labels: { version }, at });
  }

  skew(at: number): void {
    const { skewMs } = this.#options;
    this.#write({ name: names.clockSkew, labels: {}, at, value: skewMs, unit: "ms" });
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
        return this.#hpas.get(name);
      case "Deployment":
      case "StatefulSet":
        return workloads.find((workload) => workload === name);
      case "ReplicaSet":
        return this.#replicaSets.get(name);
      case "Pod":
        for (const pod of this.#pods.values()) if (pod.name === name) return pod.workload;
        return undefined;
      default:
        return undefined;
    }
  }

  #ours(stamp: number): number {
    const { clock, skewMs } = this.#options;
    return Math.round(fromClusterTime(clock, stamp - skewMs));
  }

  #number(line: Line, value: number | null | undefined): void {
    if (typeof value === "number") this.#write({ ...line, value });
  }

  #changed(line: Line, value: number | undefined, key: string): void {
    if (value === undefined) return;
    if (this.#isNew(`${line.name} ${key}`, String(value))) this.#write({ ...line, value });
  }

  #once(key: string, line: Line): void {
    this.#tellChange(line, undefined, "", key);
  }

  /** @param label where the text goes; absent: it only decides whether anything changed */
  #tellChange(line: Line, label: string | undefined, text: string, key?: string): void {
    const identity = key ?? Object.values(line.labels).join(" ");
    if (!this.#isNew(`${line.name} ${identity}`, text)) return;
    this.#write(
      label === undefined ? line : { ...line, labels: { ...line.labels, [label]: text } },
    );
  }

  #isNew(key: string, text: string): boolean {
    if (this.#told.get(key) === text) return false;
    this.#told.set(key, text);
    return true;
  }

  #write({ name, labels, at, value = 1, unit = "count" }: Line): void {
    this.#options.emit({ source: kubernetesSource, name, labels, at: Math.round(at), value, unit });
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

const unitOf = (resource: string | undefined): UnitName =>
  resource === "cpu" ? "cores" : resource === "memory" ? "bytes" : "count";
