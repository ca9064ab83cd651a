/** Room that is left on the plan's date, and what is left of it with one pod or node less. */
import type { ReplicaNeed, ResourcePlan, RoomToday } from "../../src/domain/capacity-plan.ts";
import type { Forecast } from "../../src/domain/capacity-plan.ts";

/** @returns resources against each ceiling, pods against their maximum, nodes against their pool's */
export function roomToday(
  resources: readonly ResourcePlan[],
  forecast: Forecast,
  replicas: readonly ReplicaNeed[],
): readonly RoomToday[] {
  return [
    ...resources.flatMap(({ name, unit, use, ceilings }) =>
      ceilings.map((ceiling) => ({
        subject: name,
        unit,
        now: use,
        limit: ceiling.value,
        limitName: ceiling.name,
        roomRatio: ceiling.value / use - 1,
      })),
    ),
    ...forecast.workloads
      .filter(({ rule }) => rule !== "fixed")
      .flatMap(({ workload, maxReplicas, needed, withReserve }): RoomToday[] => {
        const now = replicas.find((one) => one.workload === workload)?.today ?? needed[0]?.p50;
        const reserve = withReserve[0];
        if (now === undefined || reserve === undefined || !Number.isFinite(reserve)) return [];
        return [
          {
            subject: `${workload} pods`,
            unit: "count",
            now,
            limit: maxReplicas,
            limitName: "its maximum",
            withReserve: reserve,
            roomRatio: maxReplicas / reserve - 1,
          },
        ];
      }),
    ...forecast.pools.flatMap(({ pool, basis, packed, maxNodes }): RoomToday[] => {
      const nodes = packed[0]?.p50;
      if (nodes === undefined || maxNodes === undefined || !Number.isFinite(nodes) || nodes === 0)
        return [];
      return [
        {
          subject: `${pool} nodes (${basis})`,
          unit: "count",
          now: nodes,
          limit: maxNodes,
          limitName: "the pool's maximum",
          roomRatio: maxNodes / nodes - 1,
        },
      ];
    }),
  ];
}
