/** Events that are made through the Kubernetes API, with the rights of deploy/kubernetes/events.yaml. */
import * as z from "zod";
import type { EventKind, EventStepName } from "../domain/resilience.ts";
import { HeadroomError, TargetError, messageOf } from "../domain/errors.ts";
import { plural } from "../domain/number-text.ts";
import type { JsonApi } from "../observe/kubernetes/json-api.ts";
import { KubernetesFailure } from "../observe/kubernetes/kubernetes-failure.ts";
import { objectSchemas, selectorQuery } from "../observe/kubernetes/objects.ts";
import { clusterPaths } from "../observe/kubernetes/paths.ts";
import { pause } from "../observe/pause.ts";
import type { AnEvent, EventInProgress, EventMaker } from "./event-maker.ts";

export const eventRoles = "deploy/kubernetes/events.yaml";

export interface KubernetesEventsOptions {
  readonly namespace: string;
  /** The workload of an event that names none, by kind. */
  readonly workloadOf: (kind: EventKind) => string;
  /** Where what was changed could not be put back: a line for the terminal. */
  readonly say?: (line: string) => void;
  /** How long the API server may be away while an event goes on; absent: a minute. */
  readonly awayMs?: number;
  /** How long no pod must be missing where there are fewer than before, as an autoscaler may have it; absent: 10 s. */
  readonly settledMs?: number;
}

const pollMs = 500;
const usualAwayMs = 60_000;
const usualSettledMs = 10_000;
/** Of a node that an event cordoned, until it is uncordoned: tells a later run whose it was. */
const cordonKey = "headroom/cordoned-at";
const revisionKey = "deployment.kubernetes.io/revision";

/** What a rollout is of: its resource in the API, and what it is called. */
const kinds = { deployments: "deployment", statefulSets: "StatefulSet" } as const;
type Resource = keyof typeof kinds;

const workload = objectSchemas.workload.extend({
  metadata: z.object({
    name: z.string(),
    generation: z.number().default(0),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: objectSchemas.workload.shape.spec.extend({
    /** Of a deployment. */
    paused: z.boolean().default(false),
    /** Of a StatefulSet. */
    updateStrategy: z.object({ type: z.string().optional() }).prefault({}),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }))
        .default([]),
    })
    .prefault({}),
});
interface Workload extends z.output<typeof workload> {
  readonly resource: Resource;
  readonly path: string;
}

const replicaSet = z.object({
  metadata: z.object({
    annotations: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  }),
  spec: z.object({
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
    }),
  }),
});

const pod = objectSchemas.pod.extend({
  metadata: objectSchemas.pod.shape.metadata.extend({
    annotations: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
  }),
});
type Pod = z.output<typeof pod>;

const node = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }).prefault({}),
  spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
});
const review = z.object({ status: z.object({ allowed: z.boolean() }) });

interface Right {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  /** It has no namespace. */
  readonly isOfCluster?: boolean;
}

const apps = { group: "apps", resource: "deployments" };
const rolling: readonly Right[] = [
  { verb: "get", ...apps },
  { verb: "patch", ...apps },
];

/** What each kind takes. */
const rights: Readonly<Partial<Record<EventKind, readonly Right[]>>> = {
  "rolling-update": rolling,
  "subgraph-restart": rolling,
  rollback: [...rolling, { verb: "list", group: "apps", resource: "replicasets" }],
  "pod-deletion": [
    { verb: "get", ...apps },
    { verb: "list", resource: "pods" },
    { verb: "delete", resource: "pods" },
  ],
  "node-drain": [
    { verb: "get", resource: "nodes", isOfCluster: true },
    { verb: "patch", resource: "nodes", isOfCluster: true },
    { verb: "list", resource: "pods" },
    { verb: "create", resource: "pods", subresource: "eviction" },
  ],
};

export function kubernetesEvents(api: JsonApi, options: KubernetesEventsOptions): EventMaker {
  const cluster = new ClusterEvents(api, options);
  return {
    check: (event, earlier) => cluster.check(event, earlier),
    make: (event, progress) => cluster.make(event, progress),
    close: api.close,
  };
}

class ClusterEvents {
  readonly #api: JsonApi;
  readonly #options: KubernetesEventsOptions;
  readonly #paths: ReturnType<typeof clusterPaths>;
  /** By name, once it is known. */
  readonly #resources = new Map<string, Resource>();

  constructor(api: JsonApi, options: KubernetesEventsOptions) {
    this.#api = api;
    this.#options = options;
    this.#paths = clusterPaths(options.namespace);
  }

