/**
 * Closed loop: a trace's `plant` is built again and answers to the decisions. A small deterministic model for known
 * answers: pods become Running and Ready after fixed delays, ready pods share the load evenly, surplus pods vanish at
 * once, the newest first. The real simulator is `simulate.ts`.
 */
import { replayer } from "../replay.ts";
import type { ReplayedTrace } from "../replay.ts";
import { failure, success } from "../types.ts";
import type { Result } from "../types.ts";
import type { Trace, TracePod, TraceTick } from "../trace-schema.ts";

type Plant = Trace["plant"];
type PlantModel = Required<{ [Key in keyof Plant]: NonNullable<Plant[Key]> }>;

/** Pods of the start are as old as this; only ages above the initialisation period matter. */
const initialAgeSeconds = 3600;

/**
 * Only `t`, `load` (already lagged) and the gaps (`p95Milli` null: no metrics at all) are read from the ticks.
 * @returns an error where the trace says too little of its plant
 */
export function replayClosedLoop(trace: Trace): Result<ReplayedTrace> {
  const model = trace.plant;
  if (!isComplete(model)) return failure(`${trace.id}: the plant is not described completely`);
  const decide = replayer(trace);
  const pods: { readonly name: string; readonly createdAt: number }[] = [];
  let created = 0;
  const scaleTo = (size: number, at: number): void => {
    while (pods.length < size) pods.push({ name: `p${created++}`, createdAt: at });
    pods.length = size;
  };
  scaleTo(model.initialReplicas, -initialAgeSeconds);
  const ticks = trace.ticks.map((recorded) => {
    const decision = decide(observe(recorded, pods, model));
    scaleTo(decision.specReplicasAfter, recorded.t);
    return decision;
  });
  return success({ id: trace.id, ticks });
}

function isComplete(plant: Plant): plant is PlantModel {
  return (
    plant.initialReplicas !== undefined &&
    plant.idleCpuMilli !== undefined &&
    plant.cpuMilliPerRps !== undefined &&
    plant.cpuLimitMilli !== undefined &&
    plant.startupCpuMilli !== undefined &&
    plant.baseMemBytes !== undefined &&
    plant.memBytesPerRps !== undefined &&
    plant.pendingSeconds !== undefined &&
    plant.startupSeconds !== undefined &&
    plant.p95BaseMs !== undefined
  );
}

function observe(
  recorded: TraceTick,
  pods: readonly { readonly name: string; readonly createdAt: number }[],
  plant: PlantModel,
): TraceTick {
  const { t } = recorded;
  const load = recorded.load ?? 0;
  const isReady = (createdAt: number): boolean => t >= createdAt + plant.startupSeconds;
  const ready = pods.filter(({ createdAt }) => isReady(createdAt)).length;
  const share = ready === 0 ? 0 : load / ready;
  const silent = recorded.p95Milli === null;
  const rows = pods.map(({ name, createdAt }): TracePod => {
    const running = t >= createdAt + plant.pendingSeconds;
    const readyNow = isReady(createdAt);
    const changedAt = readyNow ? createdAt + plant.startupSeconds : createdAt;
    const row = [name, running, readyNow, createdAt, changedAt] as const;
    const measured = !silent && t >= createdAt + plant.pendingSeconds + plant.metricLagSeconds;
    if (!measured) return [...row, null, null, null];
    if (!readyNow) return [...row, plant.startupCpuMilli, plant.baseMemBytes * 1000, 0];
    const cpu = Math.floor(
      Math.min(plant.cpuLimitMilli, plant.idleCpuMilli + share * plant.cpuMilliPerRps),
    );
    const memory = Math.floor(plant.baseMemBytes + share * plant.memBytesPerRps) * 1000;
    return [...row, cpu, memory, Math.floor(share * 60 * 1000)];
  });
  const busy =
    ready === 0 ? Infinity : (load * plant.cpuMilliPerRps) / (ready * plant.cpuLimitMilli);
  const p95Milli = Math.floor((plant.p95BaseMs / (1 - Math.min(0.95, busy))) * 1000);
  return {
    t,
    specReplicas: pods.length,
    statusReplicas: pods.length,
    pods: rows,
    p95Milli: silent ? null : p95Milli,
    queueMilli: silent ? null : Math.floor(load * 1000),
  };
}
