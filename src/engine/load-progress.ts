import type { LoadProgress } from "../domain/load-progress.ts";
import type { Plan } from "../domain/plan.ts";
import { factorAt } from "../domain/profile.ts";
import { surfaces } from "../domain/surface.ts";
import type { LiveSnapshot } from "./live-view.ts";

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
    surfaces: surfaces.map((surface) => {
      const {
        requests = 0,
        failures = {},
        recent = {},
        judged = {},
      } = live.surfaces[surface] ?? {};
      return { surface, requests, failures, recent, judged };
    }),
    errors: live.failed,
    dropped: live.droppedIterations,
    users: live.users,
  };
}
