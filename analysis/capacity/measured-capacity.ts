/** From measured capacity to pods: what one pod carries for certain, and what more pods carry together. */
import { decimal, percent } from "../../src/domain/number-text.ts";
import type { AutoscalerArithmetic, ReplicaNeed } from "../../src/domain/capacity-plan.ts";
import type { WorkloadCapacity } from "../../src/domain/capacity.ts";
import { cpuPerRequestAtCapacity } from "../measurements/cpu-per-request.ts";
import type { PlanInputs } from "./plan-inputs.ts";
import { replicasFor, withReserve } from "./replicas.ts";
import { peakConcurrency, throughputAt } from "./scalability-law.ts";
import type { ScalabilityLaw } from "./scalability-law.ts";

/** What pods of a workload are reckoned with. */
export interface MeasuredPods {
  readonly perPodPerSecond: number;
  readonly from: ReplicaNeed["perPodFrom"];
  /** Capacity of all pods together over that of one, by number of pods; absent: not known. */
  readonly across?: ScalabilityLaw;
}

/** More pods than this are no answer. */
const mostPods = 500;

/** @returns absent where nothing was measured that pods could be reckoned with */
export function measuredPods(
  { capacity }: Pick<PlanInputs, "capacity">,
  workload: string,
): MeasuredPods | undefined {
  const found = capacity?.workloads.find((one) => one.workload === workload);
  if (found === undefined) return undefined;
  const across = lawAcross(found);
  const known = across === undefined ? {} : { across };
  const low = found.capacityAtObjectivePerPod?.low;
  if (found.state === "identified" && low !== undefined && low > 0)
    return { perPodPerSecond: low, from: "measured", ...known };
  const least = found.atLeastPerSecond;
  return least !== undefined && least > 0 && found.replicas !== undefined
    ? { perPodPerSecond: least, from: "lower bound", ...known }
    : undefined;
}

/**
 * The law across pods, of which only the shape counts: what one of the measured pods carries is known more surely, so
 * that λ is such that they carry just that.
 */
function lawAcross({ acrossReplicas, replicas = 1 }: WorkloadCapacity): ScalabilityLaw | undefined {
  const law = acrossReplicas?.law;
  const [sigma, kappa] = [law?.sigma.point, law?.kappa.point];
  if (sigma === undefined || kappa === undefined) return undefined;
  return { sigma, kappa, lambda: replicas / throughputAt({ sigma, kappa, lambda: 1 }, replicas) };
}

/** Requests per second of today's peak at a workload. */
export function peakPerSecond({ figures, assumptions, demandShares }: PlanInputs, name: string) {
  const share = demandShares?.[name] ?? (name === figures.throughput.workload ? 1 : 0);
  return (figures.throughput.todayPerMinute * assumptions.peakToMean * share) / 60;
}

/** Pods that carry a rate. @returns Infinity where the law across pods says that no number of them does */
export function podsFor(ratePerSecond: number, pods: MeasuredPods): number {
  const alone = replicasFor(ratePerSecond, pods.perPodPerSecond);
  const { across } = pods;
  if (across === undefined) return alone;
  const best = Math.min(mostPods, Math.max(1, Math.floor(peakConcurrency(across))));
  const most = Math.max(throughputAt(across, best), throughputAt(across, best + 1));
  if (most * pods.perPodPerSecond < ratePerSecond * (1 - 1e-9)) return Infinity;
  for (let count = alone; count <= mostPods; count++)
    if (throughputAt(across, count) * pods.perPodPerSecond >= ratePerSecond * (1 - 1e-9))
      return count;
  return Infinity;
}

/** @param growthFactor until the next plan's orders arrive, a multiple of today */
export function replicaNeeds(
  inputs: PlanInputs,
  growthFactor: number,
  until: string,
): readonly ReplicaNeed[] {
  return Object.keys(inputs.figures.workloads).flatMap((name) => {
    const pods = measuredPods(inputs, name);
    const peak = peakPerSecond(inputs, name);
    return pods === undefined || peak === 0
      ? []
      : [replicaNeed(inputs, { name, pods, peak, growthFactor, until })];
  });
}

interface Need {
  readonly name: string;
  readonly pods: MeasuredPods;
  readonly peak: number;
  readonly growthFactor: number;
  readonly until: string;
}

