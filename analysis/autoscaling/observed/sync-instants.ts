/**
 * When an HPA was synced, recovered from its status: polled every 5 s, and watched. A rescale carries its own stamp
 * (`lastScaleTime`); another change of the status was just before the watch reported it, or between two polls where it was
 * not watched. Those syncs are certain. Between two of them the controller kept its period, so the syncs that changed nothing
 * are put at equal distances; where polls are missing, nothing is assumed.
 */
import { defaultController } from "../types.ts";

/** The status of an HPA at a poll, or when the watch reported a change of the object. */
export interface HpaSnapshot {
  readonly t: number;
  readonly isWatched?: boolean | undefined;
  readonly desired: number;
  readonly metrics: ReadonlyMap<string, StatusMetric>;
}

/** What the HPA's status says of one metric; absent parts were not in it. */
export interface StatusMetric {
  readonly value?: number;
  readonly utilisation?: number;
}

export interface SyncInstant {
  /** The earliest that it can have been: what is dated to the second was there before. */
  readonly t: number;
  /** Its own clock: as long after the syncs before it as the controller waits, so that what is as old as a window has left it. */
  readonly now: number;
  /** The first one after it, and the last one before. */
  readonly snapshot: HpaSnapshot;
  readonly before: HpaSnapshot;
  /** The first poll after it: by then the observer had read everything that the sync read. */
  readonly polledAt: number;
}

/** At `lastScaleTime`: the size that was wanted then. */
interface Rescale {
  readonly t: number;
  readonly value?: number | undefined;
}

const syncMs = defaultController.syncPeriodMs;

/** The watch reports a change so soon, ms of our time. */
const reportedWithinMs = 250;
/** Stamps have whole seconds: by such a stamp the change could have been so much earlier. */
const stampMs = 1000;

/** Polls further apart than two syncs hide one: what changed between them cannot be dated. */
const holeMs = 2 * syncMs;

/** @param snapshots ascending @param scaled records of `lastScaleTime` @param scale cluster seconds in one of ours */
export function syncInstants(
  snapshots: readonly HpaSnapshot[],
  scaled: readonly Rescale[],
  scale = 1,
): readonly SyncInstant[] {
  return segmentsOf(snapshots).flatMap((segment) => {
    const certain = certainInstants(segment, { scaled, scale });
    return inPeriods([...certain, ...assumedInstants(segment, certain)], certain).map(
      (instant) => ({
        ...instant,
        polledAt: polledAfter(segment, instant.snapshot),
      }),
    );
  });
}

function polledAfter(snapshots: readonly HpaSnapshot[], { t: from }: HpaSnapshot): number {
  const poll = snapshots.find(({ t, isWatched }) => t >= from && isWatched !== true);
  return poll?.t ?? from;
}

type DatedSync = Omit<SyncInstant, "polledAt" | "now">;

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
  { scaled, scale }: { readonly scaled: readonly Rescale[]; readonly scale: number },
): readonly DatedSync[] {
  const instants = new Map<number, DatedSync>();
  const used = new Set<Rescale>();
  snapshots.forEach((snapshot, index) => {
    const before = snapshots[index - 1];
    if (before === undefined) return;
    // The stamp has whole seconds: it may seem to lie before a poll of the same second that does not know of it yet.
    const stamp = scaled.find(
      (rescale) =>
        rescale.t > before.t - 1000 &&
        rescale.t <= snapshot.t &&
        !used.has(rescale) &&
        (rescale.value === undefined || rescale.value === snapshot.desired) &&
        (rescale.t <= snapshot.t - stampMs || isOther(before, snapshot)),
    );
    if (stamp !== undefined) used.add(stamp);
    else if (!isOther(before, snapshot)) return;
    // Dated as early as a stamp could be: recommendations and rescales are compared to the second.
    const reported = snapshot.t - reportedWithinMs * scale - stampMs;
    const changedAt = snapshot.isWatched === true ? Math.max(before.t, reported) : before.t;
    const t = stamp?.t ?? changedAt;
    instants.set(t, { t, snapshot, before });
  });
  return [...instants.values()];
}

/**
 * Between two syncs the controller waits a whole period, and a sync takes time: at least a millisecond.
 * @param certain those of the syncs that show; the others are as late as their periods are
 */
function inPeriods(syncs: readonly DatedSync[], certain: readonly DatedSync[]) {
  let last: number | undefined;
  return syncs
    .toSorted((a, b) => a.t - b.t)
    .map((sync) => {
      const { t, snapshot } = sync;
      const due = last === undefined ? t : last + Math.round((t - last) / syncMs) * (syncMs + 1);
      const isPossible = due >= t && due <= snapshot.t;
      last = isPossible || !certain.includes(sync) ? due : t;
      return { ...sync, now: last };
    });
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
  certain: readonly DatedSync[],
): readonly DatedSync[] {
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
