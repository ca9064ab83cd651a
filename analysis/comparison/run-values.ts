/** One run, one value a metric: what comparisons of runs are made of. */
import type { Better, MetricHead } from "../../src/domain/comparison.ts";
import { judgedByLatency } from "../../src/domain/latency-objective.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { RunData } from "../../src/domain/run.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { surfaces } from "../../src/domain/surface.ts";
import type { UnitName } from "../../src/domain/units.ts";
import type { Measurements } from "../measurements/index.ts";
import { latencyGroup, unservedByBatch } from "../measurements/index.ts";
import { latencyNoun } from "../phrases.ts";
import { plannedJudgedRequests } from "../planned.ts";
import { throughputOf } from "../run-facts.ts";

export interface RunMetric extends MetricHead {
  readonly unit: UnitName;
  readonly better: Better;
  /** A change smaller than this, in the unit of the metric, never matters. */
  readonly floor: number;
  /** `undefined` where the run did not measure it; Infinity where more failed than the quantile leaves room for. */
  readonly valueOf: (measured: Measurements) => number | undefined;
  /** Of a run that the platform's own collapse ended before it could be measured. Absent: such a run says nothing of it. */
  readonly worst?: number;
  /** Absent: of all of them. */
  readonly surface?: Surface;
}

/** 5 % of 40 ms: below, the network between two machines changes more. */
const latencyFloorMs = 2;
/** A fifth of the error objective of 1 %: fewer failures than a short run can tell from chance. */
const errorFloor = 0.002;

/** Required are p95 and errors of every surface, and throughput; the rest are findings that name the culprit. */
export const runMetrics: readonly RunMetric[] = [
  ...surfaces.flatMap((surface) => [
    latencyMetric(surface, 0.5, false),
    latencyMetric(surface, 0.95, true),
    latencyMetric(surface, 0.99, false),
  ]),
  ...surfaces.map(errorMetric),
  {
    id: "throughput",
    title: "Throughput, well answered requests",
    required: true,
    unit: "1/min",
    better: "higher",
    floor: 0,
    valueOf: (measured) => throughputOf(measured)?.point,
    worst: 0,
  },
];

function latencyMetric(surface: Surface, q: number, required: boolean): RunMetric {
  const name = `p${q * 100}`;
  return {
    id: `${surface}.${judgedByLatency[surface].metric}.${name}`,
    title: `${name} of ${latencyNoun[surface]}`,
    required,
    unit: "ms",
    better: "lower",
    floor: latencyFloorMs,
    valueOf: (measured) => {
      const group = latencyGroup(measured, surface);
      return group && Histogram.merged(group.batches).smoothQuantile(q);
    },
    worst: Infinity,
    surface,
  };
}

function errorMetricId(surface: Surface): string {
  return `${surface}.errors`;
}

export const isErrorMetric = (id: string): boolean =>
  surfaces.some((surface) => id === errorMetricId(surface));

function errorMetric(surface: Surface): RunMetric {
  return {
    id: errorMetricId(surface),
    title: `Failed or dropped requests, ${surface}`,
    required: true,
    unit: "ratio",
    better: "lower",
    floor: errorFloor,
    valueOf: (measured) => {
      const batches = unservedByBatch(measured, surface);
      const count = batches.reduce((sum, batch) => sum + batch.count, 0);
      const failed = batches.reduce((sum, { hits }) => sum + hits, 0);
      return count === 0 ? undefined : failed / count;
    },
    worst: 1,
    surface,
  };
}

/** By metric id; the ids of metrics that the run did not measure are not in it. */
export type RunValues = Readonly<Record<string, number>>;

/**
 * A run that one of the platform's rules ended before its judged phases would be missing from a comparison because it
 * was the worst of all: what it should have measured has the worst value there is.
 */
export function runValues(
  { run: { interruption, plan } }: RunData,
  measured: Measurements,
): RunValues {
  const isCollapsed = interruption?.cause === "platform-rule";
  return Object.fromEntries(
    runMetrics.flatMap(({ id, valueOf, required, worst, surface }) => {
      const isPlanned = surface === undefined || plannedJudgedRequests(plan, surface) > 0;
      const fallback = isCollapsed && required && isPlanned ? worst : undefined;
      const value = valueOf(measured) ?? fallback;
      return value === undefined ? [] : [[id, value] as const];
    }),
  );
}
