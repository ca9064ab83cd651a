import type { Coverage } from "../src/domain/report.ts";
import type { RunData } from "../src/domain/run.ts";
import { lastMeasuredAt } from "./judged-time.ts";
import type { Measurements } from "./measurements/index.ts";
import { isCutShort } from "./verdicts/completion.ts";

/** Which part of the plan was measured. */
export function coverageOf({ run, windows }: RunData, { time }: Measurements): Coverage {
  const measuredMs = Math.max(0, lastMeasuredAt(windows) - time.loadStart);
  const first = time.phases[0];
  const last = time.phases.at(-1);
  return {
    plannedMs: run.plan.durationMs,
    achievedMs: isCutShort(run) ? Math.min(measuredMs, run.plan.durationMs) : run.plan.durationMs,
    ...(first && last ? { judgedFrom: first.from, judgedTo: last.to } : {}),
    partial: isCutShort(run),
  };
}
