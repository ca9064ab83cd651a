/** Which observers a run has, and what each is given. Clients of clusters and databases are large: each is loaded where there is one. */
import type { ClusterClock } from "../domain/autoscaling.ts";
import type { Environment } from "../domain/environment.ts";
import type { Phase } from "../domain/profile.ts";
import { secretOf } from "../secrets/command-secrets.ts";
import { addKubeconfigSecrets } from "../secrets/kubeconfig-secrets.ts";
import { addUrlSecrets } from "../secrets/url-secrets.ts";
import { kubeconfigFiles } from "./kubernetes/kubeconfig-files.ts";
import { probesPerSecond } from "./database/probe-rate.ts";
import type { KubernetesObserverOptions } from "./kubernetes/observe-kubernetes.ts";
import { observePrometheus } from "./prometheus/observe-prometheus.ts";
import type { Watch } from "./start-observers.ts";

/** The sandbox that was started for a run, as far as it can be watched. */
interface WatchableSandbox {
  readonly databaseObserverUrl?: string;
  readonly cluster?: {
    readonly kubeconfig: string;
    readonly namespace: string;
    readonly scale: number;
    readonly startedAt: number;
  };
}

/** What there is to watch. Secrets are here only, and go to their observer alone. */
export interface Watchable {
  readonly environment: Environment;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sandbox: WatchableSandbox | undefined;
  readonly phases: readonly Phase[];
  /** What the specification says of the workloads: the cluster is compared with it. */
  readonly specified: NonNullable<KubernetesObserverOptions["specified"]>;
  /** Epoch milliseconds; known once the load has begun. */
  readonly loadStartedAt: () => number;
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

/** The cluster's clocks; absent: they are ours. */
export const clockOf = ({
  environment,
  sandbox,
}: Pick<Watchable, "environment" | "sandbox">): ClusterClock | undefined =>
  sandbox?.cluster === undefined
    ? environment.observers.kubernetes?.clock
    : { startedAt: sandbox.cluster.startedAt, scale: sandbox.cluster.scale };

/** The cluster that is watched, and how. */
export function clusterOf(
  watchable: Pick<Watchable, "environment" | "sandbox" | "specified">,
): KubernetesObserverOptions | undefined {
  const { environment, sandbox } = watchable;
  const cluster = sandbox?.cluster;
  const settings =
    cluster === undefined
      ? environment.observers.kubernetes
      : { namespace: cluster.namespace, kubeconfig: cluster.kubeconfig };
  return settings === undefined
    ? undefined
    : {
        settings,
        workloads: [...new Set(Object.values(environment.workloads))],
        clock: clockOf(watchable) ?? { startedAt: 0, scale: 1 },
        specified: watchable.specified,
        served: environment.workloads,
      };
}

export function watchesOf(watchable: Watchable): readonly Watch[] {
  addSecrets(watchable);
  const { environment, env, sandbox, phases, loadStartedAt } = watchable;
  const { prometheus, database } = environment.observers;
  const cluster = clusterOf(watchable);
  const watches: Watch[] = [];
  if (cluster !== undefined) {
    watches.push({
      source: "kubernetes",
      start: async (sink) => {
        const { observeKubernetes } = await import("./kubernetes/observe-kubernetes.ts");
        return observeKubernetes(cluster, sink);
      },
    });
  }
  if (prometheus !== undefined) {
    watches.push({
      source: "prometheus",
      start: async (sink) => {
        const { tokenVariable } = prometheus;
        const token = tokenVariable === undefined ? undefined : named(env, tokenVariable);
        return observePrometheus({ settings: prometheus, token, from: loadStartedAt }, sink);
      },
    });
  }
  if (database !== undefined || sandbox?.databaseObserverUrl !== undefined) {
    watches.push({
      source: "database",
      start: async (sink) => {
        const { observeDatabase } = await import("./database/observe-database.ts");
        const url = sandbox?.databaseObserverUrl ?? named(env, database?.urlVariable ?? "");
        // A fault of the sandbox may last a few seconds only.
        const intervalMs = sandbox === undefined ? undefined : 2000;
        const probePerSecond = probesPerSecond(phases);
        return observeDatabase({ url, probePerSecond, intervalMs }, sink);
      },
    });
  }
  return watches;
}

/** Before any of them starts: what one server is sent, another one may repeat. */
function addSecrets({ environment: { observers }, env }: Watchable): void {
  const { kubernetes, prometheus, database } = observers;
  if (kubernetes !== undefined) addKubeconfigSecrets(kubeconfigFiles(kubernetes.kubeconfig));
  addUrlSecrets("URL of the metrics store", prometheus?.url);
  if (prometheus?.tokenVariable !== undefined) secretOf(env, prometheus.tokenVariable);
  if (database !== undefined)
    addUrlSecrets(database.urlVariable, secretOf(env, database.urlVariable));
}

/** @throws Error that becomes the observer's gap */
function named(env: Watchable["env"], variable: string): string {
  const value = secretOf(env, variable);
  if (value !== undefined) return value;
  throw new Error(
    `the environment variable ${variable} is not set; the environment's file names it`,
  );
}
