/**
 * CPU per request of a workload: it moves before latency does, and says what a release costs.
 *
 * CPU is what the metrics API saw of all containers of its pods (`pod-cpu`), in core-milliseconds; requests are those of
 * users to the surfaces that it serves (`isUserRequest`: assets and sign-ins apart). Three estimators, for three questions:
 * - `cpuPerRequestOfRun`, and by the minute `cpuPerRequestSeries`: CPU time ÷ requests of the same time, failed ones among
 *   them. What the pods use while idle is in it. For comparing runs: the history, the gate.
 * - `marginalCpuPerRequest`: the slope of CPU over well answered requests, level by level of a breakpoint run. What the pods
 *   use while idle is not in it. For the cost of more load.
 * - `cpuPerRequestAtCapacity`: CPU ÷ well answered requests of one pod where it reaches its capacity. For what an autoscaler
 *   on CPU makes of that capacity.
 */
import { surfacesOf, workloadsOf } from "../../src/domain/plan.ts";
import { mean } from "simple-statistics";
import type { WorkloadCapacity } from "../../src/domain/capacity.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import { cpuPerRequestChart } from "../../src/domain/history.ts";
import type { ClusterRecord } from "../../src/domain/kubernetes-records.ts";
import type { Series } from "../../src/domain/report.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { studentTQuantile } from "../statistics/student-t.ts";
import { entryOf } from "./groups.ts";
import { failuresByBatch, type Measurements } from "./index.ts";

/** The metrics API measures every 15 s over 10 to 30 s: a slice holds several readings. */
const sliceMs = 60_000;
/** Of a slice, and of a whole run, that its best-watched container must be covered for: a run of a gate holds its load for 30 s. */
const leastCoverage = 0.8;
const leastCoverageOfRun = 0.5;
/** A reading without a stated window stands for this long. */
const usualWindowMs = 15_000;

export const cpuPerRequestSeries = (data: RunData, measured: Measurements): readonly Series[] =>
  namedWorkloads(data)
    .map((workload) => lineOf(workload, data, measured))
    .filter(({ points }) => points.length > 0);

const namedWorkloads = ({ run: { plan } }: RunData): readonly string[] =>
  plan.workloads === undefined ? [] : workloadsOf(plan);

function lineOf(workload: string, { cluster, run }: RunData, measured: Measurements): Series {
  const served = surfacesOf(run.plan, workload);
  const readings = readingsOf(cluster, workload);
  const points = slicesOf(measured).flatMap((from): [number, number][] => {
    const busyMs = busyTime(readings, { from, to: from + sliceMs }, leastCoverage);
    const requests = requestsIn(measured, served, from);
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
  return namedWorkloads(data).flatMap((workload) => {
    const readings = readingsOf(data.cluster, workload);
    const busyMs = measured.time.phases.map((phase) =>
      busyTime(readings, phase, leastCoverageOfRun),
    );
    const requests = surfacesOf(data.run.plan, workload)
      .flatMap((surface) => failuresByBatch(measured, surface))
      .reduce((sum, { count }) => sum + count, 0);
    const isObserved = busyMs.every((each) => each !== undefined);
    const ms = busyMs.reduce<number>((sum, each) => sum + (each ?? 0), 0) / requests;
    return requests === 0 || !isObserved ? [] : [{ workload, ms }];
  });
}

const fewestLevels = 3;

/**
 * The slope of cores over well answered requests per second by least squares, with Student's t on its standard error.
 * @param levels x: well answered requests per second, y: core-milliseconds per second of all pods
 * @returns core-milliseconds; `undefined` with fewer than three levels, or where more requests took no more CPU
 */
export function marginalCpuPerRequest(
  levels: readonly { readonly x: number; readonly y: number }[],
  confidence: number,
): Estimate | undefined {
  const n = levels.length;
  if (n < fewestLevels) return undefined;
  const meanX = levels.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = levels.reduce((sum, { y }) => sum + y, 0) / n;
  const squares = levels.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (squares === 0) return undefined;
  const slope = levels.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / squares;
  if (slope <= 0) return undefined;
  const residuals = levels.reduce(
    (sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2,
    0,
  );
  const half =
    studentTQuantile((1 + confidence) / 2, n - 2) * Math.sqrt(residuals / (n - 2) / squares);
  return {
    point: slope,
    low: Math.max(0, slope - half),
    high: slope + half,
    unit: "ms",
    confidence,
    sampleCount: n,
    method: "slope of the pods' CPU over requests answered, least squares",
    warnings: [],
  };
}

/** CPU of a pod at its capacity over what it carries there; where that was not observed, the mean of the slopes. @returns core-seconds */
export function cpuPerRequestAtCapacity({
  atCapacity,
  capacityAtObjectivePerPod: carried,
  cpuMsPerRequest,
}: WorkloadCapacity): number | undefined {
  const cores = atCapacity?.cpuCoresPerPod;
  if (cores !== undefined && carried !== undefined && carried.point > 0)
    return cores / carried.point;
  return cpuMsPerRequest.length === 0
    ? undefined
    : mean(cpuMsPerRequest.map(({ cpuMs }) => cpuMs.point / 1000));
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
  served: readonly Surface[],
  from: number,
): number {
  let requests = 0;
  for (const surface of served)
    for (const [at, count] of countsByBucket[surface])
      if (at >= from && at < from + sliceMs) requests += count.requests;
  return requests;
}

/** A container used `cores` over [from, to). */
interface Reading {
  readonly from: number;
  readonly to: number;
  readonly cores: number;
}

type CpuRecord = Extract<ClusterRecord, { type: "pod-cpu" }>;

/** By container, ascending; the same sample may have been read more than once. */
function readingsOf(cluster: readonly ClusterRecord[], workload: string): readonly Reading[][] {
  const containers = new Map<string, Map<number, CpuRecord>>();
  for (const record of cluster) {
    if (record.type !== "pod-cpu" || record.workload !== workload) continue;
    const key = `${record.pod}/${record.container}`;
    entryOf(containers, key, () => new Map<number, CpuRecord>()).set(record.at, record);
  }
  return [...containers.values()].map((samples) =>
    [...samples.values()].toSorted((a, b) => a.at - b.at).map(readingOf),
  );
}

/** Up to the previous reading, where that is not long ago: readings neither overlap nor leave a gap. */
function readingOf(
  { at, value, windowMs: stated = 0 }: CpuRecord,
  index: number,
  all: CpuRecord[],
): Reading {
  const before = all[index - 1]?.at;
  const windowMs = stated > 0 ? stated : usualWindowMs;
  const isNear = before !== undefined && at - before <= 2 * Math.max(windowMs, usualWindowMs);
  return { from: isNear ? before : at - windowMs, to: at, cores: value };
}

/** CPU time in milliseconds; what was not observed of the span is taken to be as the rest. @returns `undefined` where less than the share was */
function busyTime(
  containers: readonly Reading[][],
  { from, to }: { readonly from: number; readonly to: number },
  leastShare: number,
): number | undefined {
  let [busyMs, bestMs] = [0, 0];
  for (const readings of containers) {
    let seenMs = 0;
    for (const reading of readings) {
      const inside = Math.max(0, Math.min(reading.to, to) - Math.max(reading.from, from));
      seenMs += inside;
      busyMs += inside * reading.cores;
    }
    bestMs = Math.max(bestMs, seenMs);
  }
  const coverage = bestMs / (to - from);
  return coverage < leastShare ? undefined : busyMs / coverage;
}
