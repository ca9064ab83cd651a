/** The size a policy has come to under a load that did not change for a quarter of an hour: where a simulation starts. */
import { simulate } from "../simulate.ts";
import { defaultController } from "../types.ts";
import type { WorkloadModel } from "./model.ts";

const settleMs = 15 * 60_000;
const stepMs = 5000;

export function settledSize(workload: WorkloadModel, controller = defaultController): number {
  const smallest = Math.max(1, workload.hpa?.minReplicas ?? workload.initialReplicas);
  const [first] = workload.load;
  const steady: WorkloadModel = {
    ...workload,
    load: [[0, first?.[1] ?? 0]],
    noiseRatio: 0,
    initialReplicas: smallest,
  };
  const { workloads } = simulate({
    seed: 1,
    controller,
    durationMs: settleMs,
    stepMs,
    workloads: [steady],
  });
  return workloads[0]?.samples.at(-1)?.specReplicas ?? smallest;
}
