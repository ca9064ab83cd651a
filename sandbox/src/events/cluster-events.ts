/** Events of the simulated cluster: pods and nodes that go, and versions that replace each other. */
import type { Cluster } from "../cluster/cluster.ts";
import type { ClusterPod, Workload } from "../cluster/workload.ts";
import { refuse } from "./event-kind.ts";
import type { Course, EventKindScript, EventPlatform } from "./event-kind.ts";

/** `kubectl rollout restart` of a workload: pods of a new version in the place of the present ones. */
export const rollingUpdate: EventKindScript = (platform, { target, version }) => {
  const cluster = clusterOf(platform);
  const workload = workloadOf(cluster, target);
  return rollout(cluster, workload, () => {
    const restartedAt = new Date().toISOString();
    cluster.update(workload, version ?? { ...workload.current.template, restartedAt });
  });
};

/** `kubectl rollout undo`. */
export const rollback: EventKindScript = (platform, { target, to }) => {
  const cluster = clusterOf(platform);
  const workload = workloadOf(cluster, target);
  const { name } = workload.model;
  if (workload.replicaSets.length < 2)
    throw refuse(
      `no rollout history for deployment "${name}": nothing to roll back to`,
      "no-rollout-history",
      "Make a rolling-update first.",
    );
  return rollout(cluster, workload, () => cluster.rollBack(workload, to));
};

function rollout(cluster: Cluster, workload: Workload, begin: () => unknown) {
  return {
    target: workload.model.name,
    workloads: [workload],
    run: async (course: Course) => {
      const { now } = cluster;
      begin();
      const { current } = workload;
      const isReplaced = (): boolean => workload.current !== current;
      void followReplacements([workload], now, course);
      await course.until(
        () => isReplaced() || workload.rollout?.isStuck === true || !workload.isChanging,
      );
      if (workload.rollout?.isStuck === true) course.step("progress-deadline-exceeded");
      await course.until(() => isReplaced() || !workload.isChanging);
    },
  };
}

export const podDeletion: EventKindScript = (platform, { target }) => {
  const cluster = clusterOf(platform);
  const named = cluster.workloads
    .flatMap(({ active }) => active)
    .find((pod) => pod.target.name === target);
  const pod = named ?? workloadOf(cluster, target).ready.at(0);
  if (pod === undefined) throw refuse(`${target ?? "the API"} has no ready pod`, "no-pod");
  const { workload } = pod;
  return {
    target: pod.target.name,
    workloads: [workload],
    run: async (course) => {
      const { now } = cluster;
      cluster.deletePod(pod);
      await replaced([workload], now, course);
    },
  };
};

const onNode = (
  platform: Parameters<EventKindScript>[0],
  target: Parameters<EventKindScript>[1]["target"],
) => {
  const cluster = clusterOf(platform);
  const node = nodeOf(cluster, target);
  return { cluster, node, workloads: workloadsOf(cluster.podsOn(node)) };
};

export const nodeDrain: EventKindScript = (platform, { target }) => {
  const { cluster, node, workloads } = onNode(platform, target);
  return {
    target: node.name,
    workloads,
    run: async (course) => {
      const { now } = cluster;
      cluster.setCordoned(node, true);
      course.step("cordoned");
      await course.until(() => {
        for (const pod of cluster.podsOn(node)) {
          if (cluster.mayEvict(pod)) cluster.deletePod(pod);
        }
        return cluster.podsOn(node).length === 0;
      });
      course.step("drained");
      await replaced(workloads, now, course);
      cluster.setCordoned(node, false);
    },
  };
};

export const nodeLoss: EventKindScript = (platform, { target }) => {
  const { cluster, node, workloads } = onNode(platform, target);
  return {
    target: node.name,
    workloads,
    run: async (course) => {
      const { now } = cluster;
      cluster.loseNode(node);
      await course.until(() => cluster.isLost(node));
      course.step("detected");
      await course.until(() => cluster.podsOn(node).length === 0);
      await replaced(workloads, now, course);
    },
  };
};

/** Every process of the workload that serves the subgraph ends, and is started again. */
export const subgraphRestart: EventKindScript = (platform) => {
  const cluster = clusterOf(platform);
  const workload = cluster.serving("subgraph");
  return {
    target: workload.model.name,
    workloads: [workload],
    run: async ({ step, until }) => {
      for (const pod of workload.active) cluster.crash(pod);
      await until(() => workload.active.some(({ process }) => process !== undefined));
      step("started");
      await until(() => workload.ready.length > 0);
      step("ready");
      await until(() => hasServed(workload.ready));
      step("served");
      await until(() => workload.unavailableShare === 0);
    },
  };
};

/** Until every pod that there should be is ready again, and none ends any more. */
async function replaced(
  workloads: readonly Workload[],
  since: number,
  course: Course,
): Promise<void> {
  void followReplacements(workloads, since, course);
  await course.until(() =>
    workloads.every((each) => each.unavailableShare === 0 && !each.isChanging),
  );
}

/** What the first pods made since then reach. */
async function followReplacements(
  workloads: readonly Workload[],
  since: number,
  { step, until }: Course,
): Promise<void> {
  const made = (): readonly ClusterPod[] =>
    workloads.flatMap(({ active }) =>
      active.filter(({ simulated }) => simulated.life.createdAt >= since),
    );
  await until(() => made().some(({ simulated }) => simulated.node !== undefined));
  step("rescheduled");
  await until(() => made().some(({ process }) => process !== undefined));
  step("started");
  await until(() => made().some(({ process }) => process?.isReady === true));
  step("ready");
  await until(() => hasServed(made()));
  step("served");
}

const hasServed = (pods: readonly ClusterPod[]): boolean =>
  pods.some(({ process }) => process !== undefined && process.requests > process.inFlight);

function clusterOf({ cluster }: EventPlatform): Cluster {
  if (cluster !== undefined) return cluster;
  throw refuse(
    "the sandbox has no cluster, so that nothing can happen to its pods and nodes",
    "event-without-cluster",
    "Start it with --cluster, or with --scale 10 for fast control-plane clocks.",
  );
}

function workloadOf(cluster: Cluster, target: string | undefined): Workload {
  if (target === undefined) return cluster.serving("api");
  const workload = cluster.workloads.find(({ model }) => model.name === target);
  if (workload !== undefined) return workload;
  const names = cluster.workloads.map(({ model }) => model.name).join(", ");
  throw refuse(`the cluster has nothing called "${target}"`, "unknown-target", `Known: ${names}.`);
}

/** Absent: the one with the most pods. */
function nodeOf(cluster: Cluster, target: string | undefined) {
  const nodes = cluster.pool.nodes.filter(
    (node) => node.readyAt <= cluster.now && cluster.lostAt(node) === undefined,
  );
  const [fullest] = nodes.toSorted((a, b) => b.podCount - a.podCount);
  const node = target === undefined ? fullest : nodes.find(({ name }) => name === target);
  if (node !== undefined) return node;
  const names = nodes.map(({ name }) => name).join(", ");
  throw refuse(`the cluster has no ready node "${target}"`, "unknown-target", `Known: ${names}.`);
}

const workloadsOf = (pods: readonly ClusterPod[]): readonly Workload[] => [
  ...new Set(pods.map(({ workload }) => workload)),
];
