/**
 * The sandbox's cluster on a virtual clock, seen through the observer's own reading of its API objects every 5 s of
 * cluster time: the checks A1–A13 on what can be observed, not on what is known. The same seed gives the same records.
 */
import {
  autoscalingCheck,
  autoscalingFindings,
  autoscalingReport,
  autoscalingSeries,
} from "../analysis/autoscaling/observed/observed-autoscaling.ts";
import { findingContext } from "../analysis/testdata/finding-context.ts";
import { testRun } from "../analysis/testdata/test-run.ts";
import type { AutoscalingReport } from "../src/domain/autoscaling.ts";
import { Histogram } from "../src/domain/histogram.ts";
import { seededRandom } from "../src/domain/random.ts";
import type { ClusterRecord } from "../src/domain/kubernetes-records.ts";
import type { PlannedPhase } from "../src/domain/plan.ts";
import type { Series } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import type { Finding, Verdict } from "../src/domain/verdict.ts";
import { milliseconds, perMinute } from "../src/domain/units.ts";
import { ClusterRecorder } from "../src/observe/kubernetes/cluster-recorder.ts";
import { objectSchemas } from "../src/observe/kubernetes/objects.ts";
import { Cluster } from "../sandbox/src/cluster/cluster.ts";
import type { HpaFault } from "../src/domain/sandbox.ts";
import { specifiedCluster } from "../sandbox/src/cluster/specification.ts";
import { momentOf } from "../sandbox/src/kubernetes/objects.ts";
import { resources } from "../sandbox/src/kubernetes/resources.ts";
import { exportTraces } from "../analysis/autoscaling/observed/export-traces.ts";
import { replayTrace } from "../analysis/autoscaling/replay.ts";
import { parseTrace } from "../analysis/autoscaling/trace-schema.ts";

/** Cluster seconds, and requests per second of the API. */
export interface TrialPhase {
  readonly name: string;
  readonly clusterSeconds: number;
  readonly perSecond: number;
}

/** One autoscaler under a load that brings its fault to light, and the check that has to name it. */
export interface ObservedTrial {
  readonly fault?: HpaFault;
  readonly foundBy?: string;
  readonly phases: readonly TrialPhase[];
  /** What else is wrong with the cluster. */
  readonly prepare?: (cluster: Cluster) => void;
  /** The finding that must report it. */
  readonly finding?: string;
}

const part = (name: string, clusterSeconds: number, perSecond: number): TrialPhase => ({
  name,
  clusterSeconds,
  perSecond,
});

/** Core-milliseconds of a request: 9 of them a second are 2 pods' worth at 70 % of the request. */
export const demandMs = 30;

export const observedTrials = {
  healthy: { phases: [part("settle", 120, 2), part("hold", 300, 20), part("return", 750, 2)] },
  stuck: { fault: "stuck", foundBy: "A2", phases: [part("settle", 60, 2), part("hold", 300, 25)] },
  slow: { fault: "slow", foundBy: "A2", phases: [part("settle", 60, 2), part("hold", 420, 25)] },
  flapping: { fault: "flapping", foundBy: "A7", phases: [part("hold", 600, 8)] },
  "wrong policy": {
    fault: "wrong-policy",
    foundBy: "A4",
    phases: [part("settle", 60, 2), part("hold", 240, 45)],
  },
  "missing metrics": {
    fault: "missing-metrics",
    foundBy: "A8",
    phases: [part("settle", 60, 2), part("hold", 120, 25)],
  },
  "below minimum": { fault: "below-minimum", foundBy: "A1", phases: [part("hold", 450, 1)] },
  "above maximum": {
    fault: "above-maximum",
    foundBy: "A1",
    phases: [part("settle", 30, 2), part("hold", 300, 60)],
  },
} as const satisfies Record<string, ObservedTrial>;

