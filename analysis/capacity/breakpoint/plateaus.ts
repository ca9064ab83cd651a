import { judgedTimeOf, lastMeasuredAt } from "../../judged-time.ts";
import { isCutShort } from "../../verdicts/completion.ts";
import type { PlannedPhase } from "../../../src/domain/plan.ts";
import type { RunData } from "../../../src/domain/run.ts";

/** One plateau as far as it counts: its first third, while queues and caches settle, is left out. Epoch milliseconds. */
export interface Plateau {
  readonly name: string;
  /** Of the plan's rate. */
  readonly factor: number;
  /** Starts of whole seconds. */
  readonly from: number;
  readonly to: number;
  /** Slices that the interval is resampled from: of 10 s, or a sixth of a short plateau. */
  readonly blocks: number;
}

/** Queues fill and empty within seconds: slices of this length hardly remember each other. */
const blockMs = 10_000;
const fewestBlocks = 6;
/** Of a plateau that a rule cut short, at least this much is needed. */
const shortestMs = 3_000;

const isPlateau = ({ kind, judged, fromFactor, toFactor }: PlannedPhase): boolean =>
  kind === "hold" && judged && fromFactor === toFactor;

/** Plateaus of the plan with a rate of their own, each above the one before. */
function plannedPlateaus({ run }: RunData): readonly PlannedPhase[] {
  let highest = 0;
  return run.plan.phases.filter((phase) => {
    const rises = isPlateau(phase) && phase.toFactor > highest;
    if (rises) highest = phase.toFactor;
    return rises;
  });
}

/** A run that climbs in plateaus; whether it has enough of them is another question. */
export const isBreakpointRun = (data: RunData): boolean => plannedPlateaus(data).length >= 2;

/** Plateaus that the run got far enough into, by rising rate. */
export function plateausOf(data: RunData): readonly Plateau[] {
  const { loadStart } = judgedTimeOf(data);
  const end = isCutShort(data.run) ? lastMeasuredAt(data.windows) : Infinity;
  return plannedPlateaus(data).flatMap(({ name, toFactor, startMs, durationMs }) => {
    const from = Math.ceil((loadStart + startMs + durationMs / 3) / 1000) * 1000;
    const to = Math.floor(Math.min(loadStart + startMs + durationMs, end) / 1000) * 1000;
    if (to - from < shortestMs) return [];
    const whole = Math.floor((to - from) / blockMs);
    const blocks = whole >= fewestBlocks ? whole : Math.min(fewestBlocks, (to - from) / 1000);
    return [{ name, factor: toFactor, from, to, blocks }];
  });
}

/** @returns 0..blocks−1; `undefined` outside the plateau */
export const blockOf = ({ from, to, blocks }: Plateau, at: number): number | undefined =>
  at < from || at >= to ? undefined : Math.floor(((at - from) / (to - from)) * blocks);
