/**
 * Which pods count for a metric. After `groupPods` of the controller (pkg/controller/podautoscaler, v1.36).
 */
import type { Milli } from "../../src/domain/kubernetes-quantity.ts";
import type { ControllerConfig, PodView } from "./types.ts";

/** One pod's value, ready to be averaged. */
export interface PodValue {
  readonly valueMilli: Milli;
  readonly at: number;
  readonly windowMs: number;
}

export interface PodGroups {
  readonly readyPodCount: number;
  /** Pending, or (CPU only) without a trustworthy sample yet. */
  readonly unready: ReadonlySet<string>;
  /** Should have a sample and has none. */
  readonly missing: ReadonlySet<string>;
  /** Being deleted or failed: as if they were not there. */
  readonly ignored: ReadonlySet<string>;
}

interface Clock {
  readonly now: number;
  readonly controller: Pick<ControllerConfig, "cpuInitialisationMs" | "initialReadinessDelayMs">;
}

/** @param resource `cpu` applies the readiness rules; any other name, and plain metrics (""), do not */
export function groupPods(
  pods: readonly PodView[],
  values: ReadonlyMap<string, PodValue>,
  resource: string,
  clock: Clock,
): PodGroups {
  let readyPodCount = 0;
  const unready = new Set<string>();
  const missing = new Set<string>();
  const ignored = new Set<string>();
  for (const pod of pods) {
    const value = values.get(pod.name);
    if (pod.deleting || pod.phase === "Failed") ignored.add(pod.name);
    else if (pod.phase === "Pending") unready.add(pod.name);
    else if (value === undefined) missing.add(pod.name);
    else if (resource === "cpu" && isUnready(pod, value, clock)) unready.add(pod.name);
    else readyPodCount++;
  }
  return { readyPodCount, unready, missing, ignored };
}

/**
 * CPU of a pod that starts up says nothing about load. Young pods (within the initialisation period) need Ready and one
 * whole window since it changed; older ones are left out only if they have never been ready.
 */
function isUnready(pod: PodView, value: PodValue, { now, controller }: Clock): boolean {
  if (pod.ready === undefined || pod.startedAt === undefined) return true;
  const notReady = pod.ready.status === "False";
  if (pod.startedAt + controller.cpuInitialisationMs > now)
    return notReady || value.at < pod.ready.since + value.windowMs;
  return notReady && pod.startedAt + controller.initialReadinessDelayMs > pod.ready.since;
}