function replicaNeed(inputs: PlanInputs, need: Need): ReplicaNeed {
  const { name, pods, peak, growthFactor } = need;
  const { figures, assumptions } = inputs;
  const { headroomRatio } = assumptions;
  const least = figures.workloads[name]?.minReplicas ?? 1;
  const maxReplicas = figures.workloads[name]?.maxReplicas ?? 0;
  const demand = peak * growthFactor * (1 + headroomRatio);
  const needed = Math.max(least, replicasFor(demand, pods.perPodPerSecond));
  const across = pods.across === undefined ? undefined : Math.max(least, podsFor(demand, pods));
  const autoscaler = autoscalerArithmetic(inputs, need);
  const counted = {
    workload: name,
    peakPerSecond: peak,
    growthRatio: growthFactor - 1,
    headroomRatio,
    perPodPerSecond: pods.perPodPerSecond,
    perPodFrom: pods.from,
    today: Math.max(least, replicasFor(peak, pods.perPodPerSecond)),
    needed,
    withReserve: withReserve(needed, figures.maxUnavailableRatio),
    maxReplicas,
    neededAcrossReplicas: across,
    autoscaler,
  };
  return { ...counted, sentences: needSentences(counted, need.until) };
}

const rate = (perSecond: number): string => `${decimal(perSecond * 60, 0)} requests/min`;

function needSentences(need: Omit<ReplicaNeed, "sentences">, until: string): readonly string[] {
  const { workload, needed, neededAcrossReplicas: across, maxReplicas, autoscaler } = need;
  const demand = need.peakPerSecond * (1 + need.growthRatio) * (1 + need.headroomRatio);
  const bound = need.perPodFrom === "lower bound" ? "a lower bound" : "the low end";
  const sentences = [
    `${workload}: a peak of ${rate(need.peakPerSecond)}, grown by ${percent(need.growthRatio)} ${until}, with ${percent(need.headroomRatio)} headroom, is ${rate(demand)}; at ${rate(need.perPodPerSecond)} a pod (${bound}) that is ${needed} pods, ${need.withReserve} with one lost or a rollout under way; the maximum is ${maxReplicas}.`,
  ];
  if (across === Infinity)
    sentences.push(
      `${workload}: by the fit across pods no number of pods carries that: they share a back end that saturates first.`,
    );
  else if (across !== undefined && across > needed)
    sentences.push(
      `${workload}: by the fit across pods it takes ${across}: pods share a back end, and each further one adds less.`,
    );
  if (autoscaler !== undefined) sentences.push(autoscalerSentence(need, autoscaler));
  return sentences;
}

const millicores = (value: number): string => `${decimal(value * 1000, 0)} m`;

/** Beyond this the two disagree enough to say so. */
const clearlyMore = 1.2;

function autoscalerSentence(
  { workload, maxReplicas, today }: Omit<ReplicaNeed, "sentences">,
  autoscaler: AutoscalerArithmetic,
): string {
  const { targetRatio, requestCores, coresAtCapacity, timesNeeded, podsToday } = autoscaler;
  const settles = `${workload}: at ${percent(targetRatio)} of a request of ${millicores(requestCores)} the autoscaler settles where a pod uses ${millicores(targetRatio * requestCores)}`;
  const capacity = `a pod at its capacity uses ${millicores(coresAtCapacity)}, ${decimal(coresAtCapacity / requestCores)} times its request`;
  const maximum = `it stands at its maximum of ${maxReplicas} at ${decimal(autoscaler.maximumAtFactor, 2)} times today's peak`;
  if (timesNeeded > clearlyMore)
    return `${settles}; ${capacity}: it runs ${decimal(timesNeeded)} times the pods needed (${podsToday} at today's peak instead of ${today}), and ${maximum}, early.`;
  if (timesNeeded < 1 / clearlyMore)
    return `${settles}; ${capacity}: it would let pods pass their capacity before it adds one (${podsToday} at today's peak, ${today} needed); ${maximum}.`;
  return `${settles}; ${capacity}: both agree (${podsToday} pods at today's peak); ${maximum}.`;
}

function autoscalerArithmetic(
  { figures, capacity }: PlanInputs,
  { name, pods, peak }: Need,
): AutoscalerArithmetic | undefined {
  const target = figures.policies["cpu"]?.target;
  const workload = figures.workloads[name];
  const measured = capacity?.workloads.find((one) => one.workload === name);
  const cpu = measured && cpuPerRequestAtCapacity(measured);
  if (target === undefined || !("utilisationRatio" in target)) return undefined;
  if (workload === undefined || cpu === undefined) return undefined;
  const { utilisationRatio: targetRatio } = target;
  const { cpuRequestCores: requestCores, maxReplicas, minReplicas } = workload;
  const perPodPerSecond = (targetRatio * requestCores) / cpu;
  const maximumAtPerSecond = perPodPerSecond * maxReplicas;
  return {
    targetRatio,
    requestCores,
    cpuCoreSecondsPerRequest: cpu,
    perPodPerSecond,
    podsToday: Math.max(minReplicas, replicasFor(peak, perPodPerSecond)),
    coresAtCapacity: cpu * pods.perPodPerSecond,
    timesNeeded: pods.perPodPerSecond / perPodPerSecond,
    maximumAtPerSecond,
    maximumAtFactor: maximumAtPerSecond / peak,
  };
}
