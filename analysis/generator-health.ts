import { quantile } from "simple-statistics";
import type { Observation } from "../src/domain/observation.ts";
import type { GeneratorHealth } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import { isJudged } from "./judged-time.ts";
import { droppedIterations } from "./measurements/flows.ts";
import type { Measurements } from "./measurements/index.ts";
import { percent, shortest } from "./phrases.ts";
import { plannedIterations } from "./planned.ts";
import { isSeen, seenOf } from "./seen.ts";

/** Fewer observations than this say nothing about a 95th percentile. */
export const minimumObservations = 5;
/** A generator busier than these measures itself, not the target. */
const tiredCpuRatio = 0.8;
const tiredIdleRatio = 0.1;
const tiredCeilingRatio = 0.8;

/** The load generator over the judged phases; a ratio is absent where too few observations came. */
export function generatorHealth(
  { run, observations }: RunData,
  measured: Measurements,
): GeneratorHealth {
  const judged = observations.filter(
    ({ source, at }) => source === "generator" && isJudged(measured.time, at),
  );
  const cpuP95 = upperTail(valuesOf(judged, "k6.cpu"));
  const idleP5 = lowerTail(valuesOf(judged, "host.idle"));
  const memory = valuesOf(judged, "k6.memory");
  const lagP99 = measured.flows.lag.quantile(0.99);
  return {
    cpuCores: run.generator.cpuCores,
    k6CpuP95Ratio: cpuP95 === undefined ? undefined : cpuP95 / run.generator.cpuCores,
    hostIdleP5Ratio: idleP5,
    k6MemoryMaxBytes: memory.length === 0 ? undefined : Math.max(...memory),
    lagP99Ms: lagP99,
    droppedIterations: droppedIterations(measured.flows),
    plannedIterations: plannedIterations(run.plan),
    completedIterations: [...measured.flows.flows.values()].reduce(
      (sum, { completed }) => sum + completed,
      0,
    ),
    ceilingRequestsPerSecond: run.calibration?.requestsPerSecond,
  };
}

/** Looks come every second; half of the judged time must have been looked at. */
export const isGeneratorSeen = ({ observations }: RunData, { time }: Measurements): boolean => {
  const own = observations.filter(
    ({ source, name }) => source === "generator" && (name === "k6.cpu" || name === "host.idle"),
  );
  const instants = own.map(({ at }) => at);
  return isSeen(seenOf(time, instants, { standsMs: 5000 }), 0.5);
};

const valuesOf = (observations: readonly Observation[], name: string): number[] =>
  observations.filter((each) => each.name === name).map(({ value }) => value);

/** The busiest 5 % of the seconds, but never fewer than three: one burst in a short run is no tired generator. */
const tailShare = (count: number): number => Math.min(0.5, Math.max(0.05, 3 / count));

const upperTail = (values: readonly number[]): number | undefined =>
  values.length < minimumObservations
    ? undefined
    : quantile([...values], 1 - tailShare(values.length));

const lowerTail = (values: readonly number[]): number | undefined =>
  values.length < minimumObservations ? undefined : quantile([...values], tailShare(values.length));

/** HTTP requests per second over the judged time, assets included: what the generator had to make. */
export const httpRequestsPerSecond = ({ surfaces, time }: Measurements): number =>
  time.durationMs === 0 ? 0 : surfaces.judgedHttpRequests / (time.durationMs / 1000);

/** Why the generator was too busy to be trusted, in words; empty: it was not. */
export function tiredness(health: GeneratorHealth, requestsPerSecond: number): string[] {
  const { k6CpuP95Ratio: cpu = 0, hostIdleP5Ratio: idle = 1 } = health;
  const ceiling = health.ceilingRequestsPerSecond;
  const reasons: string[] = [];
  if (cpu >= tiredCpuRatio) {
    reasons.push(
      `k6 used ${percent(cpu)} of ${health.cpuCores} cores (limit ${percent(tiredCpuRatio)})`,
    );
  }
  if (idle < tiredIdleRatio) {
    reasons.push(`its machine was ${percent(idle)} idle (limit ${percent(tiredIdleRatio)})`);
  }
  if (ceiling !== undefined && requestsPerSecond >= tiredCeilingRatio * ceiling) {
    reasons.push(
      `${shortest(requestsPerSecond)} requests/s are ${percent(requestsPerSecond / ceiling)} of its calibrated ceiling of ${shortest(ceiling)} requests/s (limit ${percent(tiredCeilingRatio)})`,
    );
  }
  return reasons;
}
