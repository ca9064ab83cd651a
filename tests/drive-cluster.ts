/**
 * A sandbox cluster in this process with the real API server and the real observer, and a load that is put straight into
 * its pods: no k6, no surfaces, so that many of them run side by side.
 */
import { demandMs, plannedPhases, runOf } from "../bench/observed-simulation.ts";
import type { ObservedTrial } from "../bench/observed-simulation.ts";
import type { ClusterRecord } from "../src/domain/kubernetes-records.ts";
import type { RunEvent } from "../src/domain/observation.ts";
import type { PlannedPhase } from "../src/domain/plan.ts";
import { seededRandom } from "../src/domain/random.ts";
import type { RunData } from "../src/domain/run.ts";
import { observeKubernetes } from "../src/observe/kubernetes/observe-kubernetes.ts";
import { startLiveCluster } from "../sandbox/src/cluster/live-cluster.ts";
import type { LiveCluster } from "../sandbox/src/cluster/live-cluster.ts";

const scale = 10;
const tickMs = 20;

/** Loads, observes, and stops everything. @returns the run as its files would hold it */
export async function driveCluster({ fault, phases }: ObservedTrial, seed = 1): Promise<RunData> {
  const live = await startLiveCluster({ seed, scale, log: () => undefined });
  try {
    if (fault !== undefined) live.cluster.setHpaFault(fault);
    const clock = { startedAt: live.startedAt, scale };
    const records: ClusterRecord[] = [];
    const events: RunEvent[] = [];
    const settings = { namespace: "atk", kubeconfig: live.kubeconfig };
    const observer = await observeKubernetes(
      { settings, workloads: ["web", "api", "subgraph"], clock },
      {
        observation: (record) => records.push(record),
        gap: (gap) => events.push({ type: "gap", ...gap }),
      },
    );
    const planned = plannedPhases(phases, scale);
    const loadStart = Date.now();
    await load(live, { loadStart, planned, seed });
    await observer.stop();
    return runOf(records, { planned, loadStart, clock, events });
  } finally {
    await live.stop();
  }
}

async function load(
  { cluster, gate }: LiveCluster,
  plan: {
    readonly loadStart: number;
    readonly planned: readonly PlannedPhase[];
    readonly seed: number;
  },
): Promise<void> {
  const { loadStart, planned, seed } = plan;
  const workload = cluster.serving("api");
  const random = seededRandom(seed);
  const end = Math.max(...planned.map(({ startMs, durationMs }) => startMs + durationMs));
  let due = 0;
  let last = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const at = Date.now() - loadStart;
      const phase = planned.find(({ startMs, durationMs }) => at < startMs + durationMs);
      due += ((at - last) / 1000) * (phase?.fromFactor ?? 0);
      last = at;
      for (; due >= 1; due--) {
        const pod = workload.pick(random)?.process;
        const leave = pod?.enter(cluster.wallNow, () => undefined);
        if (pod !== undefined && leave !== undefined)
          void gate.serve(pod, demandMs).then(() => leave());
      }
      if (at < end) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
}
