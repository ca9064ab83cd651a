import { formatElapsed } from "../../src/domain/time-text.ts";
import type { Report } from "../../src/domain/report.ts";

/** "0:00" is the moment the load began, as on all charts.    @returns "2:05" after the load began, "−0:12" before it */
export function elapsedAt({ run }: Report, at: number): string {
  const since = at - (run.loadStartedAt ?? run.startedAt);
  return since <= -500 ? `−${formatElapsed(-since)}` : formatElapsed(since);
}
