/** A simulation as the observers would have seen it, so that the checks can be tried on known truth. */
import type { SimulationModel, SimulationResult } from "../simulation/model.ts";
import type { AutoscalingObservations } from "../checks/observations.ts";

/** @param workload a workload of the model; its declared spec is what it is judged by. Needs `keepSyncs`. */
export function observeSimulation(
  model: SimulationModel,
  result: SimulationResult,
  workload: string,
): AutoscalingObservations {
  const declared = model.workloads.find(({ name }) => name === workload);
  const seen = result.workloads.find(({ name }) => name === workload);
  const base = { workload, from: 0, to: result.durationMs };
  if (declared === undefined || seen === undefined) return base;
  return {
    ...base,
    spec: declared.hpa,
    controller: model.controller,
    samples: seen.samples,
    syncs: seen.syncs.flatMap(({ at, desiredReplicas, seen: input }) =>
      input === undefined ? [] : [Object.assign({ at, desiredReplicas }, input)],
    ),
    conditions: seen.syncs.map(({ at, conditions }) => ({ at, conditions })),
    pods: seen.pods,
    load: seen.samples.map(({ at, loadPerSecond }) => ({ at, perSecond: loadPerSecond })),
    latency: seen.samples.map(({ at, p95Ms }) => ({ at, p95Ms })),
    terminationErrors: 0,
    objectives: { p95Ms: declared.p95LimitMs },
    ...(model.nodePool === undefined
      ? { gaps: { nodes: "the simulation has no node pool" } }
      : { nodes: { nodes: result.nodeHistory, scaleUpsTriggeredAt: result.scaleUpsTriggeredAt } }),
  };
}
