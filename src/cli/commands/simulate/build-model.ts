/** From what was asked to the simulator's model: every figure from the specification, a flag, or a stated assumption. */
import { hourMs } from "../../../domain/units.ts";
import { formatValue } from "../../../domain/number-text.ts";
import { formatDuration } from "../../../domain/time-text.ts";
import { defined } from "../../../domain/defined.ts";
import { defaultPlant, defaultPod } from "../../../../analysis/autoscaling/simulation/defaults.ts";
import {
  dayLoad,
  stepLoad,
  type LoadShape,
} from "../../../../analysis/autoscaling/simulation/load-shape.ts";
import type {
  SimulationModel,
  WorkloadModel,
} from "../../../../analysis/autoscaling/simulation/model.ts";
import { defaultNodePool } from "../../../../analysis/autoscaling/simulation/node-pool.ts";
import { settledSize } from "../../../../analysis/autoscaling/simulation/settled-size.ts";
import { objectives } from "../../../../profiles/platform/objectives.ts";
import type { TrafficShape } from "../../../config/traffic-shape.ts";
import type { WorkloadName } from "./options.ts";
import { simulated, type SimulationRequest } from "./request.ts";

const noiseRatio = 0.02;
/** Most points of a series: a day has one a minute. */
const mostSamples = 1440;
const syncMs = 15_000;

function durationOf({ shape, hours }: SimulationRequest): number {
  return Math.round(hours === undefined ? Math.max(hourMs, lengthOf(shape)) : hours * hourMs);
}

/** What the shape itself says, 0 where it fits into any time. */
function lengthOf(shape: TrafficShape): number {
  if (shape.kind === "day") return 24 * hourMs;
  if (shape.kind === "step") return (shape.downAtMs ?? 0) * 2;
  return shape.points.at(-1)?.atMs ?? 0;
}

export function buildModel(request: SimulationRequest): SimulationModel {
  const { nodes, seed, pricePerNodeHour = 0 } = request;
  const durationMs = durationOf(request);
  const sampleMs = Math.max(1, Math.ceil(durationMs / mostSamples / syncMs)) * syncMs;
  return {
    seed,
    durationMs,
    sampleMs,
    controller: request.controller,
    workloads: request.workloads.map((workload) => workloadModel(workload, request, durationMs)),
    nodePool: nodes === undefined ? undefined : { ...defaultNodePool, ...nodes, pricePerNodeHour },
  };
}

function workloadModel(
  { name, hpa, share }: SimulationRequest["workloads"][number],
  request: SimulationRequest,
  durationMs: number,
): WorkloadModel {
  const { cpuRequestCores, cpuLimitCores, memoryRequestBytes } = simulated[name];
  const { cpuMsPerRequest, baseP95Ms, podStartMs } = request;
  const size = memoryRequestBytes / defaultPod.memoryRequestBytes;
  const model: WorkloadModel = {
    name,
    load: scaled(loadOf(request.shape, durationMs), shareOf(request.shape, name, share)),
    noiseRatio,
    initialReplicas: Math.max(1, hpa.manifest.spec.minReplicas ?? 1),
    hpa: hpa.manifest.spec,
    pod: {
      ...defaultPod,
      cpuRequestCores,
      cpuLimitCores,
      memoryRequestBytes,
      memoryBaseBytes: defaultPod.memoryBaseBytes * size,
      startup: { ...defaultPod.startup, ...defined({ medianMs: podStartMs }) },
    },
    plant: {
      ...defaultPlant,
      ...defined({
        cpuSecondsPerRequest: cpuMsPerRequest === undefined ? undefined : cpuMsPerRequest / 1000,
      }),
      ...defined({ p95BaseMs: baseP95Ms }),
    },
    p95LimitMs: objectives.responseP95Ms[name],
  };
  return { ...model, initialReplicas: settledSize(model, request.controller) };
}

