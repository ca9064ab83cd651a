/**
 * Seconds in which k6 itself stood still. What they hold says nothing about the target: answers that had arrived wait to
 * be read, and arrivals that were due start late or are dropped.
 */
import type { Plan } from "../../src/domain/plan.ts";
import type { RunData } from "../../src/domain/run.ts";
import { ofGenerator } from "../generator-observations.ts";
import { judgedSeconds } from "../judged-time.ts";
import type { Measurements } from "../measurements/index.ts";

/** Of so many iterations a second at least one row comes, whatever the target does: each start is recorded. */
const expectedStarts = 5;
/** Of so many a second the processor's time cannot be zero. */
const expectedWork = 50;
const noCpuCores = 0.001;

export interface GeneratorPause {
  /** Starts of the seconds, epoch milliseconds. */
  readonly seconds: readonly number[];
  /** Iterations that were due in them. */
  readonly iterationsDue: number;
}

/** @returns `undefined` where k6 worked in every judged second in which iterations were due */
export function generatorPause(
  { run, windows, observations }: RunData,
  { time }: Pick<Measurements, "time">,
): GeneratorPause | undefined {
  const recorded = new Set(windows.map(({ at }) => Math.floor(at / 1000)));
  const idle = new Set(
    ofGenerator(observations)
      .filter(({ name, value }) => name === "k6.cpu" && value < noCpuCores)
      .map(({ at }) => Math.floor(at / 1000) - 1),
  );
  const paused = judgedSeconds(time).flatMap((at) => {
    const due = iterationsDue(run.plan, at - time.loadStart, at + 1000 - time.loadStart);
    const second = Math.floor(at / 1000);
    const isSilent = due >= expectedStarts && !recorded.has(second);
    return isSilent || (due >= expectedWork && idle.has(second)) ? [{ at, due }] : [];
  });
  if (paused.length === 0) return undefined;
  return {
    seconds: paused.map(({ at }) => at),
    iterationsDue: paused.reduce((sum, { due }) => sum + due, 0),
  };
}

/** Of all flows, between two instants of the load, milliseconds from its start; rates change linearly. */
const iterationsDue = ({ arrivals }: Plan, from: number, to: number): number =>
  arrivals.reduce((sum, { startMs, durationMs, fromPerSecond, toPerSecond }) => {
    const begin = Math.max(from, startMs);
    const end = Math.min(to, startMs + durationMs);
    if (end <= begin) return sum;
    const middle = ((begin + end) / 2 - startMs) / durationMs;
    const perSecond = fromPerSecond + (toPerSecond - fromPerSecond) * middle;
    return sum + (perSecond * (end - begin)) / 1000;
  }, 0);
