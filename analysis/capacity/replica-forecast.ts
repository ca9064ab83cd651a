/** Pods and nodes by month: simulated demand × the autoscaler's arithmetic × packing, on every basis that is known. */
import type {
  Forecast,
  NodeBasis,
  PoolForecast,
  WorkloadForecast,
} from "../../src/domain/capacity-plan.ts";
import { entryOf } from "../measurements/groups.ts";
import type { PlatformFigures } from "./figures.ts";
import { measuredPods, peakPerSecond, podsFor } from "./measured-capacity.ts";
import { packedNodes, spreadNodes } from "./packing.ts";
import type { PodGroup } from "./packing.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { replicasFor, withReserve } from "./replicas.ts";
import { allocatable } from "./reservations.ts";
import type { NodeShape } from "./reservations.ts";
import { interpolatedQuantile } from "../../src/domain/sorted-quantile.ts";
import { quantilesOf } from "./simulate-demand.ts";

/** Per basis and pool: nodes of each path, by month; the cost is made from these. */
export interface ForecastWithPaths extends Forecast {
  readonly nodePaths: ReadonlyMap<string, readonly Float64Array[]>;
}

/** @param factors demand of each path by month, as a multiple of today's */
export function forecastReplicas(
  inputs: PlanInputs,
  factors: readonly Float64Array[],
): ForecastWithPaths {
  const { figures } = inputs;
  const names = Object.keys(figures.workloads);
  const needed = new Map(
    names.map((name) => [name, factors.map((month) => neededPods(inputs, name, month))] as const),
  );
  const workloads = names.map((name) => workloadForecast(inputs, name, needed.get(name) ?? []));
  const nodePaths = new Map<string, readonly Float64Array[]>();
  const pools = Object.keys(figures.nodePools).flatMap((pool) =>
    basesOf(inputs, pool).map((basis) => {
      const { forecast, paths } = poolForecast(inputs, pool, basis, needed);
      nodePaths.set(`${pool}/${basis}`, paths);
      return forecast;
    }),
  );
  const scaled = workloads.filter(({ rule }) => rule !== "fixed");
  const median = factors.map((_, month) =>
    scaled.reduce((sum, one) => sum + (one.needed[month]?.p50 ?? 0), 0),
  );
  const above = median.findIndex((pods) => pods > figures.limits.pods);
  return {
    workloads,
    pools,
    pods: { limit: figures.limits.pods, median, aboveFrom: above < 0 ? undefined : above },
    nodePaths,
  };
}

function ruleOf(inputs: PlanInputs, name: string): WorkloadForecast["rule"] {
  const { figures } = inputs;
  const workload = figures.workloads[name];
  if (workload === undefined || workload.minReplicas === workload.maxReplicas) return "fixed";
  if (measuredPods(inputs, name) !== undefined && peakPerSecond(inputs, name) > 0)
    return "measured capacity";
  return name === figures.throughput.workload ? "rate per pod" : "in step with demand";
}

function neededPods(inputs: PlanInputs, name: string, month: Float64Array): Float64Array {
  const { figures, assumptions } = inputs;
  const workload = figures.workloads[name];
  const least = workload?.minReplicas ?? 1;
  const perPod = ratePerPod(figures);
  const demand = figures.throughput.todayPerMinute * assumptions.peakToMean;
  const rule = ruleOf(inputs, name);
  if (rule === "fixed") return month.map(() => least);
  const pods = measuredPods(inputs, name);
  if (rule === "measured capacity" && pods !== undefined) {
    const peak = peakPerSecond(inputs, name) * (1 + assumptions.headroomRatio);
    return month.map((factor) => Math.max(least, podsFor(peak * factor, pods)));
  }
  if (rule === "rate per pod" && perPod !== undefined)
    return month.map((factor) => Math.max(least, replicasFor(demand * factor, perPod)));
  return month.map((factor) => Math.max(least, Math.ceil(least * factor - 1e-9)));
}

/** The stated requests per minute that one pod carries. */
function ratePerPod({ policies }: PlatformFigures): number | undefined {
  for (const { target } of Object.values(policies))
    if ("requestsPerMinutePerPod" in target) return target.requestsPerMinutePerPod;
  return undefined;
}

function workloadForecast(
  inputs: PlanInputs,
  name: string,
  needed: readonly Float64Array[],
): WorkloadForecast {
  const { figures } = inputs;
  const workload = figures.workloads[name];
  const maxReplicas = workload?.maxReplicas ?? 0;
  const rule = ruleOf(inputs, name);
  const quantiles = needed.map((month) => quantilesOf(month));
  const above = quantiles.findIndex(({ p50 }) => p50 > maxReplicas);
  return {
    workload: name,
    pool: workload?.pool ?? "",
    rule,
    maxReplicas,
    needed: quantiles,
    withReserve: quantiles.map(({ p50 }) =>
      rule === "fixed" || !Number.isFinite(p50)
        ? p50
        : withReserve(Math.ceil(p50), figures.maxUnavailableRatio),
    ),
    aboveMaximumFrom: above < 0 ? undefined : above,
  };
}

