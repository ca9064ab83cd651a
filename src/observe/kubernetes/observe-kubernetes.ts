/**
 * Watches a cluster during a run, read only: HPAs, Deployments, pods, nodes, usage and events. Every 5 s of the
 * cluster's time it asks; pods, events and HPAs are watched too, and listed where the watch is broken. Nothing here throws after
 * the start: what cannot be read becomes a gap, one for each row of failures.
 */
import type { ClusterClock } from "../../domain/autoscaling.ts";
import { kubernetesSource, type ClusterRecord } from "../../domain/kubernetes-records.ts";
import type { Surface } from "../../domain/surface.ts";
import type { ObserverSink, RunningObserver } from "../observer.ts";
import { ClusterRecorder } from "./cluster-recorder.ts";
import { connect } from "./connection.ts";
import { KubernetesFailure } from "./kubernetes-failure.ts";
import type { Connection, KubernetesSettings } from "./connection.ts";
import { GapLedger } from "./gap-ledger.ts";
import { readList } from "./read-list.ts";
import type { ListAnswer } from "./read-list.ts";
import { objectSchemas } from "./objects.ts";
import { clusterPaths } from "./paths.ts";
import { clusterVersion } from "./cluster-version.ts";
import { servedMetrics } from "./served-metrics.ts";
import { clockSkew } from "./clock-skew.ts";
import type { SpecifiedPlatform } from "./specified-platform.ts";
import { watchList } from "./watch-list.ts";
import { clockOffsetSentence, toleratedOffsetMs } from "../clock-offset.ts";
import { pause } from "../pause.ts";

export interface KubernetesObserverOptions {
  readonly settings: KubernetesSettings;
  /** Deployments or StatefulSets that serve the surfaces. */
  readonly workloads: readonly string[];
  /** Of the cluster; a real one has scale 1. */
  readonly clock: ClusterClock;
  /** Ends the observation early. */
  readonly signal?: AbortSignal;
  /** What the specification says, kept beside what is observed: the lint compares. */
  readonly specified?: SpecifiedPlatform;
  /** The workload that serves each surface; absent: one of the surface's name. */
  readonly served?: Readonly<Partial<Record<Surface, string>>> | undefined;
}

/** Seconds of the cluster's time between two polls. */
const periods = { sizes: 5, usage: 5, nodes: 10, slow: 30 } as const;
/** While a watch is well, a whole list only now and then. */
const relistSeconds = 60;
/** However fast the cluster's clocks run: not more often than this, ms of our time. */
const shortestPeriodMs = 250;
/** The last poll may take so long, ms. */
const stopTimeoutMs = 8_000;

/** A poll that is repeated. */
interface Poll {
  readonly everySeconds: number;
  readonly run: () => Promise<void>;
}

/** Never rejects: a cluster that cannot be reached is one gap, and tried again. */
export async function observeKubernetes(
  options: KubernetesObserverOptions,
  sink: ObserverSink<ClusterRecord>,
): Promise<RunningObserver> {
  const ending = new AbortController();
  const gaps = new GapLedger((gap) =>
    sink.gap({ source: kubernetesSource, at: Date.now(), ...gap }),
  );
  let connection: Connection;
  try {
    connection = await connect(options.settings);
  } catch (error) {
    gaps.failed("cluster", error);
    return { stop: () => Promise.resolve() };
  }
  const observer = new ClusterObserver({
    ...options,
    connection,
    gaps,
    sink,
    ending: ending.signal,
  });
  await observer.begin();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= end());
  const end = async (): Promise<void> => {
    options.signal?.removeEventListener("abort", onAbort);
    ending.abort();
    const deadline = new Promise<void>((resolve) => {
      setTimeout(resolve, stopTimeoutMs).unref();
    });
    await Promise.race([observer.lastPoll(), deadline]);
    connection.close();
  };
  const onAbort = (): void => void stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.signal?.aborted === true) await stop();
  return { stop };
}

interface ObserverParts extends KubernetesObserverOptions {
  readonly connection: Connection;
  readonly gaps: GapLedger;
  readonly sink: ObserverSink<ClusterRecord>;
  readonly ending: AbortSignal;
}

