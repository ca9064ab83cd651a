import { defaultPlant, defaultPod } from "../simulation/defaults.ts";
import { stepLoad } from "../simulation/load-shape.ts";
import type { AutoscalerFault, SimulationModel } from "../simulation/model.ts";
import { defaultNodePool } from "../simulation/node-pool.ts";
import { trialSpec } from "../simulation/trials.ts";

const minute = 60_000;

/** An hour: ten minutes low, twenty-five high, then low again. */
export function trialModel(seed: number, fault?: AutoscalerFault): SimulationModel {
  const wantsMore = fault?.kind === "wrong-policy" && fault.actual.maxReplicas !== undefined;
  const wantsLess = fault?.kind === "wrong-policy" && fault.actual.minReplicas !== undefined;
  return {
    seed,
    durationMs: 60 * minute,
    keepSyncs: true,
    workloads: [
      {
        name: "api",
        load: stepLoad({
          lowPerSecond: wantsLess ? 2 : 25,
          highPerSecond: wantsMore ? 300 : 130,
          upAtMs: 10 * minute,
          downAtMs: 35 * minute,
        }),
        noiseRatio: 0.02,
        initialReplicas: 2,
        hpa: trialSpec,
        pod: defaultPod,
        plant: defaultPlant,
        p95LimitMs: 200,
        fault,
      },
    ],
    nodePool: {
      ...defaultNodePool,
      cpuCores: 8,
      memoryBytes: 32e9,
      minNodes: 2,
      maxNodes: 10,
    },
  };
}
