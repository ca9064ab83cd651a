import type { PlannedPhase } from "../src/domain/plan.ts";
import type { RunData } from "../src/domain/run.ts";
import { allFlows, type WindowRecord } from "../src/domain/window.ts";
import { isCutShort } from "./verdicts/completion.ts";
import { batchCount, batchIndex, shortestBatchedMs } from "./statistics/batches.ts";

/** A judged phase, as far as the run got. Instants in epoch milliseconds. */
interface JudgedPhase {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Judged time before this phase. */
  readonly offsetMs: number;
}

/** The part of a run that counts: its judged phases laid end to end. */
export interface JudgedTime {
  readonly phases: readonly JudgedPhase[];
  readonly durationMs: number;
  /** 20, or 1 where the judged time is too short to see dependence between requests. */
  readonly batchCount: number;
  /** Epoch milliseconds: when the load began, and when it ended or was cut off. */
  readonly loadStart: number;
  readonly loadEnd: number;
}

/** Judged phases of the plan, cut where an interrupted run ended. @returns no phases for a run without windows */
export function judgedTimeOf(data: RunData): JudgedTime {
  const loadStart = loadStartOf(data);
  const end = isCutShort(data.run) ? lastMeasuredAt(data.windows) : Infinity;
  const phases: JudgedPhase[] = [];
  let durationMs = 0;
  for (const phase of data.run.plan.phases) {
    if (!phase.judged || data.windows.length === 0) continue;
    const judged = cut(phase, loadStart, end, durationMs);
    if (judged.to <= judged.from) continue;
    phases.push(judged);
    durationMs += judged.to - judged.from;
  }
  return {
    phases,
    durationMs,
    batchCount: durationMs >= shortestBatchedMs ? batchCount : 1,
    loadStart,
    loadEnd: Math.max(loadStart, Math.min(loadStart + data.run.plan.durationMs, end)),
  };
}

const cut = (
  phase: PlannedPhase,
  loadStart: number,
  end: number,
  offsetMs: number,
): JudgedPhase => ({
  name: phase.name,
  from: loadStart + phase.startMs,
  to: Math.min(loadStart + phase.startMs + phase.durationMs, end),
  offsetMs,
});

/**
 * Windows of single endpoints are too wide to tell when something began or ended, and the count of busy users goes on
 * during sign-in.
 */
const isFine = (window: WindowRecord): boolean =>
  window.type === "flow" ? window.flow !== allFlows : window.endpoint === undefined;

/** End of the last second that was measured, epoch milliseconds; 0 where nothing was. */
export const lastMeasuredAt = (windows: readonly WindowRecord[]): number =>
  windows.filter(isFine).reduce((last, { at, durationMs }) => Math.max(last, at + durationMs), 0);

/** Told by the run; else by its events; else the first window, which may begin up to a second too early. */
function loadStartOf({ run, events, windows }: RunData): number {
  const event = events.find(({ type }) => type === "load-start");
  const first = windows
    .filter(isFine)
    .reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
  return run.loadStartedAt ?? event?.at ?? (first === Infinity ? run.startedAt : first);
}

/**
 * The batch of a window. Requests of a judged phase that end after it (a queue draining) count in its last batch.
 * @param at start of the window, epoch milliseconds @returns `undefined` in a phase that is not judged
 */
export function batchOf(time: JudgedTime, phaseName: string, at: number): number | undefined {
  const phase = time.phases.find(({ name }) => name === phaseName);
  if (phase === undefined) return undefined;
  const inside = Math.min(Math.max(at - phase.from, 0), phase.to - phase.from - 1);
  return batchIndex(phase.offsetMs + inside, time.durationMs, time.batchCount);
}

/** The judged phase of an instant. Half-open: where one phase ends, the next begins. */
const phaseAt = ({ phases }: JudgedTime, at: number): JudgedPhase | undefined =>
  phases.find(({ from, to }) => at >= from && at < to);

/** The batch of an instant, epoch milliseconds. @returns `undefined` outside the judged phases */
export function batchAt(time: JudgedTime, at: number): number | undefined {
  const phase = phaseAt(time, at);
  return phase && batchIndex(phase.offsetMs + at - phase.from, time.durationMs, time.batchCount);
}

/** Does an instant lie in a judged phase? */
export const isJudged = (time: JudgedTime, at: number): boolean => phaseAt(time, at) !== undefined;

/** Starts of the whole seconds inside the judged phases, epoch milliseconds, ascending. */
export const judgedSeconds = (time: JudgedTime): number[] =>
  time.phases.flatMap(({ from, to }) => {
    const first = Math.ceil(from / 1000);
    const count = Math.max(0, Math.floor(to / 1000) - first);
    return Array.from({ length: count }, (_, index) => (first + index) * 1000);
  });