/** Faults of the cluster around the autoscalers. */
export const clusterTrials = {
  "node never ready": {
    prepare: (cluster: Cluster) => cluster.setNodesBroken(true),
    foundBy: "A13",
    finding: "autoscaling.a13-nodes",
    phases: [part("settle", 60, 2), part("hold", 1100, 20)],
  },
  "crash loop": {
    prepare: (cluster: Cluster) => cluster.setCrashLoop(cluster.serving("api"), 30_000),
    finding: "pods-restarted",
    phases: [part("hold", 300, 5)],
  },
  "pod leak": {
    prepare: (cluster: Cluster) => cluster.setSteadyLeak(cluster.serving("api"), 2 * 1024 ** 3),
    finding: "pods-restarted",
    phases: [part("hold", 600, 5)],
  },
} as const satisfies Record<string, ObservedTrial>;

const workloads = ["web", "api", "subgraph"];
const startedAt = 1_700_000_000_000;
const stepMs = 20;
const pollMs = 500;
const scale = 10;

/** Phases of a plan, in wall time. */
export function plannedPhases(phases: readonly TrialPhase[], pace: number): PlannedPhase[] {
  let startMs = 0;
  return phases.map(({ name, clusterSeconds, perSecond }) => {
    const durationMs = milliseconds((clusterSeconds * 1000) / pace);
    const phase = {
      name,
      kind: "hold",
      durationMs,
      fromFactor: perSecond,
      toFactor: perSecond,
      judged: true,
      startMs: milliseconds(startMs),
    } as const;
    startMs += durationMs;
    return phase;
  });
}

/** A run that left these records behind, and no requests of k6. */
export function runOf(
  cluster: readonly ClusterRecord[],
  parts: {
    readonly planned: readonly PlannedPhase[];
    readonly loadStart: number;
    readonly clock: { readonly startedAt: number; readonly scale: number };
    readonly events?: RunData["events"];
  },
): RunData {
  const { planned, loadStart, clock, events = [] } = parts;
  const base = testRun();
  const last = planned.at(-1);
  const none = perMinute(0);
  return {
    ...base,
    run: {
      ...base.run,
      loadStartedAt: loadStart,
      plan: {
        ...base.run.plan,
        phases: planned,
        durationMs: milliseconds((last?.startMs ?? 0) + (last?.durationMs ?? 0)),
        requestsPerMinuteBySurface: { web: none, api: perMinute(60), subgraph: none },
        workloads: { web: "web", api: "api", subgraph: "subgraph" },
        observers: ["kubernetes"],
      },
      target: { kind: "sandbox", labels: {}, clock },
    },
    // Without any window nothing was judged.
    windows: [
      {
        type: "flow",
        at: loadStart,
        durationMs: milliseconds(1000),
        generator: "0",
        flow: "api-reads",
        phase: planned[0]?.name ?? "",
        completed: 0,
        dropped: 0,
        requests: 0,
        lag: new Histogram().toJSON(),
      },
    ],
    observations: [],
    cluster,
    events: [{ type: "load-start", at: loadStart }, ...events],
  };
}

/** @param hasWatch whether the account may watch autoscalers */
export function simulateObserved(trial: ObservedTrial, seed: number, hasWatch = true): RunData {
  const cluster = new Cluster(specifiedCluster({ seed, scale, mapping: "separate" }));
  if (trial.fault !== undefined) cluster.setHpaFault(trial.fault);
  trial.prepare?.(cluster);
  const recorded: ClusterRecord[] = [];
  const clock = { startedAt, scale };
  const recorder = new ClusterRecorder({
    workloads,
    clock,
    skewMs: 0,
    startedAt,
    emit: (record) => recorded.push(record),
  });
  const planned = plannedPhases(trial.phases, scale);
  const end = Math.max(...planned.map(({ startMs, durationMs }) => startMs + durationMs));
  const random = seededRandom(seed);
  const workload = cluster.serving("api");
  const seen = new Map<string, string>();
  let due = 0;
  for (let now = 0; now <= end; now += stepMs) {
    cluster.advance(now);
    const phase = planned.find(({ startMs, durationMs }) => now < startMs + durationMs);
    for (due += (stepMs / 1000) * (phase?.fromFactor ?? 0); due >= 1; due--) {
      const pod = workload.pick(random)?.process;
      const leave = pod?.enter(now, () => undefined);
      if (pod !== undefined && leave !== undefined) pod.queue.arrive(now, demandMs, () => leave());
    }
    if (now % pollMs === 0) poll(cluster, recorder, now);
    else if (hasWatch)
      for (const object of autoscalersOf(cluster)) {
        const text = JSON.stringify(object);
        const name = object.metadata.name;
        if (seen.has(name) && seen.get(name) !== text) recorder.hpaChanged(object, startedAt + now);
        seen.set(name, text);
      }
  }
  return runOf(recorded, { planned, loadStart: startedAt, clock });
}

