import type { DatabaseReport } from "../src/domain/database.ts";
import type { Estimate } from "../src/domain/estimate.ts";
import type { Plan } from "../src/domain/plan.ts";
import type { GeneratorHealth } from "../src/domain/report.ts";
import type { AssetsCut, RunData } from "../src/domain/run.ts";
import type { PerSurface, Surface } from "../src/domain/surface.ts";
import { surfaces } from "../src/domain/surface.ts";
import {
  observeAutoscaling,
  type ObservedAutoscaling,
} from "./autoscaling/observed/observed-autoscaling.ts";
import { observedPages, type ObservedPages } from "./browser/index.ts";
import { limitsFound, type LimitsFound } from "./capacity/breakpoint/limits-found.ts";
import { isDatabaseWatched } from "./database/observed.ts";
import { probeLatencies, type ProbeLatencies } from "./database/probe-latencies.ts";
import { databaseReport } from "./database/report.ts";
import { generatorHealth, saturationOfRun } from "./generator-health.ts";
import { judgedSeconds } from "./judged-time.ts";
import type { Group } from "./measurements/groups.ts";
import type { Measurements } from "./measurements/index.ts";
import { latencyGroup, failuresByBatch, unservedByBatch } from "./measurements/index.ts";
import { observedPlatform, type PlatformContext } from "./platform-metrics/platform-context.ts";
import { observedResilience, type ObservedResilience } from "./resilience/observed-events.ts";
import type { BatchedHits } from "./statistics/batches.ts";
import { meanInterval } from "./statistics/mean-interval.ts";

/**
 * What is derived from a run, once: checks, findings, series and the parts of the report are made of it. What observers
 * contribute is `undefined` where this run did not ask for it.
 */
export interface RunFacts {
  readonly data: RunData;
  readonly plan: Plan;
  readonly measured: Measurements;
  readonly health: GeneratorHealth;
  /** Why the generator was saturated, in words; empty: it was not. */
  readonly generatorSaturation: readonly string[];
  /** What the p95 limit of each surface reads, dropped requests as infinite; absent: nothing was measured. */
  readonly latencies: Partial<PerSurface<Group>>;
  /** Requests of users and those that failed, per batch. */
  readonly failures: PerSurface<readonly BatchedHits[]>;
  /** The same with requests that were never sent as failed. */
  readonly unserved: PerSurface<readonly BatchedHits[]>;
  /** Well answered requests per minute; absent: no whole second was judged. */
  readonly throughput: { readonly achieved?: Estimate };
  /** Pages that were not loaded whole; absent: all were. */
  readonly assetsCut: AssetsCut | undefined;
  readonly databaseProbe: ProbeLatencies | undefined;
  readonly database: DatabaseReport | undefined;
  readonly limits: LimitsFound | undefined;
  readonly autoscaling: ObservedAutoscaling | undefined;
  readonly pages: ObservedPages | undefined;
  readonly platform: PlatformContext | undefined;
  /** Of a run that planned events. */
  readonly resilience: ObservedResilience | undefined;
}

export function factsOf(data: RunData, measured: Measurements): RunFacts {
  const { run } = data;
  const databaseProbe = probeLatencies(data, measured.time);
  return {
    data,
    plan: run.plan,
    measured,
    health: generatorHealth(data, measured),
    generatorSaturation: saturationOfRun(data, measured),
    latencies: latenciesOf(measured),
    failures: forSurfaces((surface) => failuresByBatch(measured, surface)),
    unserved: forSurfaces((surface) => unservedByBatch(measured, surface)),
    throughput: { achieved: throughputOf(measured) },
    assetsCut: run.assetsCut,
    databaseProbe,
    database: isDatabaseWatched(data) ? databaseReport(data, databaseProbe) : undefined,
    limits: limitsFound(data),
    autoscaling: observeAutoscaling(data, measured),
    pages: observedPages(data, measured.time),
    platform: observedPlatform(data, measured),
    resilience: observedResilience(data, measured),
  };
}

function latenciesOf(measured: Measurements): Partial<PerSurface<Group>> {
  const latencies: Partial<Record<Surface, Group>> = {};
  for (const surface of surfaces) {
    const group = latencyGroup(measured, surface);
    if (group !== undefined) latencies[surface] = group;
  }
  return latencies;
}

/** Well answered requests per minute. @returns `undefined` where no whole second was judged */
export const throughputOf = (measured: Measurements): Estimate | undefined =>
  meanInterval(answeredPerMinute(measured), "1/min");

/** Of each whole judged second; a second without an answer counts as the 0 it was. */
const answeredPerMinute = ({ time, surfaces: { answeredBySecond } }: Measurements): number[] =>
  judgedSeconds(time).map((at) => (answeredBySecond.get(at) ?? 0) * 60);

const forSurfaces = <Value>(make: (surface: Surface) => Value): PerSurface<Value> => ({
  web: make("web"),
  api: make("api"),
  subgraph: make("subgraph"),
});