  /** Rights, and the object that it happens to. @returns what should be known before the load */
  async check(event: AnEvent, earlier: readonly AnEvent[] = []): Promise<string | undefined> {
    const { kind } = event;
    for (const right of rights[kind] ?? [])
      if (!(await this.#isAllowed(right))) throw this.#missing(kind, right);
    if (kind === "node-drain") return this.#checkNode(event);
    const { metadata, spec, resource } = await this.#workload(event);
    const own = `event ${kind}: the ${kinds[resource]} ${metadata.name}`;
    if (resource === "statefulSets")
      for (const right of rights[kind] ?? [])
        if (right.resource === apps.resource) {
          const same = { ...right, resource: "statefulsets" };
          if (!(await this.#isAllowed(same))) throw this.#missing(kind, same);
        }
    if (spec.replicas === 0) throw refusal(`${own} has no pods (replicas: 0)`);
    if (kind !== "pod-deletion" && spec.paused)
      throw refusal(
        `${own} is paused, so that nothing would be rolled out: kubectl rollout resume deployment/${metadata.name} -n ${this.#options.namespace}`,
      );
    if (kind !== "pod-deletion" && spec.updateStrategy.type === "OnDelete")
      throw refusal(`${own} has the update strategy OnDelete, so that nothing would be rolled out`);
    if (kind === "rollback" && resource === "statefulSets")
      throw refusal(
        `${own} cannot be rolled back by the Kubernetes API alone: name a command (events.make.rollback), such as kubectl rollout undo`,
      );
    // Its revision is made by the event before.
    const isAfterRollout = earlier.some(
      (each) => isRollout(each.kind) && this.#nameOf(each) === metadata.name,
    );
    if (kind === "rollback" && !isAfterRollout) await this.#previousTemplate(event);
    return undefined;
  }

  async #checkNode(event: AnEvent): Promise<string | undefined> {
    const { target = "" } = event;
    const { namespace } = this.#options;
    const { metadata, spec } = await this.#node(event);
    const victims = (await this.#pods("")).filter(
      (each) => each.spec.nodeName === target && isEvictable(each),
    );
    if (victims.length === 0) throw this.#nothingToEvict(event);
    const alone = victims.filter((each) => each.metadata.ownerReferences.length === 0);
    if (alone.length > 0)
      throw refusal(
        `event node-drain: ${alone.map((each) => each.metadata.name).join(", ")} on ${target} in the namespace ${namespace} ${alone.length === 1 ? "belongs" : "belong"} to no controller, and would not come back`,
      );
    const since = metadata.annotations[cordonKey];
    if (!spec.unschedulable) return undefined;
    return since === undefined
      ? `node ${target} is cordoned already, and is left so`
      : `node ${target} has been cordoned since ${since} by a run of Headroom that was killed: it is uncordoned after the event`;
  }

  async #node(event: AnEvent): Promise<z.output<typeof node>> {
    const path = this.#nodePath(event);
    try {
      return await this.#api.get(path, node);
    } catch (error) {
      if (error instanceof KubernetesFailure && error.status === 404)
        throw refusal(`event node-drain: the cluster has no node ${event.target ?? ""}`);
      throw error;
    }
  }

  #nothingToEvict({ target = "" }: AnEvent): TargetError {
    return refusal(
      `event node-drain: no pod of the namespace ${this.#options.namespace} on the node ${target} can be evicted`,
    );
  }

  /** While the API server is away for a while, what was asked is asked again. @throws Error as `ask` does, and where that takes too long */
  async #whenAnswered<Answer>(
    ask: () => Promise<Answer>,
    signal: AbortSignal,
    limitMs = this.#options.awayMs ?? usualAwayMs,
  ): Promise<Answer> {
    const until = performance.now() + limitMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!isAway(error) || signal.aborted || performance.now() > until) throw error;
        await pause(pollMs, signal);
      }
    }
  }

  make(event: AnEvent, progress: EventInProgress): Promise<string | undefined> {
    switch (event.kind) {
      case "rolling-update":
      case "subgraph-restart":
        return this.#restart(event, progress);
      case "rollback":
        return this.#rollBack(event, progress);
      case "pod-deletion":
        return this.#deletePod(event, progress);
      case "node-drain":
        return this.#drain(event, progress);
      case "node-loss":
      case "database-failover":
      case "replica-lag":
      case "cache-flush":
      case "external-outage":
        throw refusal(`the Kubernetes API cannot make the event ${event.kind}`);
      default:
        return event.kind satisfies never;
    }
  }

  async #isAllowed({ isOfCluster, ...right }: Right): Promise<boolean> {
    const { namespace } = this.#options;
    const answer = await this.#api.create(
      "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: {
          resourceAttributes: isOfCluster === true ? right : { ...right, namespace },
        },
      },
    );
    return review.parse(answer).status.allowed;
  }

  #missing(kind: EventKind, { verb, resource, subresource, isOfCluster }: Right): TargetError {
    const what = subresource === undefined ? resource : `${resource}/${subresource}`;
    const where = isOfCluster === true ? "" : ` in the namespace ${this.#options.namespace}`;
    return refusal(
      `event ${kind}: the cluster at ${this.#api.server} does not let us ${verb} ${what}${where}: bind the roles of ${eventRoles}`,
    );
  }

  #nameOf({ kind, target }: AnEvent): string {
    return target ?? this.#options.workloadOf(kind);
  }

  #nodePath({ target }: AnEvent): string {
    if (target === undefined)
      throw refusal("event node-drain names no node: write node-drain=NODE@TIME");
    return `${this.#paths.nodes}/${encodeURIComponent(target)}`;
  }

  async #workload(event: AnEvent): Promise<Workload> {
    const name = this.#nameOf(event);
    const known = this.#resources.get(name);
    for (const resource of known === undefined
      ? (["deployments", "statefulSets"] as const)
      : [known]) {
      const path = `${this.#paths[resource]}/${encodeURIComponent(name)}`;
      try {
        const found = await this.#api.get(path, workload);
        this.#resources.set(name, resource);
        return { ...found, resource, path };
      } catch (error) {
        if (!(error instanceof KubernetesFailure && error.status === 404)) throw error;
      }
    }
    throw refusal(
      `event ${event.kind}: the namespace ${this.#options.namespace} has no deployment and no StatefulSet ${name}`,
    );
  }

  async #restart(event: AnEvent, progress: EventInProgress): Promise<string | undefined> {
    const restartedAt = new Date().toISOString();
    const { path } = await this.#whenAnswered(() => this.#workload(event), progress.signal);
    await this.#api.patch(path, {
      spec: {
        template: {
          metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": restartedAt } },
        },
      },
    });
    return this.#rolledOut(event, progress);
  }

  async #rollBack(event: AnEvent, progress: EventInProgress): Promise<string | undefined> {
    const value = await this.#previousTemplate(event);
    const { path } = await this.#whenAnswered(() => this.#workload(event), progress.signal);
    await this.#api.patch(path, [{ op: "replace", path: "/spec/template", value }]);
    return this.#rolledOut(event, progress);
  }

  /** As `kubectl rollout undo`: the template of the revision before the present one. */
  async #previousTemplate(event: AnEvent): Promise<object> {
    const { metadata, spec } = await this.#workload(event);
    const query = encodeURIComponent(selectorQuery(spec.selector));
    const sets = await this.#api.list(
      `${this.#paths.replicaSets}?labelSelector=${query}`,
      replicaSet,
    );
    const present = Number(metadata.annotations[revisionKey]);
    const revisionOf = (each: z.output<typeof replicaSet>): number =>
      Number(each.metadata.annotations[revisionKey]);
    const previous = sets
      .filter(({ metadata: { ownerReferences } }) =>
        ownerReferences.some(({ name, kind }) => kind === "Deployment" && name === metadata.name),
      )
      .filter((each) => revisionOf(each) < present)
      .toSorted((one, next) => revisionOf(next) - revisionOf(one))[0];
    if (previous === undefined)
      throw refusal(`event rollback: the deployment ${metadata.name} has no earlier revision`);
    const { template } = previous.spec;
    const { "pod-template-hash": _, ...labels } = template.metadata?.labels ?? {};
    return { ...template, metadata: { ...template.metadata, labels } };
  }

  /** Until every pod is of the new template and available, as `kubectl rollout status` says it. */
  async #rolledOut(event: AnEvent, { step, signal }: EventInProgress): Promise<string | undefined> {
    const steps = new Steps(step);
    let state = "";
    while (!signal.aborted) {
      const { metadata, spec, status } = await this.#whenAnswered(
        () => this.#workload(event),
        signal,
      );
      const wanted = spec.replicas ?? 1;
      state = `${status.updatedReplicas} of ${wanted} pods are updated and ${status.availableReplicas} available`;
      if (status.observedGeneration >= metadata.generation) {
        steps.reach("detected");
        if (status.updatedReplicas > 0) steps.reach("rescheduled");
        if (status.updatedReplicas >= wanted) steps.reach("started");
        if (
          status.updatedReplicas >= wanted &&
          status.replicas <= status.updatedReplicas &&
          status.availableReplicas >= status.updatedReplicas
        ) {
          steps.reach("ready");
          return undefined;
        }
        const progressing = status.conditions.find(({ type }) => type === "Progressing");
        if (progressing?.reason === "ProgressDeadlineExceeded")
          throw refusal(
            `the rollout of ${metadata.name} is stuck (ProgressDeadlineExceeded): ${state}; it was left as it is`,
          );
      }
      await pause(pollMs, signal);
    }
    const words = state === "" ? "" : `: ${state}`;
    return `the rollout of ${this.#nameOf(event)} was left as it is${words}`;
  }

  async #deletePod(event: AnEvent, progress: EventInProgress): Promise<string | undefined> {
    const { spec, metadata } = await this.#workload(event);
    const query = `labelSelector=${encodeURIComponent(selectorQuery(spec.selector))}`;
    const pods = (): Promise<readonly Pod[]> =>
      this.#whenAnswered(() => this.#pods(query), progress.signal);
    const before = await pods();
    const victim = before
      .filter(isReady)
      .toSorted((one, next) => one.metadata.name.localeCompare(next.metadata.name))[0];
    if (victim === undefined) throw refusal(`no pod of ${metadata.name} is ready to be deleted`);
    await this.#api.remove(`${this.#paths.pods}/${encodeURIComponent(victim.metadata.name)}`);
    const missing = await this.#replaced([victim], before, { pods, progress });
    return `deleted the pod ${victim.metadata.name}${missing}`;
  }

  /** As `kubectl drain`, for the pods of the platform's namespace. */
  async #drain(event: AnEvent, progress: EventInProgress): Promise<string | undefined> {
    const path = this.#nodePath(event);
    const { spec, metadata } = await this.#node(event);
    const isOurs = !spec.unschedulable || metadata.annotations[cordonKey] !== undefined;
    const mark = { annotations: { [cordonKey]: new Date().toISOString() } };
    await this.#api.patch(path, {
      spec: { unschedulable: true },
      ...(isOurs ? { metadata: mark } : {}),
    });
    const evicting = this.#evictAll(event, progress);
    // Said with what went wrong before it, if anything did.
    const [evicted] = await Promise.allSettled([evicting]);
    const left = isOurs ? await this.#uncordon(path, event.target ?? "") : undefined;
    if (left === undefined) return evicting;
    const words = evicted.status === "rejected" ? messageOf(evicted.reason) : evicted.value;
    throw refusal(`${words}; ${left}`);
  }

  /** @returns why it is still cordoned */
  async #uncordon(path: string, target: string): Promise<string | undefined> {
    const change = {
      spec: { unschedulable: null },
      metadata: { annotations: { [cordonKey]: null } },
    };
    try {
      // The load is over by now, or it waits for this: nothing else ends it.
      const { signal } = new AbortController();
      await this.#whenAnswered(() => this.#api.patch(path, change), signal);
      return undefined;
    } catch (error) {
      const left = `the node ${target} is still cordoned (${messageOf(error)}): kubectl uncordon ${target}`;
      this.#options.say?.(left);
      return left;
    }
  }

  async #evictAll(event: AnEvent, progress: EventInProgress): Promise<string> {
    const { namespace } = this.#options;
    const { signal } = progress;
    const pods = (): Promise<readonly Pod[]> => this.#whenAnswered(() => this.#pods(""), signal);
    const before = await pods();
    const on = before.filter(({ spec: { nodeName } }) => nodeName === event.target);
    const victims = on.filter((each) => isEvictable(each));
    if (victims.length === 0) throw this.#nothingToEvict(event);
    let evicted = 0;
    for (const victim of victims) if (await this.#evict(victim, signal)) evicted++;
    if (evicted < victims.length)
      return `evicted ${evicted} of ${plural(victims.length, "pod")} of ${namespace}: a disruption budget did not allow more`;
    const missing = await this.#replaced(victims, before, { pods, progress });
    const left = on.length - victims.length;
    const others = left === 0 ? "" : `, ${left} of daemon sets stayed`;
    return `evicted ${plural(victims.length, "pod")} of ${namespace}${others}${missing}`;
  }

  /** A disruption budget answers 429 until it allows the eviction. @returns whether it was evicted before the signal aborted */
  async #evict({ metadata: { name } }: Pod, signal: AbortSignal): Promise<boolean> {
    const { namespace } = this.#options;
    const path = `${this.#paths.pods}/${encodeURIComponent(name)}/eviction`;
    const eviction = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
    };
    while (!signal.aborted) {
      try {
        await this.#whenAnswered(() => this.#api.create(path, eviction), signal);
        return true;
      } catch (error) {
        if (!(error instanceof KubernetesFailure)) throw error;
        if (error.status === 404) return true;
        if (error.status !== 429) throw error;
        await pause(pollMs, signal);
      }
    }
    return false;
  }

  /**
   * Until the pods are gone, and as many others are there and ready as were before.
   * @returns what was missing when the signal aborted, as the end of a sentence
   */
  async #replaced(
    victims: readonly Pod[],
    before: readonly Pod[],
    {
      pods,
      progress,
    }: {
      readonly pods: () => Promise<readonly Pod[]>;
      readonly progress: EventInProgress;
    },
  ): Promise<string> {
    const gone = new Set(victims.map(({ metadata: { uid } }) => uid));
    const known = new Set(before.map(({ metadata: { uid } }) => uid));
    const wanted = before.filter(isReady).length;
    const unreadyBefore = new Set(
      before.filter((each) => !isReady(each)).map(({ metadata: { uid } }) => uid),
    );
    let settledSince: number | undefined;
    const steps = new Steps(progress.step);
    let ready = wanted;
    while (!progress.signal.aborted) {
      const present = await pods();
      const others = present.filter(({ metadata: { uid } }) => !known.has(uid));
      const isEnough = (all: readonly Pod[]): boolean => all.length >= victims.length;
      const leaving = present.filter(
        ({ metadata }) => gone.has(metadata.uid) && metadata.deletionTimestamp === undefined,
      );
      if (leaving.length < victims.length) steps.reach("detected");
      if (isEnough(others.filter(({ spec }) => spec.nodeName !== undefined)))
        steps.reach("rescheduled");
      if (isEnough(others.filter(({ status }) => status.phase === "Running")))
        steps.reach("started");
      const remaining = present.filter(({ metadata: { uid } }) => !gone.has(uid));
      ready = remaining.filter(isReady).length;
      const isOver = present.every(({ metadata: { uid } }) => !gone.has(uid));
      if (ready >= wanted) {
        steps.reach("ready");
        if (isOver) return "";
      }
      const isMissing = (each: Pod): boolean =>
        !isReady(each) && !isEnded(each) && !unreadyBefore.has(each.metadata.uid);
      if (!isOver || remaining.some(isMissing)) settledSince = undefined;
      else if (
        performance.now() - (settledSince ??= performance.now()) >=
        (this.#options.settledMs ?? usualSettledMs)
      )
        return `; ${ready} ${ready === 1 ? "pod is" : "pods are"} ready now, ${wanted} before`;
      await pause(pollMs, progress.signal);
    }
    return ready < wanted
      ? `, and ${ready} of ${wanted} are ready`
      : ", and they have not ended yet";
  }

  async #pods(query: string): Promise<readonly Pod[]> {
    return this.#api.list(`${this.#paths.pods}${query === "" ? "" : `?${query}`}`, pod);
  }
}

