/**
 * When an HPA was synced, recovered from polls of its status every 5 s. A sync itself cannot be watched: a rescale carries
 * its own stamp (`lastScaleTime`), another change of the status lies between two polls. Those syncs are certain. Between
 * two of them the controller kept its period, so the syncs that changed nothing are put at equal distances; where polls
 * are missing, nothing is assumed.
 */
import { defaultController } from "../types.ts";

/** One poll of an HPA. */
export interface HpaSnapshot {
  readonly t: number;
  readonly desired: number;
  readonly metrics: ReadonlyMap<string, StatusMetric>;
}

/** What the HPA's status says of one metric; absent parts were not in it. */
export interface StatusMetric {
  readonly value?: number;
  readonly utilisation?: number;
}

export interface SyncInstant {
  readonly t: number;
  /** The first poll after it, and the last one before. */
  readonly snapshot: HpaSnapshot;
  readonly before: HpaSnapshot;
}

const syncMs = defaultController.syncPeriodMs;

/** Polls further apart than two syncs hide one: what changed between them cannot be dated. */
const holeMs = 2 * syncMs;

/** @param snapshots ascending @param scaled records of `lastScaleTime` */
export function syncInstants(
  snapshots: readonly HpaSnapshot[],
  scaled: readonly { readonly t: number }[],
): readonly SyncInstant[] {
  return segmentsOf(snapshots).flatMap((segment) => {
    const certain = certainInstants(segment, scaled);
    return [...certain, ...assumedInstants(segment, certain)].toSorted((a, b) => a.t - b.t);
  });
}

/** Stretches of polls without a hole. */
function segmentsOf(snapshots: readonly HpaSnapshot[]): readonly (readonly HpaSnapshot[])[] {
  const segments: HpaSnapshot[][] = [];
  for (const snapshot of snapshots) {
    const last = segments.at(-1);
    const before = last?.at(-1);
    if (last === undefined || before === undefined || snapshot.t - before.t > holeMs)
      segments.push([snapshot]);
    else last.push(snapshot);
  }
  return segments;
}

function certainInstants(
  snapshots: readonly HpaSnapshot[],
  scaled: readonly { readonly t: number }[],
): readonly SyncInstant[] {
  const instants = new Map<number, SyncInstant>();
  snapshots.forEach((snapshot, index) => {
    const before = snapshots[index - 1];
    if (before === undefined) return;
    // The stamp has whole seconds: it may seem to lie before the poll that does not know of it yet.
    const stamp = scaled.find(
      ({ t }) => t > before.t - 1000 && t <= snapshot.t && !instants.has(t),
    );
    if (stamp !== undefined) instants.set(stamp.t, { t: stamp.t, snapshot, before });
    else if (isOther(before, snapshot)) instants.set(before.t, { t: before.t, snapshot, before });
  });
  return [...instants.values()];
}

function isOther(one: HpaSnapshot, other: HpaSnapshot): boolean {
  if (one.desired !== other.desired || one.metrics.size !== other.metrics.size) return true;
  for (const [key, { value, utilisation }] of one.metrics) {
    const now = other.metrics.get(key);
    if (now?.value !== value || now?.utilisation !== utilisation) return true;
  }
  return false;
}

/** The controller's period goes on between, before and after the certain syncs. */
function assumedInstants(
  snapshots: readonly HpaSnapshot[],
  certain: readonly SyncInstant[],
): readonly SyncInstant[] {
  const [start, end] = [snapshots[0]?.t, snapshots.at(-1)?.t];
  if (start === undefined || end === undefined) return [];
  const times: number[] = [];
  const first = certain[0]?.t ?? start;
  for (let t = first - syncMs; t >= start; t -= syncMs) times.push(t);
  const last = certain.at(-1)?.t ?? start;
  for (let t = last + syncMs; t <= end; t += syncMs) times.push(t);
  certain.forEach(({ t: to }, index) => {
    const from = certain[index - 1]?.t ?? to;
    const parts = Math.round((to - from) / syncMs);
    for (let part = 1; part < parts; part++) times.push(from + ((to - from) * part) / parts);
  });
  return times.flatMap((t) => {
    const index = snapshots.findIndex((snapshot) => snapshot.t >= t);
    const [before, snapshot] = [snapshots[index - 1], snapshots[index]];
    return before === undefined || snapshot === undefined ? [] : [{ t, snapshot, before }];
  });
}
