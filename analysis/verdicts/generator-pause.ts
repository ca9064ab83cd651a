/**
 * Seconds in which k6 itself stood still. What they hold says nothing about the target: answers that had arrived wait to
 * be read, and arrivals that were due start late or are dropped.
 */
import { measuredByRunner } from "../../src/domain/measured-by-runner.ts";
import { runnerNames, type Plan } from "../../src/domain/plan.ts";
import type { RunData } from "../../src/domain/run.ts";
import { judgedSeconds } from "../judged-time.ts";
import type { Measurements } from "../measurements/index.ts";

/** Of so many iterations a second at least one row comes, whatever the target does: each start is recorded. */
const expectedStarts = 5;
/** Of so many a second the processor's time cannot be zero. */
const expectedWork = 50;
const noCpuCores = 0.001;

export interface GeneratorPause {
  /** The runner that stood still; absent where one made the load. */
  readonly runner?: string | undefined;
  /** Starts of the seconds, epoch milliseconds. */
  readonly seconds: readonly number[];
  /** Iterations that were due in them. */
  readonly iterationsDue: number;
}

/** @returns for each runner that did not work in every judged second in which iterations of it were due */
export function generatorPauses(
  data: RunData,
  { time }: Pick<Measurements, "time">,
): readonly GeneratorPause[] {
  const names = runnerNames(data.run.plan);
  const { windows } = data;
  if (names.length === 1) {
    const recorded = new Set(windows.map(({ at }) => Math.floor(at / 1000)));
    return pauseIn(data, time, { recorded, share: 1, endedAt: Infinity });
  }
  const { byRunner = measuredByRunner(windows) } = data;
  return names.flatMap((runner) => {
    const observations = data.observations.filter(({ labels }) => labels["runner"] === runner);
    // Of one that died it is known that nothing comes afterwards.
    const endedAt = data.run.runners?.find((each) => each.runner === runner)?.endedAt ?? Infinity;
    const recorded = byRunner.get(runner)?.seconds;
    const own = { recorded, share: 1 / names.length, endedAt };
    return pauseIn({ ...data, observations }, time, own).map((pause) => ({
      ...pause,
      runner,
    }));
  });
}

/** @param own seconds that it recorded, its share of the iterations, 0..1, and when it ended, epoch milliseconds */
function pauseIn(
  { run, observations }: RunData,
  time: Measurements["time"],
  own: {
    readonly recorded: ReadonlySet<number> | undefined;
    readonly share: number;
    readonly endedAt: number;
  },
): GeneratorPause[] {
  const idle = new Set(
    observations
      .filter(({ name, value }) => name === "k6.cpu" && value < noCpuCores)
      .map(({ at }) => Math.floor(at / 1000) - 1),
  );
  const paused = judgedSeconds(time).flatMap((at) => {
    const due =
      own.share * iterationsDue(run.plan, at - time.loadStart, at + 1000 - time.loadStart);
    const second = Math.floor(at / 1000);
    const isSilent = due >= expectedStarts && own.recorded?.has(second) !== true;
    const isPaused = isSilent || (due >= expectedWork && idle.has(second));
    return isPaused && at + 1000 <= own.endedAt ? [{ at, due }] : [];
  });
  if (paused.length === 0) return [];
  const seconds = paused.map(({ at }) => at);
  return [{ seconds, iterationsDue: paused.reduce((sum, { due }) => sum + due, 0) }];
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
