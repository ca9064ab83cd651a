import { surfaces } from "../../src/domain/surface.ts";
import { workloadOf } from "../../src/domain/plan.ts";
import type {
  EventKind,
  EventStep,
  EventStepName,
  ResilienceEvent,
} from "../../src/domain/resilience.ts";
import type { RunData } from "../../src/domain/run.ts";
import { clusterRecordsOf } from "../autoscaling/observed/cluster-records.ts";
import { observedPods, type ObservedPod } from "../autoscaling/observed/observed-pods.ts";

/** What happens to pods: others take their place. */
const ofPods: ReadonlySet<EventKind> = new Set([
  "rolling-update",
  "rollback",
  "subgraph-restart",
  "pod-deletion",
  "node-drain",
  "node-loss",
]);

/**
 * The steps of an event: those that its maker named, and of pods that were replaced the others, as the cluster's objects have
 * them. A step is reached when as many new pods reached it as old ones went. Stamps of the cluster are of whole seconds.
 * @param until of what belongs to the event, epoch milliseconds
 */
export function stepsOf(
  record: ResilienceEvent,
  { data, loadStart, until }: { data: RunData; loadStart: number; until: number },
): readonly EventStep[] {
  const { kind, by, startedAt, steps } = record;
  // These two follow the pods themselves, to fractions of a second.
  if (by === "kubernetes" || by === "sandbox" || !ofPods.has(kind)) return steps;
  const records = clusterRecordsOf(data, loadStart);
  if (records === undefined) return steps;
  const workloads = new Set(surfaces.map((surface) => workloadOf(data.run.plan, surface)));
  const [from, to] = [records.toCluster(startedAt), records.toCluster(until)];
  const isWithin = (t: number | undefined): t is number => t !== undefined && t > from && t <= to;
  const pods = [...workloads].flatMap((workload) => observedPods(records, workload));
  const leaving = pods
    .filter(({ life }) => life.createdAt <= from)
    .flatMap((pod) => leftAt(pod, isWithin) ?? []);
  if (leaving.length === 0) return steps;
  const made = pods.filter(({ life }) => isWithin(life.createdAt));
  const reachedBy = (timeOf: (pod: ObservedPod) => number | undefined): number | undefined =>
    made
      .map(timeOf)
      .filter(isWithin)
      .toSorted((one, next) => one - next)[leaving.length - 1];
  const reached: readonly (readonly [EventStepName, number | undefined])[] = [
    ["detected", Math.min(...leaving)],
    ["rescheduled", reachedBy(({ life }) => life.scheduledAt)],
    ["started", reachedBy(({ life }) => life.startedAt)],
    ["ready", reachedBy(({ life }) => life.readyAt)],
  ];
  const observed = reached.flatMap(([name, t]): readonly EventStep[] =>
    t === undefined || steps.some((step) => step.name === name)
      ? []
      : [{ name, at: Math.max(startedAt, records.toOurs(t)) }],
  );
  return [...steps, ...observed].toSorted((one, next) => one.at - next.at);
}

/** Of a pod that was deleted: when that, or that it was not ready, was first known. */
function leftAt(
  { life, goneAt, readiness }: ObservedPod,
  isWithin: (t: number | undefined) => t is number,
): number | undefined {
  const unready = readiness.filter(({ status }) => status !== "True").map(({ t }) => t);
  const deleted = [life.deletedAt, goneAt].filter(isWithin);
  return deleted.length === 0 ? undefined : Math.min(...deleted, ...unready.filter(isWithin));
}
