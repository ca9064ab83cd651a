/** Pods and nodes by month: simulated demand × the autoscaler's arithmetic × packing, on every basis that is known. */
import type { PlatformFigures } from "./figures.ts";
import { packedNodes, spreadNodes } from "./packing.ts";
import type { PodGroup } from "./packing.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { replicasFor, withReserve } from "./replicas.ts";
import { allocatable } from "./reservations.ts";
import type { NodeShape } from "./reservations.ts";
import { sorted, sortedQuantile } from "./simulate-demand.ts";

export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

interface WorkloadForecast {
  readonly workload: string;
  readonly pool: string;
  /** How pods follow from demand: the stated rate per pod, in step with it from the minimum, or fixed. */
  readonly rule: "rate per pod" | "in step with demand" | "fixed";
  readonly maxReplicas: number;
  /** By month from 0: pods that the demand needs, whatever the maximum. */
  readonly needed: readonly Quantiles[];
  /** By month: median with a spare and a rollout. */
  readonly withReserve: readonly number[];
  /** First month whose median is above the maximum. */
  readonly aboveMaximumFrom?: number;
}

/** `requests`: what pods ask for; `limits`: the most they may use; `measured`: what they were seen to use. */
type Basis = "requests" | "limits" | "measured";

interface PoolForecast {
  readonly pool: string;
  readonly basis: Basis;
  /** By month: nodes packed by first-fit decreasing, with one spare, not below the pool's minimum. */
  readonly packed: readonly Quantiles[];
  /** By month: the median when pods are spread as the scheduler does. */
  readonly spread: readonly number[];
  readonly maxNodes?: number;
  readonly aboveMaximumFrom?: number;
}

export interface Forecast {
  readonly workloads: readonly WorkloadForecast[];
  readonly pools: readonly PoolForecast[];
  /** Sum of all pods that scale, by month (median), against the platform's limit. */
  readonly pods: {
    readonly limit: number;
    readonly median: readonly number[];
    readonly aboveFrom?: number;
  };
  /** Per basis and pool: nodes of each path, by month; the cost is made from these. */
  readonly nodePaths: ReadonlyMap<string, readonly Float64Array[]>;
}

/** @param factors demand of each path by month, as a multiple of today's */
export function forecastReplicas(inputs: PlanInputs, factors: readonly Float64Array[]): Forecast {
  const { figures } = inputs;
  const names = Object.keys(figures.workloads);
  const needed = new Map(
    names.map((name) => [name, factors.map((month) => neededPods(inputs, name, month))] as const),
  );
  const workloads = names.map((name) => workloadForecast(figures, name, needed.get(name) ?? []));
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
    pods: { limit: figures.limits.pods, median, ...(above < 0 ? {} : { aboveFrom: above }) },
    nodePaths,
  };
}

function ruleOf(figures: PlatformFigures, name: string): WorkloadForecast["rule"] {
  const workload = figures.workloads[name];
  if (workload === undefined || workload.minReplicas === workload.maxReplicas) return "fixed";
  return name === figures.throughput.workload ? "rate per pod" : "in step with demand";
}

function neededPods(inputs: PlanInputs, name: string, month: Float64Array): Float64Array {
  const { figures, assumptions } = inputs;
  const workload = figures.workloads[name];
  const least = workload?.minReplicas ?? 1;
  const perPod = ratePerPod(figures);
  const demand = figures.throughput.todayPerMinute * assumptions.peakToMean;
  const rule = ruleOf(figures, name);
  if (rule === "fixed") return month.map(() => least);
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
  figures: PlatformFigures,
  name: string,
  needed: readonly Float64Array[],
): WorkloadForecast {
  const workload = figures.workloads[name];
  const maxReplicas = workload?.maxReplicas ?? 0;
  const rule = ruleOf(figures, name);
  const quantiles = needed.map((month) => quantilesOf(month));
  const above = quantiles.findIndex(({ p50 }) => p50 > maxReplicas);
  return {
    workload: name,
    pool: workload?.pool ?? "",
    rule,
    maxReplicas,
    needed: quantiles,
    withReserve: quantiles.map(({ p50 }) =>
      rule === "fixed" ? p50 : withReserve(Math.ceil(p50), figures.maxUnavailableRatio),
    ),
    ...(above < 0 ? {} : { aboveMaximumFrom: above }),
  };
}

/** Pools without a workload of ours have one basis: their own minimum. */
function basesOf(inputs: PlanInputs, pool: string): readonly Basis[] {
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
  basis: Basis,
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
  // A pool's months differ only in the pods they hold, and few numbers of pods occur: each is packed once.
  const known = new Map<string, number>();
  const groupsOf = (counts: readonly number[]): readonly PodGroup[] =>
    members.map((name, index) => groupOf(inputs, name, counts[index] ?? 0, basis));
  const packedFor = (counts: readonly number[]): number => {
    const key = counts.join(",");
    const nodes = known.get(key) ?? packedNodes(groupsOf(counts), node);
    known.set(key, nodes);
    return nodes;
  };
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
    const medians = pods.map((values) => Math.ceil(sortedQuantile(sorted(values), 0.5)));
    spread.push(withSpare(spreadNodes(groupsOf(medians), node)));
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
      ...(maxNodes === undefined ? {} : { maxNodes }),
      ...(above < 0 ? {} : { aboveMaximumFrom: above }),
    },
    paths,
  };
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

function groupOf(inputs: PlanInputs, name: string, replicas: number, basis: Basis): PodGroup {
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
  return { name, replicas, ...size, isSeparate: ruleOf(inputs.figures, name) === "fixed" };
}

export function quantilesOf(values: Float64Array): Quantiles {
  const ordered = sorted(values);
  return {
    p10: sortedQuantile(ordered, 0.1),
    p50: sortedQuantile(ordered, 0.5),
    p90: sortedQuantile(ordered, 0.9),
  };
}
