import { quantile } from "simple-statistics";
import type { RunData } from "../../../src/domain/run.ts";
import { tiredness } from "../../generator-health.ts";
import type { Plateau } from "./plateaus.ts";

/** Of each plateau, so many observations are needed to accuse the generator; its third-busiest second decides. */
const fewestObservations = 3;
const busiest = 3;

/**
 * Why the generator cannot be trusted at this level, in words, by the same limits as for a whole run; empty: it had
 * room, or nobody watched it.
 */
export function tiredGenerator(
  { run, observations, windows }: RunData,
  plateau: Plateau,
): string[] {
  const isInside = (at: number): boolean => at >= plateau.from && at < plateau.to;
  const seen = (name: string): number[] =>
    observations.flatMap((each) =>
      each.source === "generator" && each.name === name && isInside(each.at) ? [each.value] : [],
    );
  const requests = windows.reduce(
    (sum, window) =>
      window.type === "window" &&
      window.endpoint === undefined &&
      window.metric === "response" &&
      isInside(window.at)
        ? sum + window.histogram.count
        : sum,
    0,
  );
  const cpu = upperTail(seen("k6.cpu"));
  const idle = lowerTail(seen("host.idle"));
  return tiredness(
    {
      cpuCores: run.generator.cpuCores,
      k6CpuP95Ratio: cpu === undefined ? undefined : cpu / run.generator.cpuCores,
      hostIdleP5Ratio: idle,
      // What was dropped is no sign by itself: a slow platform lets iterations pile up as well.
      droppedIterations: 0,
      plannedIterations: 0,
      completedIterations: 0,
      ceilingRequestsPerSecond: run.calibration?.requestsPerSecond,
    },
    requests / ((plateau.to - plateau.from) / 1000),
  );
}

const upperTail = (values: readonly number[]): number | undefined =>
  values.length < fewestObservations
    ? undefined
    : quantile([...values], Math.max(0.5, 1 - busiest / values.length));

const lowerTail = (values: readonly number[]): number | undefined =>
  values.length < fewestObservations
    ? undefined
    : quantile([...values], Math.min(0.5, busiest / values.length));
