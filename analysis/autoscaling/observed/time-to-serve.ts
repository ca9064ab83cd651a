/** From a load that asks for more pods to pods that serve it: whose seconds were they? */
import type { TimeToServe } from "../../../src/domain/autoscaling.ts";
import { sizeChanges } from "../checks/changes.ts";
import type { SizeChange } from "../checks/changes.ts";
import { margins } from "../checks/margins.ts";
import { predict } from "../checks/predictions.ts";
import type { Prediction } from "../checks/predictions.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import type { ObservedWorkload } from "./observe-run.ts";

/** Rises no further apart than this belong to one demand, cluster milliseconds. */
const oneDemandMs = 90_000;

export function timesToServe(
  workload: ObservedWorkload,
  records: ClusterRecords,
): readonly TimeToServe[] {
  const { hpa, observations } = workload;
  const { samples = [], syncs = [] } = observations;
  if (hpa === undefined) return [];
  const predictions = predict(syncs, hpa.spec, observations.controller);
  return risesOf(sizeChanges(samples)).flatMap(
    (rises) => timeOf(rises, workload, { predictions, records }) ?? [],
  );
}

function risesOf(changes: readonly SizeChange[]): readonly (readonly SizeChange[])[] {
  const groups: SizeChange[][] = [];
  changes.forEach((change, index) => {
    if (change.to < change.from) return;
    const before = changes[index - 1];
    const last = groups.at(-1);
    const goesOn =
      last !== undefined &&
      before !== undefined &&
      before.to > before.from &&
      change.at - before.at <= oneDemandMs;
    if (goesOn) last.push(change);
    else groups.push([change]);
  });
  return groups;
}

function timeOf(
  rises: readonly SizeChange[],
  { observations, pods }: ObservedWorkload,
  seen: { readonly predictions: readonly Prediction[]; readonly records: ClusterRecords },
): TimeToServe | undefined {
  const first = rises[0];
  const last = rises.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const { samples = [], load = [], to: end } = observations;
  const next = samples.find(({ at, specReplicas }) => at > last.at && specReplicas < last.to);
  const served = samples.find(({ at, readyReplicas }) => at >= last.at && readyReplicas >= last.to);
  if (served === undefined || served.at > (next?.at ?? end)) return undefined;
  const demandAt = demandStart(seen.predictions, first);
  const loadAt = Math.min(demandAt, loadChange(load, demandAt));
  const slowest = pods
    .filter(({ life }) => Math.abs(life.createdAt - last.at) <= 5_000 && life.readyAt !== undefined)
    .toSorted((a, b) => (b.life.readyAt ?? 0) - (a.life.readyAt ?? 0))[0]?.life;
  const parts: { name: string; ms: number }[] = [
    { name: "metric lag", ms: demandAt - loadAt },
    { name: "decision", ms: Math.max(0, last.at - demandAt) },
  ];
  const { scheduledAt, startedAt, readyAt } = slowest ?? {};
  if (scheduledAt !== undefined) {
    const waited = Math.max(0, scheduledAt - last.at);
    parts.push({ name: waited > margins.pendingMs ? "node" : "schedule", ms: waited });
    if (startedAt !== undefined) {
      parts.push({ name: "start", ms: Math.max(0, startedAt - scheduledAt) });
      if (readyAt !== undefined) parts.push({ name: "ready", ms: readyAt - startedAt });
    }
  }
  const until = readyAt ?? served.at;
  return {
    at: seen.records.toOurs(loadAt),
    from: first.from,
    to: last.to,
    totalMs: until - loadAt,
    parts,
  };
}

/** The first of the syncs in a row that asked for more than there was. */
function demandStart(predictions: readonly Prediction[], first: SizeChange): number {
  let start = first.at;
  for (const { at, wanted, currentReplicas } of predictions.toReversed()) {
    if (at > first.at) continue;
    if (wanted === undefined || wanted <= currentReplicas) break;
    start = at;
  }
  return start;
}

/** When the load last began to rise before the metric showed it. */
function loadChange(
  load: readonly { readonly at: number; readonly perSecond: number }[],
  demandAt: number,
): number {
  const lookBackMs = margins.reactionMs + margins.loadGeneratorMs;
  const recent = load.filter(({ at }) => at >= demandAt - lookBackMs && at <= demandAt);
  const now = recent.at(-1)?.perSecond ?? 0;
  const low = recent.findLast(({ perSecond }) => perSecond < now * (1 - margins.constantLoadRatio));
  return low?.at ?? demandAt;
}
