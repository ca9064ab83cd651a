import { formatCount, percent } from "../../src/domain/number-text.ts";
import type { FindingRule } from "./finding-rule.ts";

/** Iterations dropped while the generator had room: the target could not keep up. */
export const saturation: FindingRule = ({ health, generatorSaturation }) => {
  const { droppedIterations: dropped, plannedIterations: planned } = health;
  if (dropped === 0 || generatorSaturation.length > 0) return [];
  if (health.k6CpuP95Ratio === undefined && health.hostIdleP5Ratio === undefined) return [];
  const cpu =
    health.k6CpuP95Ratio === undefined
      ? ""
      : `k6 used ${percent(health.k6CpuP95Ratio)} of its cores at p95`;
  return [
    {
      id: "saturation",
      severity: "P1",
      sentence: `The target saturated: ${formatCount(dropped)} of ${formatCount(planned)} planned iterations (${percent(dropped / planned)}) found no free user, because earlier ones were still waiting for answers.`,
      evidence:
        cpu === "" ? "The load generator had room." : `${cpu}, so the load generator had room.`,
      action:
        "Find the rate it can serve with a breakpoint run, then add replicas or make the slowest surface faster.",
    },
  ];
};