const autoscalersOf = (cluster: Cluster) =>
  objectsOf(cluster, "HorizontalPodAutoscaler").map((one) => objectSchemas.hpa.parse(one));

function objectsOf(cluster: Cluster, kind: string): readonly unknown[] {
  const moment = momentOf(cluster.model, startedAt, cluster.now);
  return resources.find((resource) => resource.kind === kind)?.objects(cluster, moment) ?? [];
}

/** What the observer does with the answers of one round. */
function poll(cluster: Cluster, recorder: ClusterRecorder, now: number): void {
  const at = startedAt + now;
  const objects = (kind: string): readonly unknown[] => objectsOf(cluster, kind);
  const { workload, pod, node, podUsage, nodeUsage, event } = objectSchemas;
  recorder.hpas(autoscalersOf(cluster), at);
  recorder.workloads(
    objects("Deployment").map((one) => workload.parse(one)),
    "Deployment",
    at,
  );
  recorder.nodes(
    objects("Node").map((one) => node.parse(one)),
    at,
  );
  recorder.pods(
    objects("Pod").map((one) => pod.parse(one)),
    at,
  );
  recorder.podUsage(
    objects("PodMetrics").map((one) => podUsage.parse(one)),
    at,
  );
  recorder.nodeUsage(objects("NodeMetrics").map((one) => nodeUsage.parse(one)));
  for (const one of objects("Event")) recorder.event(event.parse(one));
}

/** What a run says of its autoscalers. */
export interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly findings: readonly Finding[];
  readonly series: readonly Series[];
  readonly autoscaling: AutoscalingReport;
}

export function judged(data: RunData): Judged {
  const context = findingContext(data);
  const { autoscaling } = context;
  if (autoscaling === undefined) throw new Error("nothing was observed");
  return {
    verdicts: autoscalingCheck.run(context).map(({ verdict }) => verdict),
    findings: autoscalingFindings(context),
    series: autoscalingSeries(autoscaling),
    autoscaling: autoscalingReport(autoscaling, data.run.plan),
  };
}

export const failedChecks = ({ autoscaling }: Judged): readonly string[] =>
  autoscaling.workloads.flatMap(({ workload, checks }) =>
    workload === "api"
      ? checks.filter(({ verdict }) => verdict.outcome === "fail").map(({ number }) => number)
      : [],
  );

/** Ticks of the exported recording on which the replay decides what was observed. */
export function agreement(data: RunData): readonly [agreed: number, ticks: number] {
  let agreed = 0;
  let ticks = 0;
  for (const trace of exportTraces(data)) {
    const parsed = parseTrace(JSON.stringify(trace), 1);
    if (!parsed.ok) throw new Error(parsed.error);
    replayTrace(parsed.value).ticks.forEach(({ desiredReplicas }, index) => {
      const expected = trace.ticks[index]?.expected;
      if (expected === undefined) return;
      ticks++;
      if (desiredReplicas === expected.desiredReplicas) agreed++;
    });
  }
  return [agreed, ticks];
}
