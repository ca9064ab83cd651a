/** The cluster in wall time: its clock ticks, its pods stand before real handlers, its API and its metrics are served. */
import type { HpaFault, SandboxCluster } from "../../../src/domain/sandbox.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { listen } from "../http.ts";
import { writeKubeconfig } from "../kubernetes/kubeconfig.ts";
import type { MakeEvent } from "../kubernetes/mutations.ts";
import { createKubernetesApi } from "../kubernetes/server.ts";
import { clusterFamilies } from "../metrics/cluster-metrics.ts";
import { exposition } from "../metrics/exposition.ts";
import { IngressMetrics } from "../metrics/ingress-metrics.ts";
import { cpuShares } from "../pods/demand.ts";
import { PodGate } from "../pods/gate.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { Cluster } from "./cluster.ts";
import { specifiedCluster } from "./specification.ts";

/** How the cluster really is. */
export interface ClusterTruth {
  readonly scale: number;
  /** Wall time of the cluster's time 0, epoch milliseconds: its stamps are startedAt + scale · (wall − startedAt). */
  readonly startedAt: number;
  readonly workloads: readonly {
    readonly name: string;
    readonly surfaces: readonly Surface[];
    readonly replicas: number;
    readonly readyReplicas: number;
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly cpuRequestCores: number;
    readonly cpuLimitCores: number;
    readonly leakBytesPerRequest: number;
    /** What its autoscaler does now instead of what its object says. */
    readonly hpaFault?: HpaFault;
  }[];
  /** Share of a request's idle time that is CPU of its pod. */
  readonly cpuShares: typeof cpuShares;
  readonly nodes: number;
  readonly nodeHours: number;
  readonly cost: number;
}

export interface LiveCluster {
  readonly cluster: Cluster;
  readonly gate: PodGate;
  readonly kubernetesUrl: string;
  readonly kubeconfig: string;
  readonly startedAt: number;
  /** The page that Prometheus scrapes. */
  metrics(): string;
  truth(): ClusterTruth;
  stop(): Promise<void>;
}

/** How often its clock is set, and changes are sent to watches; milliseconds of wall time. */
const tickMs = 20;
const refreshMs = 200;

/** @throws UsageError where the port is taken */
export async function startLiveCluster(
  options: Omit<SandboxCluster, "hpaFault"> & {
    readonly seed: number;
    /** What is changed through the Kubernetes API; absent: it is read only. */
    readonly make?: MakeEvent;
    readonly log: (line: string) => void;
  },
): Promise<LiveCluster> {
  const { scale = 1, mapping = "separate", replicas, kubernetesPort, seed, make, log } = options;
  const cluster = new Cluster(specifiedCluster({ seed, scale, mapping, replicas }));
  const startedAt = Date.now();
  const origin = performance.now();
  const now = (): number => performance.now() - origin;
  const ingress = new IngressMetrics(cluster.model.namespace);
  const gate = new PodGate({
    serving: (surface) => cluster.serving(surface),
    now,
    random: seededRandom(seed),
    onAnswer: (answer) => {
      answer.workload.observe(answer.durationMs);
      ingress.record(answer);
    },
  });
  const api = createKubernetesApi(cluster, startedAt, make);
  const listener = await listen(
    kubernetesPort,
    (...pair) => {
      cluster.advance(now());
      return api.handle(...pair);
    },
    log,
  );
  const kubernetesUrl = `http://127.0.0.1:${listener.port}`;
  const kubeconfig = await writeKubeconfig(kubernetesUrl, cluster.model.namespace);
  const ticking = setInterval(() => cluster.advance(now()), tickMs);
  const refreshing = setInterval(() => api.refresh(), refreshMs);
  return {
    cluster,
    gate,
    kubernetesUrl,
    kubeconfig: kubeconfig.path,
    startedAt,
    metrics: () => {
      cluster.advance(now());
      return exposition([...clusterFamilies(cluster), ...ingress.families()]);
    },
    truth: () => truthOf(cluster, startedAt),
    stop: async () => {
      clearInterval(ticking);
      clearInterval(refreshing);
      await listener.close();
      await kubeconfig.remove();
    },
  };
}

function truthOf(cluster: Cluster, startedAt: number): ClusterTruth {
  const { scale, nodePool } = cluster.model;
  return {
    scale,
    startedAt,
    workloads: cluster.workloads.map(({ model, size, ready, leakBytesPerRequest, autoscaler }) => ({
      name: model.name,
      surfaces: model.surfaces,
      replicas: size,
      readyReplicas: ready.length,
      minReplicas: autoscaler === undefined ? undefined : (autoscaler.spec.minReplicas ?? 1),
      maxReplicas: autoscaler?.spec.maxReplicas,
      cpuRequestCores: model.pod.cpuRequestCores,
      cpuLimitCores: model.pod.cpuLimitCores,
      leakBytesPerRequest,
      hpaFault: autoscaler?.fault,
    })),
    cpuShares,
    nodes: cluster.pool.nodes.length,
    nodeHours: cluster.nodeHours,
    cost: cluster.nodeHours * nodePool.pricePerNodeHour,
  };
}
