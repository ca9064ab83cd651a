import { plural } from "../../../src/domain/number-text.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import type { PodLife } from "../simulation/pod-set.ts";
import type { ReplicaSample } from "./observations.ts";

export const podsReady = defineAutoscalingCheck(
  {
    id: "autoscaling.a9-pods-ready",
    number: "A9",
    title: "Requested pods become ready",
    rule: "every new pod Ready within its limit (default 180 s), plus a node's provisioning (15 min) where it had to wait for one",
    requires: ["pods", "from", "to"],
    optional: ["samples", "creationFailures", "objectives"],
  },
  ({ pods, samples = [], creationFailures = [], objectives, from, to }) => {
    const objectiveMs = objectives?.podReadyMs ?? margins.podReadyMs;
    const { judged, unjudged, late, slowest } = startsOf(pods, { from, to, objectiveMs });
    const missing = neverCreated(samples, objectiveMs);
    const absent = `${plural(missing, "pod")} required and not created within ${inSeconds(objectiveMs)}`;
    const left = `${plural(unjudged, "new pod")} removed, or still within the time allowed at the end, before being ready`;
    if (judged + missing === 0 && unjudged > 0)
      return { cause: "not-testable", reason: `not testable: ${left}` };
    if (judged + missing === 0) return { cause: "not-asked", reason: "no pod was requested" };
    const misses =
      missing === 0 ? late : [[absent, ...creationFailures.slice(0, 1)].join(": "), ...late];
    return {
      observed: misses.length,
      limit: 0,
      unit: "count",
      count: judged + missing,
      reason: `${missing === 0 ? "" : `${absent}; `}${late.length} of ${plural(judged, "new pod")} not ready within ${inSeconds(objectiveMs)}${unjudged === 0 ? "" : `; not judged: ${left}`}`,
      evidence: [...misses, ...slowest],
    };
  },
);

interface Starts {
  readonly judged: number;
  /** Gone, or still within the time allowed at the end, before they were ready. */
  readonly unjudged: number;
  /** Those that took longer than allowed, in words. */
  readonly late: readonly string[];
  /** The longest of each part of a start, in words. */
  readonly slowest: readonly string[];
}

function startsOf(
  pods: readonly Readonly<PodLife>[],
  {
    from,
    to,
    objectiveMs,
  }: { readonly from: number; readonly to: number; readonly objectiveMs: number },
): Starts {
  const late: string[] = [];
  const waits: Record<"schedule" | "start" | "ready", number[]> = {
    schedule: [],
    start: [],
    ready: [],
  };
  let judged = 0;
  let unjudged = 0;
  for (const { name, createdAt, scheduledAt, startedAt, readyAt, deletedAt } of pods) {
    if (createdAt < from) continue;
    const waited = (scheduledAt ?? to) - createdAt;
    const allowed = objectiveMs + (waited > margins.pendingMs ? margins.nodeProvisionMs : 0);
    if (readyAt === undefined && Math.min(deletedAt ?? to, to) < createdAt + allowed) {
      unjudged++;
      continue;
    }
    judged++;
    const took = (readyAt ?? Infinity) - createdAt;
    if (took > allowed)
      late.push(`${name}: ${took === Infinity ? "never ready" : `ready after ${inSeconds(took)}`}`);
    if (scheduledAt !== undefined) waits.schedule.push(scheduledAt - createdAt);
    if (scheduledAt !== undefined && startedAt !== undefined)
      waits.start.push(startedAt - scheduledAt);
    if (startedAt !== undefined && readyAt !== undefined) waits.ready.push(readyAt - startedAt);
  }
  const slowest = Object.entries(waits).flatMap(([part, times]) =>
    times.length === 0 ? [] : [`slowest to ${part}: ${inSeconds(Math.max(...times))}`],
  );
  return { judged, unjudged, late, slowest };
}

/** Most pods at once that were asked for and not there for longer than the objective: a quota, or a webhook, is in the way. */
function neverCreated(samples: readonly ReplicaSample[], objectiveMs: number): number {
  let most = 0;
  let since: number | undefined;
  for (const { at, specReplicas, createdReplicas = specReplicas } of samples) {
    const missing = specReplicas - createdReplicas;
    since = missing > 0 ? (since ?? at) : undefined;
    if (since !== undefined && at - since > objectiveMs) most = Math.max(most, missing);
  }
  return most;
}
