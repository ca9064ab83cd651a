/**
 * How much CPU one request takes, workload by workload: it moves before latency does, and says what a release costs.
 * From the metrics API's samples of every container and the requests that k6 sent meanwhile.
 */
import { cpuPerRequestChart } from "../../src/domain/history.ts";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import type { Series } from "../../src/domain/report.ts";
import type { RunData } from "../../src/domain/run.ts";
import { surfaces, type Surface } from "../../src/domain/surface.ts";
import { entryOf } from "../measurements/groups.ts";
import { failuresByBatch, type Measurements } from "../measurements/index.ts";

/** The metrics API looks every 15 s over 10 to 30 s: a slice holds several looks. */
const sliceMs = 60_000;
/** Of a slice, and of a whole run, that its best-watched container must be covered for: a run of a gate holds its load for 30 s. */
const leastCoverage = 0.8;
const leastCoverageOfRun = 0.5;
/** A look without a stated window stands for this long. */
const usualWindowMs = 15_000;

export const cpuPerRequestSeries = (data: RunData, measured: Measurements): readonly Series[] =>
  workloadsOf(data)
    .map(([workload, served]) => lineOf(workload, served, data, measured))
    .filter(({ points }) => points.length > 0);

function workloadsOf({ run }: RunData): [string, Surface[]][] {
  const { workloads } = run.plan;
  if (workloads === undefined) return [];
  const found = new Map<string, Surface[]>();
  for (const surface of surfaces)
    found.set(workloads[surface], [...(found.get(workloads[surface]) ?? []), surface]);
  return [...found];
}

function lineOf(
  workload: string,
  faces: readonly Surface[],
  { cluster }: RunData,
  measured: Measurements,
): Series {
  const looks = looksOf(cluster, workload);
  const points = slicesOf(measured).flatMap((from): [number, number][] => {
    const busyMs = busyTime(looks, { from, to: from + sliceMs }, leastCoverage);
    const requests = requestsIn(measured, faces, from);
    return busyMs === undefined || requests === 0 ? [] : [[from, busyMs / requests]];
  });
  return {
    chart: cpuPerRequestChart,
    section: "platform",
    label: workload,
    unit: "ms",
    style: "line",
    points,
  };
}

/** Over all judged phases; of workloads whose pods were observed for at least half of them. */
export function cpuPerRequestOfRun(
  data: RunData,
  measured: Measurements,
): readonly { readonly workload: string; readonly ms: number }[] {
  return workloadsOf(data).flatMap(([workload, served]) => {
    const looks = looksOf(data.cluster, workload);
    const busyMs = measured.time.phases.map((phase) => busyTime(looks, phase, leastCoverageOfRun));
    const requests = served
      .flatMap((surface) => failuresByBatch(measured, surface))
      .reduce((sum, { count }) => sum + count, 0);
    const isObserved = busyMs.every((each) => each !== undefined);
    const ms = busyMs.reduce<number>((sum, each) => sum + (each ?? 0), 0) / requests;
    return requests === 0 || !isObserved ? [] : [{ workload, ms }];
  });
}

/** Whole slices inside the judged phases, as the buckets of the requests count them. */
function slicesOf({ time, buckets }: Measurements): number[] {
  if (buckets.widthMs > sliceMs) return [];
  return time.phases.flatMap(({ from, to }) => {
    const first = buckets.startOf(from + buckets.widthMs - 1);
    const count = Math.max(0, Math.floor((to - first) / sliceMs));
    return Array.from({ length: count }, (_, index) => first + index * sliceMs);
  });
}

/** Requests of users, assets apart. */
function requestsIn(
  { surfaces: { countsByBucket } }: Measurements,
  faces: readonly Surface[],
  from: number,
): number {
  let requests = 0;
  for (const surface of faces)
    for (const [at, count] of countsByBucket[surface])
      if (at >= from && at < from + sliceMs) requests += count.requests;
  return requests;
}

/** A container used `cores` over [from, to). */
interface Look {
  readonly from: number;
  readonly to: number;
  readonly cores: number;
}

type CpuRecord = Extract<ClusterRecord, { type: "pod-cpu" }>;

/** By container, ascending; the same sample may have been read more than once. */
function looksOf(cluster: readonly ClusterRecord[], workload: string): readonly Look[][] {
  const containers = new Map<string, Map<number, CpuRecord>>();
  for (const record of cluster) {
    if (record.type !== "pod-cpu" || record.workload !== workload) continue;
    const key = `${record.pod}/${record.container}`;
    entryOf(containers, key, () => new Map<number, CpuRecord>()).set(record.at, record);
  }
  return [...containers.values()].map((samples) =>
    [...samples.values()].toSorted((a, b) => a.at - b.at).map(lookOf),
  );
}

/** Up to the look before, where that is not long ago: looks neither overlap nor leave the time between unsaid. */
function lookOf(
  { at, value, windowMs: stated = 0 }: CpuRecord,
  index: number,
  all: CpuRecord[],
): Look {
  const before = all[index - 1]?.at;
  const windowMs = stated > 0 ? stated : usualWindowMs;
  const isNear = before !== undefined && at - before <= 2 * Math.max(windowMs, usualWindowMs);
  return { from: isNear ? before : at - windowMs, to: at, cores: value };
}

/** CPU time in milliseconds; what was not observed of the span is taken to be as the rest. @returns `undefined` where less than the share was */
function busyTime(
  containers: readonly Look[][],
  { from, to }: { readonly from: number; readonly to: number },
  leastShare: number,
): number | undefined {
  let [busyMs, bestMs] = [0, 0];
  for (const looks of containers) {
    let seenMs = 0;
    for (const look of looks) {
      const inside = Math.max(0, Math.min(look.to, to) - Math.max(look.from, from));
      seenMs += inside;
      busyMs += inside * look.cores;
    }
    bestMs = Math.max(bestMs, seenMs);
  }
  const coverage = bestMs / (to - from);
  return coverage < leastShare ? undefined : busyMs / coverage;
}