/** Each step once, when it is first reached. */
class Steps {
  readonly #reached = new Set<EventStepName>();
  readonly #step: EventInProgress["step"];

  constructor(step: EventInProgress["step"]) {
    this.#step = step;
  }

  reach(name: EventStepName): void {
    if (this.#reached.has(name)) return;
    this.#reached.add(name);
    this.#step(name);
  }
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions ?? []).some((each) => each.type === "Ready" && each.status === "True");

const isRollout = (kind: EventKind): boolean =>
  kind === "rolling-update" || kind === "subgraph-restart";

/**
 * The API server does not answer, or not for itself. One that has just started refuses for a moment what was allowed before the load:
 * it has not read accounts and roles yet.
 */
const isAway = (error: unknown): boolean => {
  if (!(error instanceof KubernetesFailure)) return false;
  const { status = 500 } = error;
  return status >= 500 || status === 401 || status === 403;
};

/** Of a Job, for example. */
const isEnded = ({ status: { phase } }: Pod): boolean =>
  phase === "Succeeded" || phase === "Failed";

const isEvictable = ({
  metadata: { annotations, ownerReferences, deletionTimestamp },
}: Pod): boolean =>
  deletionTimestamp === undefined &&
  annotations["kubernetes.io/config.mirror"] === undefined &&
  ownerReferences.every(({ kind }) => kind !== "DaemonSet");

const refusal = (message: string): TargetError =>
  new TargetError(message, { code: "event-refused" });

/** For what the API refuses before the load. */
export const asRefusal = (error: unknown): HeadroomError =>
  error instanceof HeadroomError ? error : refusal(messageOf(error));