export const shareOf = (
  shape: TrafficShape,
  name: WorkloadName,
  share: number | undefined,
): number => share ?? (shape.kind === "profile" ? shape.shares[name] : 1);

const scaled = (shape: LoadShape, factor: number): LoadShape =>
  shape.map(([at, perSecond]) => [at, perSecond * factor]);

function loadOf(shape: TrafficShape, durationMs: number): LoadShape {
  switch (shape.kind) {
    case "day":
      return dayLoad(shape.peakPerMinute / 60);
    case "step":
      return stepLoad({
        lowPerSecond: shape.lowPerMinute / 60,
        highPerSecond: shape.highPerMinute / 60,
        ...stepTimes(shape, durationMs),
      });
    case "profile":
    case "points":
      return shape.points.map(({ atMs, requestsPerMinute }) => [atMs, requestsPerMinute / 60]);
    default:
      return shape satisfies never;
  }
}

const stepTimes = (
  { upAtMs, downAtMs }: Extract<TrafficShape, { kind: "step" }>,
  durationMs: number,
): { readonly upAtMs: number; readonly downAtMs: number } => ({
  upAtMs: upAtMs ?? Math.round(durationMs / 6),
  downAtMs: downAtMs ?? Math.round(durationMs / 2),
});

/** The traffic in words. */
export function loadWords(shape: TrafficShape, durationMs: number): string {
  switch (shape.kind) {
    case "day":
      return `a working day with a peak of ${formatValue(shape.peakPerMinute, "1/min")}`;
    case "step": {
      const { upAtMs, downAtMs } = stepTimes(shape, durationMs);
      const [low, high] = [shape.lowPerMinute, shape.highPerMinute].map((rate) =>
        formatValue(rate, "1/min"),
      );
      return `a step from ${low} to ${high} after ${formatDuration(upAtMs)}, back after ${formatDuration(downAtMs)}`;
    }
    case "profile":
      return `the load profile ${shape.name}`;
    case "points":
      return `the table ${shape.name}`;
    default:
      return shape satisfies never;
  }
}

const origin = (flag: number | undefined): string => (flag === undefined ? "assumed" : "as given");

/** What stands on no measurement, so that nobody takes the answer for one. */
export function assumptionsOf(
  request: SimulationRequest,
  model: SimulationModel,
): readonly string[] {
  const [first] = model.workloads;
  if (first === undefined) return [];
  const { plant, pod } = first;
  const cpuMs = plant.cpuSecondsPerRequest * 1000;
  return [
    `A request takes ${formatValue(cpuMs, "ms")} of CPU (${origin(request.cpuMsPerRequest)}; measure it and give --cpu-per-request).`,
    `An idle platform answers in ${formatValue(plant.p95BaseMs, "ms")}, p95 (${origin(request.baseP95Ms)}; --base-p95).`,
    `A pod pulls its image in ${formatDuration(pod.pull.medianMs)} (assumed) and starts in ${formatDuration(pod.startup.medianMs)} (${origin(request.podStartMs)}; --pod-start), medians with a spread of 30 %.`,
    `The autoscaler is that of Kubernetes ${request.controllerWords}; --kubernetes-version takes another.`,
    "Ready pods share the load evenly; latency is an M/M/c queue (Erlang C) with carried-over backlog; the database behind them never is the limit.",
    `The load varies by ${formatValue(noiseRatio, "ratio")} from second to second; metrics are scraped every 15 s, averaged over 30 s and seen 10 s later.`,
    "A pod may use its whole CPU limit whatever else runs on its node.",
    "A pod gives back the memory that a lower load does not need.",
    "Every workload starts at the size its policy comes to under the first load.",
    ...(model.nodePool === undefined
      ? ["There is always room for another pod."]
      : [
          `A new node takes ${formatDuration(model.nodePool.provisioning.medianMs)} (median); an emptier than half-requested node goes after ${formatDuration(model.nodePool.scaleDownAfterMs)}.`,
        ]),
  ];
}
