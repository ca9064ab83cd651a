/** What users asked of a workload, on the cluster's clock: arrivals as planned, latency and failures as measured. */
import { latencyLimitMs } from "../../../src/domain/latency-objective.ts";
import { surfacesOf, type Plan } from "../../../src/domain/plan.ts";
import { factorAt } from "../../../src/domain/profile.ts";
import type { Measurements } from "../../measurements/index.ts";
import type { ClusterRecords } from "./cluster-records.ts";
import type { ObservedPod } from "./observed-pods.ts";

type LoadPoints = readonly { readonly at: number; readonly perSecond: number }[];

/** Cluster milliseconds between two points of the load. */
const stepMs = 5_000;

/** A measured rate that differs from the plan's by more than this share, and by more than chance, is what was sent. */
const planRatio = 0.15;

/**
 * Arrivals of the plan: users keep coming at that rate whether or not they are served, which is what scaling has to
 * follow. Where a saturated generator sent something else, what it sent: an autoscaler is not to blame for following that.
 * From the start of the observation, where nothing was sent, to its end.
 */
export function offeredLoad(
  plan: Plan,
  workload: string,
  { measured, records }: { readonly measured: Measurements; readonly records: ClusterRecords },
): LoadPoints {
  const { scale } = records.clock;
  const served = surfacesOf(plan, workload);
  const full = served.reduce(
    (sum, surface) => sum + plan.requestsPerMinuteBySurface[surface] / 60,
    0,
  );
  const { widthMs, startOf } = measured.buckets;
  const sent = new Map<number, number>();
  for (const surface of served) {
    for (const [bucket, { requests }] of measured.surfaces.countsByBucket[surface])
      sent.set(bucket, (sent.get(bucket) ?? 0) + requests);
  }
  const points: { at: number; perSecond: number }[] = [];
  for (let at = records.from; at <= records.to; at += stepMs) {
    const planMs = at / scale;
    const phase = plan.phases.find(
      ({ startMs, durationMs }) => planMs >= startMs && planMs < startMs + durationMs,
    );
    const factor =
      phase === undefined ? 0 : factorAt(phase, (planMs - phase.startMs) / phase.durationMs);
    const planned = factor * full;
    const measuredCount = sent.get(startOf(records.toOurs(at)));
    const other =
      measuredCount === undefined || phase === undefined
        ? undefined
        : otherRate(planned, measuredCount, widthMs);
    points.push({ at, perSecond: other ?? planned });
  }
  return points;
}

function otherRate(planned: number, count: number, widthMs: number): number | undefined {
  const expected = (planned * widthMs) / 1000;
  const difference = Math.abs(count - expected);
  const isOther =
    difference > planRatio * Math.max(count, expected) && difference > 3 * Math.sqrt(expected);
  return isOther ? count / (widthMs / 1000) : undefined;
}

/** p95 of the surface that has most of the workload's requests, against its own objective. */
export function latencyOf(
  plan: Plan,
  workload: string,
  { measured, records }: { readonly measured: Measurements; readonly records: ClusterRecords },
):
  | { readonly limitMs: number; readonly points: readonly { at: number; p95Ms: number }[] }
  | undefined {
  const [busiest] = surfacesOf(plan, workload).toSorted(
    (a, b) => plan.requestsPerMinuteBySurface[b] - plan.requestsPerMinuteBySurface[a],
  );
  if (busiest === undefined) return undefined;
  const points = [...measured.surfaces.latencyByBucket[busiest]]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([at, histogram]) => {
      const p95Ms = histogram.quantile(0.95);
      return p95Ms === undefined ? [] : [{ at: records.toCluster(at), p95Ms }];
    });
  const limitMs = latencyLimitMs(plan.objectives, busiest);
  return points.length === 0 ? undefined : { limitMs, points };
}

/**
 * Requests that failed while a pod of the workload ended, beyond what fails at other times: three standard deviations
 * of that are no finding.
 * @returns `undefined` where no request was measured
 */
export function failuresDuringTermination(
  plan: Plan,
  workload: string,
  seen: {
    readonly measured: Measurements;
    readonly records: ClusterRecords;
    readonly pods: readonly ObservedPod[];
  },
): number | undefined {
  const { measured, records, pods } = seen;
  const width = measured.buckets.widthMs;
  const endings = pods.flatMap(({ life: { deletedAt }, goneAt }) =>
    deletedAt === undefined
      ? []
      : [{ from: records.toOurs(deletedAt), to: records.toOurs(goneAt ?? records.to) }],
  );
  let [during, failed, others, otherFailed] = [0, 0, 0, 0];
  for (const surface of surfacesOf(plan, workload)) {
    for (const [at, count] of measured.surfaces.countsByBucket[surface]) {
      if (endings.some(({ from, to }) => at < to && at + width > from)) {
        during += count.requests;
        failed += count.failed;
      } else {
        others += count.requests;
        otherFailed += count.failed;
      }
    }
  }
  if (during + others === 0) return undefined;
  const usual = others === 0 ? 0 : (otherFailed / others) * during;
  const beyond = failed - usual;
  return beyond > 3 * Math.sqrt(usual) ? Math.round(beyond) : 0;
}
