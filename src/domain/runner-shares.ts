/** Which iterations of a plan each of its runners has. */
import { runnerNames, type Plan, type PlannedArrivals } from "./plan.ts";
import { plannedArrivalCount } from "./schedule.ts";

/** k6 starts whole iterations. */
export const wholeArrivals = (arrivals: PlannedArrivals): number =>
  Math.floor(plannedArrivalCount(arrivals) + 1e-6);

/**
 * Iterations of each runner, in their order: of n runners with equal segments the first has the arrivals 0, n, 2n, … of
 * each k6 scenario, the second 1, n + 1, …
 */
export function iterationsByRunner(plan: Pick<Plan, "arrivals" | "runners">): readonly number[] {
  const names = runnerNames(plan);
  return names.map((_, index) =>
    plan.arrivals.reduce(
      (sum, arrivals) =>
        sum + Math.max(0, Math.ceil((wholeArrivals(arrivals) - index) / names.length)),
      0,
    ),
  );
}
