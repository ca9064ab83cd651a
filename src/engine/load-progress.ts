import type { Plan } from "../domain/plan.ts";
import { factorAt } from "../domain/profile.ts";
import { surfaces, type Surface } from "../domain/surface.ts";
import type { LiveSnapshot } from "./live-view.ts";

/** Progress of a run, once a second. Rates are HTTP requests without assets. */
export interface LoadProgress {
  readonly phase: string;
  readonly leftMs: number;
  readonly offeredPerMinute: number;
  readonly achievedPerMinute: number;
  /** Of the last ten seconds. */
  readonly surfaces: readonly { readonly surface: Surface; readonly p95Ms: number | undefined }[];
  readonly errors: number;
  readonly dropped: number;
}

/** @param elapsedMs since the load began */
export function loadProgress(plan: Plan, live: LiveSnapshot, elapsedMs: number): LoadProgress {
  const phase = plan.phases.findLast(({ startMs }) => startMs <= elapsedMs) ?? plan.phases[0];
  const factor =
    phase === undefined
      ? 0
      : factorAt(phase, Math.min(1, (elapsedMs - phase.startMs) / phase.durationMs));
  return {
    phase: elapsedMs > plan.durationMs ? "ending" : (phase?.name ?? ""),
    leftMs: Math.max(0, plan.durationMs - elapsedMs),
    offeredPerMinute: plan.requestsPerMinute * factor,
    achievedPerMinute: live.requestsPerSecond * 60,
    surfaces: surfaces.map((surface) => ({ surface, p95Ms: live.surfaces[surface]?.recentP95Ms })),
    errors: live.failed,
    dropped: live.droppedIterations,
  };
}
