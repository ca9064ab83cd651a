import { formatApart, formatCount, percent } from "../src/domain/number-text.ts";
import { quantile } from "simple-statistics";
import type { Observation } from "../src/domain/observation.ts";
import type { GeneratorHealth } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import { ofGenerator } from "./generator-observations.ts";
import { isJudged } from "./judged-time.ts";
import { droppedIterations } from "./measurements/flows.ts";
import type { Measurements } from "./measurements/index.ts";
import { plannedIterations } from "./planned.ts";
import { runnerHealth } from "./runners.ts";
import { isObserved, observedTime } from "./observed-time.ts";

/** Fewer observations than this say nothing about a 95th percentile. */
export const minimumObservations = 5;
/** So many are enough to say that it was saturated: few observations must not clear a generator. */
const minimumToAccuse = 3;
/** A generator busier than these measures itself, not the target. */
const maximumCpuRatio = 0.8;
const minimumIdleRatio = 0.1;
export const maximumCeilingRatio = 0.8;

type GeneratorUse = Pick<GeneratorHealth, "k6CpuP95Ratio" | "hostIdleP5Ratio">;

/** The load generator over the judged phases; a ratio is absent where too few observations came. */
export function generatorHealth(data: RunData, measured: Measurements): GeneratorHealth {
  const { run, observations } = data;
  const judged = ofGenerator(observations).filter(({ at }) => isJudged(measured.time, at));
  const memory = valuesOf(judged, "k6.memory");
  const lagP99 = measured.flows.lag.quantile(0.99);
  return {
    cpuCores: run.generator.cpuCores,
    ...useOf(judged, run.generator.cpuCores, minimumObservations),
    k6MemoryMaxBytes: memory.length === 0 ? undefined : Math.max(...memory),
    lagP99Ms: lagP99,
    droppedIterations: droppedIterations(measured.flows),
    plannedIterations: plannedIterations(run.plan),
    completedIterations: [...measured.flows.flows.values()].reduce(
      (sum, { completed }) => sum + completed,
      0,
    ),
    ceilingRequestsPerSecond: run.calibration?.requestsPerSecond,
    runners: runnerHealth(data, measured),
  };
}

/** Polls come every second; half of the judged time must have been observed. */
export const isGeneratorSeen = ({ observations }: RunData, { time }: Measurements): boolean => {
  const own = observations.filter(
    ({ source, name }) => source === "generator" && (name === "k6.cpu" || name === "host.idle"),
  );
  const instants = own.map(({ at }) => at);
  return isObserved(observedTime(time, instants, { standsMs: 5000 }), 0.5);
};

const valuesOf = (observations: readonly Observation[], name: string): number[] =>
  observations.filter((each) => each.name === name).map(({ value }) => value);

function useOf(own: readonly Observation[], cpuCores: number, minimumCount: number): GeneratorUse {
  const cpu = valuesOf(own, "k6.cpu");
  const idle = valuesOf(own, "host.idle");
  return {
    k6CpuP95Ratio:
      cpu.length < minimumCount ? undefined : quantile(cpu, 1 - tailShare(cpu.length)) / cpuCores,
    hostIdleP5Ratio:
      idle.length < minimumCount ? undefined : quantile(idle, tailShare(idle.length)),
  };
}

/** The busiest 5 % of the seconds, but never fewer than three: one short burst saturates no generator. */
const tailShare = (count: number): number => Math.min(0.5, Math.max(0.05, 3 / count));

/** Why the generator of a run was saturated in its judged phases, in words; empty: it was not. */
export const saturationOfRun = (data: RunData, { surfaces, time }: Measurements): string[] =>
  saturationIn(
    data,
    (at) => isJudged(time, at),
    time.durationMs === 0 ? 0 : surfaces.judgedHttpRequests / (time.durationMs / 1000),
  );

/**
 * The one rule of a saturated generator, for a run and for each level of one.
 * @param isCounted instants of the span, epoch milliseconds
 * @param requestsPerSecond HTTP requests of the span, assets included: what the generator had to make
 * @returns reasons in words; empty: it had room, or nothing observed it
 */
export function saturationIn(
  { run, observations }: RunData,
  isCounted: (at: number) => boolean,
  requestsPerSecond: number,
): string[] {
  const { cpuCores } = run.generator;
  const own = ofGenerator(observations).filter(({ at }) => isCounted(at));
  const { k6CpuP95Ratio = 0, hostIdleP5Ratio = 1 } = useOf(own, cpuCores, minimumToAccuse);
  const ceiling = run.calibration?.requestsPerSecond;
  const reasons: string[] = [];
  if (k6CpuP95Ratio >= maximumCpuRatio) {
    reasons.push(
      `k6 used ${formatApart(k6CpuP95Ratio, maximumCpuRatio, "ratio")} of ${cpuCores} cores (limit ${percent(maximumCpuRatio)})`,
    );
  }
  if (hostIdleP5Ratio < minimumIdleRatio) {
    reasons.push(
      `its machine was ${formatApart(hostIdleP5Ratio, minimumIdleRatio, "ratio")} idle (limit ${percent(minimumIdleRatio)})`,
    );
  }
  const near = ceiling === undefined ? undefined : nearCeiling(requestsPerSecond, ceiling);
  if (near !== undefined) reasons.push(near);
  return reasons;
}

/** @returns what is said of a rate that is too near to what the machine was calibrated for */
export const nearCeiling = (requestsPerSecond: number, ceiling: number): string | undefined =>
  requestsPerSecond < maximumCeilingRatio * ceiling
    ? undefined
    : `${formatCount(requestsPerSecond)} requests/s are ${formatApart(requestsPerSecond / ceiling, maximumCeilingRatio, "ratio")} of its calibrated ceiling of ${formatCount(ceiling)} requests/s (limit ${percent(maximumCeilingRatio)})`;
