/**
 * Requests against measured use. Advised is what the vertical pod autoscaler would advise: use and 15 % on top, not below
 * 25 m and 250 MB. A request below what a pod uses at its load is raised, and costs.
 */
import { decimal, formatBytes } from "../../src/domain/number-text.ts";
import type { Forecast, RightSize, RightSizing } from "../../src/domain/capacity-plan.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { nodesFor } from "./replica-forecast.ts";

const margin = 1.15;
const leastCores = 0.025;
const leastBytes = 250e6;

/** @param forecast of the month whose median need is packed @returns absent where no workload's use was measured */
export function rightSizing(
  inputs: PlanInputs,
  forecast: Forecast,
  atMonth: number,
): RightSizing | undefined {
  const workloads = Object.keys(inputs.figures.workloads).flatMap(
    (name) => rightSize(inputs, name) ?? [],
  );
  if (workloads.length === 0) return undefined;
  const touched = new Set(
    workloads.map(({ workload }) => inputs.figures.workloads[workload]?.pool ?? ""),
  );
  const pools = [...touched].map((pool) => {
    const nodesAsRequested = packed(inputs, { pool, forecast, workloads: [] });
    const nodesAsAdvised = packed(inputs, { pool, forecast, workloads });
    const price = inputs.prices?.nodePerMonth[pool];
    return {
      pool,
      nodesAsRequested,
      nodesAsAdvised,
      savingPerMonth:
        price === undefined || !Number.isFinite(nodesAsRequested + nodesAsAdvised)
          ? undefined
          : (nodesAsRequested - nodesAsAdvised) * price,
    };
  });
  const currency = inputs.prices?.currency;
  return {
    workloads,
    pools,
    currency,
    atMonth,
    sentences: [...workloads.map(sizeSentence), ...pools.map((one) => poolSentence(one, currency))],
  };
}

function rightSize({ figures, measuredUse }: PlanInputs, name: string): RightSize | undefined {
  const workload = figures.workloads[name];
  const use = measuredUse[name];
  if (workload === undefined || use?.cpuCores === undefined || use.memoryBytes === undefined)
    return undefined;
  return {
    workload: name,
    requested: {
      cpuCores: workload.cpuRequestCores,
      memoryBytes: workload.memoryRequestBytes,
    },
    used: { cpuCores: use.cpuCores, memoryBytes: use.memoryBytes },
    advised: {
      cpuCores: Math.max(leastCores, use.cpuCores * margin),
      memoryBytes: Math.max(leastBytes, use.memoryBytes * margin),
    },
  };
}

interface Packing {
  readonly pool: string;
  readonly forecast: Forecast;
  /** Workloads whose requests are as advised. */
  readonly workloads: readonly RightSize[];
}

function packed(inputs: PlanInputs, { pool, forecast, workloads }: Packing): number {
  const groups = forecast.workloads
    .filter((one) => one.pool === pool)
    .map(({ workload, needed, rule }) => {
      const figures = inputs.figures.workloads[workload];
      const advised = workloads.find((one) => one.workload === workload)?.advised;
      return {
        name: workload,
        replicas: Math.ceil(needed[0]?.p50 ?? 0),
        cpuCores: advised?.cpuCores ?? figures?.cpuRequestCores ?? 0,
        memoryBytes: advised?.memoryBytes ?? figures?.memoryRequestBytes ?? 0,
        isSeparate: rule === "fixed",
      };
    });
  return groups.some(({ replicas }) => !Number.isFinite(replicas))
    ? Infinity
    : nodesFor(inputs, pool, groups);
}

const cores = (value: number): string => `${decimal(value * 1000, 0)} m`;

const sizeSentence = ({ workload, requested, used, advised }: RightSize): string =>
  `${workload}: a pod requests ${cores(requested.cpuCores)} and ${formatBytes(requested.memoryBytes)}, and uses ${cores(used.cpuCores)} and ${formatBytes(used.memoryBytes)} at its load; advised: ${cores(advised.cpuCores)} and ${formatBytes(advised.memoryBytes)}.`;

function poolSentence(
  { pool, nodesAsRequested, nodesAsAdvised, savingPerMonth }: RightSizing["pools"][number],
  currency: string | undefined,
): string {
  const nodes = `${pool}: ${decimal(nodesAsRequested, 0)} nodes as requested, ${decimal(nodesAsAdvised, 0)} as advised`;
  if (savingPerMonth === undefined || currency === undefined)
    return `${nodes}; without a price for them the saving is unknown.`;
  const money = `${decimal(Math.abs(savingPerMonth), 0)} ${currency} a month`;
  if (savingPerMonth === 0) return `${nodes}: nothing is saved, nothing is spent.`;
  return savingPerMonth > 0
    ? `${nodes}: saves ${money}.`
    : `${nodes}: costs ${money} more, for pods that today use more than they ask for.`;
}
