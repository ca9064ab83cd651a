import type { Estimate } from "../../src/domain/estimate.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { RunRecord } from "../../src/domain/run.ts";
import type { PerSurface, Surface } from "../../src/domain/surface.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { probeLatencies } from "../database/probe-latencies.ts";
import type { DatabaseRecords } from "../database/observed.ts";
import { judgedSeconds } from "../judged-time.ts";
import type { Group } from "../measurements/groups.ts";
import type { Measurements } from "../measurements/index.ts";
import { budgetedGroup, failuresByBatch, unservedByBatch } from "../measurements/index.ts";
import { meanInterval } from "../statistics/mean-interval.ts";
import type { CheckInputs } from "./check.ts";

/** @param observed what the observers left behind; absent: nothing observed */
export function checkInputs(
  plan: Plan,
  measured: Measurements,
  observed: DatabaseRecords & { readonly run?: Pick<RunRecord, "assetsCut"> } = {
    observations: [],
    events: [],
  },
): CheckInputs {
  const databaseProbe = probeLatencies(observed, measured.time);
  const achieved = throughputOf(measured);
  return {
    plan,
    latencies: latenciesOf(measured),
    failures: forSurfaces((surface) => failuresByBatch(measured, surface)),
    unserved: forSurfaces((surface) => unservedByBatch(measured, surface)),
    throughput: achieved === undefined ? {} : { achieved },
    assetsCut: observed.run?.assetsCut,
    databaseProbe,
  };
}

/** Well answered requests per minute. @returns `undefined` where no whole second was judged */
export const throughputOf = (measured: Measurements): Estimate | undefined =>
  meanInterval(answeredPerMinute(measured), "1/min");

function latenciesOf(measured: Measurements): Partial<PerSurface<Group>> {
  const latencies: Partial<Record<Surface, Group>> = {};
  for (const surface of surfaces) {
    const group = budgetedGroup(measured, surface);
    if (group !== undefined) latencies[surface] = group;
  }
  return latencies;
}

/** Of each whole judged second; a second without an answer counts as the 0 it was. */
const answeredPerMinute = ({ time, surfaces: { answeredBySecond } }: Measurements): number[] =>
  judgedSeconds(time).map((at) => (answeredBySecond.get(at) ?? 0) * 60);

const forSurfaces = <Value>(make: (surface: Surface) => Value): PerSurface<Value> => ({
  web: make("web"),
  api: make("api"),
  subgraph: make("subgraph"),
});