/** Pools without a workload of ours have one basis: their own minimum. */
function basesOf(inputs: PlanInputs, pool: string): readonly NodeBasis[] {
  const members = Object.entries(inputs.figures.workloads).filter(
    ([, { pool: own }]) => own === pool,
  );
  if (members.length === 0) return ["requests"];
  const isMeasured = members.every(([name]) => {
    const use = inputs.measuredUse[name];
    return use?.cpuCores !== undefined && use.memoryBytes !== undefined;
  });
  return isMeasured ? ["requests", "measured"] : ["requests", "limits"];
}

function poolForecast(
  inputs: PlanInputs,
  pool: string,
  basis: NodeBasis,
  needed: ReadonlyMap<string, readonly Float64Array[]>,
): { readonly forecast: PoolForecast; readonly paths: readonly Float64Array[] } {
  const { figures } = inputs;
  const shape = figures.nodePools[pool];
  const members = Object.keys(figures.workloads).filter(
    (name) => figures.workloads[name]?.pool === pool,
  );
  const minNodes = shape?.minNodes ?? 0;
  const months = [...needed.values()][0]?.length ?? 0;
  const node = schedulable(inputs, pool);
  const groupsOf = (counts: readonly number[]): readonly PodGroup[] =>
    members.map((name, index) => groupOf(inputs, name, counts[index] ?? 0, basis));
  const packedFor = packedOnce((counts) => packedNodes(groupsOf(counts), node));
  const withSpare = (nodes: number): number =>
    Math.max(minNodes, members.length === 0 ? 0 : nodes + 1);
  const paths: Float64Array[] = [];
  const spread: number[] = [];
  for (let month = 0; month < months; month++) {
    const pods = members.map((name) => needed.get(name)?.[month] ?? new Float64Array());
    const count = [...needed.values()][0]?.[month]?.length ?? 0;
    const counts = (path: number): number[] => pods.map((values) => values[path] ?? 0);
    paths.push(
      Float64Array.from({ length: count }, (_, path) => withSpare(packedFor(counts(path)))),
    );
    const medians = pods.map((values) => Math.ceil(interpolatedQuantile(values.toSorted(), 0.5)));
    const fits = medians.every(Number.isFinite);
    spread.push(withSpare(fits ? spreadNodes(groupsOf(medians), node) : Infinity));
  }
  const packed = paths.map((month) => quantilesOf(month));
  const maxNodes = shape?.maxNodes;
  const above = maxNodes === undefined ? -1 : packed.findIndex(({ p50 }) => p50 > maxNodes);
  return {
    forecast: {
      pool,
      basis,
      packed,
      spread,
      maxNodes,
      aboveMaximumFrom: above < 0 ? undefined : above,
    },
    paths,
  };
}

/** A pool's months differ only in the pods they hold, and few numbers of pods occur: each is packed once. */
function packedOnce(
  pack: (counts: readonly number[]) => number,
): (counts: readonly number[]) => number {
  const packed = new Map<string, number>();
  return (counts) =>
    counts.every(Number.isFinite)
      ? entryOf(packed, counts.join(","), () => pack(counts))
      : Infinity;
}

/** Nodes packed for given pods and sizes, one spare among them, not below the pool's minimum. */
export function nodesFor(inputs: PlanInputs, pool: string, groups: readonly PodGroup[]): number {
  const least = inputs.figures.nodePools[pool]?.minNodes ?? 0;
  return Math.max(least, packedNodes(groups, schedulable(inputs, pool)) + 1);
}

/** What pods of ours may request on a node: without the service's reservation and the daemonsets. */
function schedulable({ figures, assumptions }: PlanInputs, pool: string): NodeShape {
  const shape = figures.nodePools[pool] ?? { cpuCores: 0, memoryBytes: 0 };
  const free = allocatable(shape, assumptions.reservation);
  return {
    cpuCores: free.cpuCores - assumptions.daemonsets.cpuCores,
    memoryBytes: free.memoryBytes - assumptions.daemonsets.memoryBytes,
  };
}

function groupOf(inputs: PlanInputs, name: string, replicas: number, basis: NodeBasis): PodGroup {
  const workload = inputs.figures.workloads[name];
  const use = inputs.measuredUse[name];
  const size =
    basis === "measured"
      ? { cpuCores: use?.cpuCores ?? 0, memoryBytes: use?.memoryBytes ?? 0 }
      : basis === "limits"
        ? {
            cpuCores: workload?.cpuLimitCores ?? 0,
            memoryBytes: workload?.memoryLimitBytes ?? 0,
          }
        : {
            cpuCores: workload?.cpuRequestCores ?? 0,
            memoryBytes: workload?.memoryRequestBytes ?? 0,
          };
  return { name, replicas, ...size, isSeparate: ruleOf(inputs, name) === "fixed" };
}
