import type { Plan, PlannedPhase } from "../src/domain/plan.ts";
import { wholeArrivals } from "../src/domain/runner-shares.ts";
import type { Surface } from "../src/domain/surface.ts";

/** Minutes at factor 1 that carry as much load as the phases, ramps included. */
const loadMinutes = (phases: readonly PlannedPhase[]): number =>
  phases.reduce(
    (sum, phase) => sum + ((phase.fromFactor + phase.toFactor) / 2) * (phase.durationMs / 60_000),
    0,
  );

const judgedPhases = (plan: Plan): PlannedPhase[] => plan.phases.filter(({ judged }) => judged);

/** HTTP requests, assets apart, that the plan sends to a surface in its judged phases. */
export const plannedJudgedRequests = (plan: Plan, surface: Surface): number =>
  plan.requestsPerMinuteBySurface[surface] * loadMinutes(judgedPhases(plan));

/** HTTP requests per minute, assets apart, that the plan offers on average over its judged phases. */
export function offeredPerMinute(plan: Plan): number {
  const phases = judgedPhases(plan);
  const durationMs = phases.reduce((sum, phase) => sum + phase.durationMs, 0);
  return durationMs === 0
    ? 0
    : (plan.requestsPerMinute * loadMinutes(phases)) / (durationMs / 60_000);
}

/** Iterations that k6 starts per flow, all phases; k6 makes whole ones. */
export function plannedIterationsByFlow(plan: Plan): Map<string, number> {
  const planned = new Map<string, number>();
  for (const arrivals of plan.arrivals) {
    planned.set(arrivals.flow, (planned.get(arrivals.flow) ?? 0) + wholeArrivals(arrivals));
  }
  return planned;
}

/** k6 may start an iteration more or less in each of its scenarios, and each runner has them all. */
export const iterationTolerance = ({ arrivals, runners = 1 }: Plan, flow: string): number =>
  runners * arrivals.filter((each) => each.flow === flow).length;

export const plannedIterations = (plan: Plan): number =>
  [...plannedIterationsByFlow(plan).values()].reduce((sum, count) => sum + count, 0);

/** Mean number of requests an iteration was declared to send, over all flows; `undefined` where none is planned. */
export function declaredRequestsPerIteration(plan: Plan): number | undefined {
  const iterations = plannedIterations(plan);
  return iterations === 0
    ? undefined
    : (plan.requestsPerMinute * loadMinutes(plan.phases)) / iterations;
}
