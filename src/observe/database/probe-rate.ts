import type { Phase } from "../../domain/profile.ts";

/** With so many probes the p95 of a healthy database is distinguished from a limit 1.5 times as high. */
const wantedProbes = 240;
const usualPerSecond = 2;
const mostPerSecond = 10;

/**
 * Probes a second: two, and more where the judged phases are short, up to ten.
 * @param phases of the plan
 */
export function probesPerSecond(phases: readonly Pick<Phase, "judged" | "durationMs">[]): number {
  const judgedMs = phases.reduce(
    (sum, { judged, durationMs }) => sum + (judged ? durationMs : 0),
    0,
  );
  const wanted = judgedMs === 0 ? 0 : Math.ceil(wantedProbes / (judgedMs / 1000));
  return Math.min(mostPerSecond, Math.max(usualPerSecond, wanted));
}