class ClusterObserver {
  readonly #parts: ObserverParts;
  readonly #paths: ReturnType<typeof clusterPaths>;
  readonly #loops: Promise<void>[] = [];
  #records!: ClusterRecorder;
  /** Of the last poll: a watch of the HPAs begins there. */
  #hpaVersion: string | undefined;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
    this.#paths = clusterPaths(parts.settings.namespace);
  }

  /** The first poll, so that everything that follows belongs to a known workload. */
  async begin(): Promise<void> {
    const { workloads, clock, sink, connection, ending } = this.#parts;
    const skewMs = clock.scale === 1 ? await clockSkew(connection) : 0;
    if (Math.abs(skewMs) > toleratedOffsetMs)
      this.#parts.gaps.missing({
        code: "clock-offset",
        sentence: clockOffsetSentence(`the cluster at ${connection.server}`, skewMs),
      });
    const startedAt = Date.now();
    this.#records = new ClusterRecorder({
      workloads,
      clock,
      skewMs,
      startedAt,
      emit: (record) => sink.observation(record),
    });
    this.#records.specified(this.#parts.specified, this.#parts.served, startedAt);
    await this.#sizes();
    if (!this.#parts.gaps.isClusterSilent) {
      this.#records.version(await clusterVersion(connection), startedAt);
      await Promise.all([this.#nodes(), this.#slow()]);
      await Promise.all([this.#pods(), this.#events()]);
      await this.#usage();
    }
    const polls: readonly Poll[] = [
      { everySeconds: periods.sizes, run: () => this.#sizes() },
      { everySeconds: periods.usage, run: () => this.#usage() },
      { everySeconds: periods.nodes, run: () => this.#nodes() },
      { everySeconds: periods.slow, run: () => this.#slow() },
    ];
    for (const { everySeconds, run } of polls) this.#repeat(everySeconds, run);
    this.#watch(
      "pods",
      () => this.#pods(),
      (type, object, at) => {
        const pod = objectSchemas.pod.safeParse(object);
        if (!pod.success) return;
        if (type === "DELETED") this.#records.podDeleted(pod.data, at);
        else this.#records.pod(pod.data, at);
      },
    );
    this.#watch(
      "hpas",
      () => Promise.resolve(this.#hpaVersion),
      (type, object, at) => {
        const hpa = objectSchemas.hpa.safeParse(object);
        if (!hpa.success) return;
        if (type === "DELETED") this.#records.hpaDeleted(hpa.data, at);
        else this.#records.hpaChanged(hpa.data, at);
      },
    );
    this.#watch(
      "events",
      () => this.#events(),
      (type, object) => {
        const event = objectSchemas.event.safeParse(object);
        if (event.success && type !== "DELETED") this.#records.event(event.data);
      },
    );
    if (ending.aborted) await Promise.allSettled(this.#loops);
  }

  /** What there is now, after the loops have ended. */
  async lastPoll(): Promise<void> {
    await Promise.allSettled(this.#loops);
    if (this.#parts.gaps.isClusterSilent) return;
    await Promise.allSettled([
      this.#sizes(),
      this.#pods().then(() => this.#usage()),
      this.#events(),
      this.#nodes(),
    ]);
  }

  async #sizes(): Promise<void> {
    const { workloads } = this.#parts;
    const hpas = await this.#list("hpas", this.#paths.hpas, objectSchemas.hpa);
    this.#hpaVersion = hpas?.resourceVersion;
    if (hpas !== undefined) this.#records.hpas(hpas.items, hpas.at);
    if (this.#parts.gaps.isClusterSilent) return;
    const deployments = await this.#list(
      "deployments",
      this.#paths.deployments,
      objectSchemas.workload,
    );
    if (deployments === undefined) return;
    this.#records.workloads(deployments.items, "Deployment", deployments.at);
    const names = new Set(deployments.items.map(({ metadata }) => metadata.name));
    const others = workloads.filter((name) => !names.has(name));
    if (others.length === 0) return;
    const sets = await this.#list(
      "statefulsets",
      this.#paths.statefulSets,
      objectSchemas.workload,
      {
        // A cluster without them only says that it has no such workload either.
        isQuiet: true,
      },
    );
    if (sets !== undefined) this.#records.workloads(sets.items, "StatefulSet", sets.at);
    const { found } = this.#records;
    const { gaps, settings } = this.#parts;
    for (const name of others) {
      if (found.includes(name)) gaps.succeeded(name, "no-such-workload");
      else
        gaps.missing({
          code: "no-such-workload",
          subjects: [name],
          sentence: `namespace ${settings.namespace} has no Deployment or StatefulSet ${name}: name the workload of each surface in the environment`,
        });
    }
  }

  async #pods(): Promise<string | undefined> {
    const pods = await this.#list("pods", this.#paths.pods, objectSchemas.pod);
    if (pods !== undefined) this.#records.pods(pods.items, pods.at);
    return pods?.resourceVersion;
  }

  async #events(): Promise<string | undefined> {
    const events = await this.#list("events", this.#paths.events, objectSchemas.event);
    for (const event of events?.items ?? []) this.#records.event(event);
    return events?.resourceVersion;
  }

  async #usage(): Promise<void> {
    const usage = await this.#list(
      "pods.metrics.k8s.io",
      this.#paths.podUsage,
      objectSchemas.podUsage,
    );
    if (usage !== undefined) this.#records.podUsage(usage.items, usage.at);
    await this.#servedMetrics();
  }

  async #servedMetrics(): Promise<void> {
    const { connection, settings, gaps } = this.#parts;
    const { askedMetrics } = this.#records;
    if (gaps.isClusterSilent || askedMetrics.length === 0) return;
    const polled = await servedMetrics(connection, settings.namespace, askedMetrics);
    for (const metric of polled.served) this.#records.metricServed(metric);
    for (const subject of polled.answered) gaps.succeeded(subject);
    for (const [subject, error] of polled.failed) gaps.failed(subject, error);
  }

  async #nodes(): Promise<void> {
    const nodes = await this.#list("nodes", this.#paths.nodes, objectSchemas.node);
    if (nodes !== undefined) this.#records.nodes(nodes.items, nodes.at);
    if (this.#parts.gaps.isClusterSilent) return;
    const usage = await this.#list(
      "nodes.metrics.k8s.io",
      this.#paths.nodeUsage,
      objectSchemas.nodeUsage,
    );
    if (usage !== undefined) this.#records.nodeUsage(usage.items);
    const events = await this.#list("events of nodes", this.#paths.nodeEvents, objectSchemas.event);
    for (const event of events?.items ?? []) this.#records.event(event);
  }

  async #slow(): Promise<void> {
    const sets = await this.#list("replicasets", this.#paths.replicaSets, objectSchemas.replicaSet);
    if (sets !== undefined) this.#records.replicaSets(sets.items);
    const quotas = await this.#list("resourcequotas", this.#paths.quotas, objectSchemas.quota, {
      // Without the resource there are no quotas.
      isQuiet: true,
    });
    if (quotas !== undefined) this.#records.quotas(quotas.items, quotas.at);
  }

  async #list<Item>(
    key: string,
    path: string,
    item: Parameters<typeof readList<Item>>[2],
    { isQuiet = false }: { readonly isQuiet?: boolean } = {},
  ): Promise<ListAnswer<Item> | undefined> {
    const { connection, gaps } = this.#parts;
    try {
      const answer = await readList(connection, path, item);
      gaps.succeeded(key);
      return answer;
    } catch (error) {
      const isAbsent = error instanceof KubernetesFailure && error.status === 404;
      if (!(isQuiet && isAbsent)) gaps.failed(key, error);
      return undefined;
    }
  }

  #repeat(everySeconds: number, run: () => Promise<void>): void {
    const periodMs = this.#ownMs(everySeconds);
    const loop = async (): Promise<void> => {
      while (!this.#parts.ending.aborted) {
        const began = Date.now();
        await this.#pause(began + periodMs);
        if (this.#parts.ending.aborted) return;
        await run();
      }
    };
    this.#loops.push(loop());
  }

  /** List, then watch from there; listed at the usual pace while the watch is broken. */
  #watch(
    key: "pods" | "hpas" | "events",
    list: () => Promise<string | undefined>,
    onObject: (type: string, object: unknown, at: number) => void,
  ): void {
    const { connection, gaps, ending } = this.#parts;
    const loop = async (): Promise<void> => {
      while (!ending.aborted) {
        const began = Date.now();
        const resourceVersion = await list();
        if (ending.aborted) return;
        if (resourceVersion !== undefined) {
          const relist = AbortSignal.timeout(this.#ownMs(relistSeconds));
          const signal = AbortSignal.any([ending, relist]);
          try {
            await watchList({
              connection,
              path: this.#paths[key],
              resourceVersion,
              signal,
              onObject,
            });
            gaps.succeeded(key, "watch-broken");
          } catch (error) {
            gaps.failed(key, error, "watch-broken");
          }
        }
        await this.#pause(began + this.#ownMs(periods.sizes));
      }
    };
    this.#loops.push(loop());
  }

  #ownMs(seconds: number): number {
    return Math.max(shortestPeriodMs, (seconds * 1000) / this.#parts.clock.scale);
  }

  /** Until the instant, or the end. */
  #pause(until: number): Promise<void> {
    return pause(until - Date.now(), this.#parts.ending);
  }
}
