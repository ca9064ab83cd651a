/** Which observers a run has, and what each is given. */
import type { ClusterClock } from "../domain/autoscaling.ts";
import type { Environment, ObserverSettings } from "../domain/environment.ts";
import type { Watch } from "./start-observers.ts";

/** The sandbox that was started for a run, as far as it can be watched. */
interface WatchableSandbox {
  readonly cluster?: {
    readonly kubeconfig: string;
    readonly namespace: string;
    readonly scale: number;
    readonly startedAt: number;
  };
}

/** What there is to watch. Secrets are here only, and go to their observer alone. */
export interface Watchable {
  readonly settings: ObserverSettings;
  /** Kubernetes workloads that serve the surfaces. */
  readonly workloads: readonly string[];
  /** The cluster's clocks. */
  readonly clock: ClusterClock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sandbox: WatchableSandbox | undefined;
}

/** Who will watch: names for the plan, before anything runs. The sandbox's database is always watched. */
export function watchNames(environment: Environment, hasCluster: boolean): string[] {
  const { kubernetes, prometheus, database } = environment.observers;
  return [
    ...(kubernetes !== undefined || hasCluster ? ["kubernetes"] : []),
    ...(prometheus === undefined ? [] : ["prometheus"]),
    ...(database !== undefined || environment.sandbox ? ["database"] : []),
  ];
}

/** The clocks of a sandbox's cluster; absent: they are ours. */
export const clockOf = (sandbox: WatchableSandbox | undefined): ClusterClock | undefined =>
  sandbox?.cluster === undefined
    ? undefined
    : { startedAt: sandbox.cluster.startedAt, scale: sandbox.cluster.scale };

export function watchableOf(
  environment: Environment,
  env: Watchable["env"],
  sandbox: WatchableSandbox | undefined,
): Watchable {
  const { workloads, observers } = environment;
  const cluster = sandbox?.cluster;
  return {
    settings: {
      ...observers,
      ...(cluster === undefined
        ? {}
        : { kubernetes: { namespace: cluster.namespace, kubeconfig: cluster.kubeconfig } }),
    },
    workloads: [...new Set(Object.values(workloads))],
    clock: clockOf(sandbox) ?? { startedAt: 0, scale: 1 },
    env,
    sandbox,
  };
}

export function watchesOf(_watchable: Watchable): readonly Watch[] {
  return [];
}
