import { percent } from "../../src/domain/number-text.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { latencyGroupNames } from "../measurements/groups.ts";
import { latencyNoun } from "../phrases.ts";
import { findDrift } from "../statistics/steady-state.ts";
import type { FindingRule } from "./finding-rule.ts";

/** A level that drifts over the judged time: the interval describes the run, not the platform's normal. */
export const noSteadyState: FindingRule = ({ measured, data }) => {
  // A ramp is meant to drift.
  const isHeld = data.run.plan.phases.every(
    ({ judged, fromFactor, toFactor }) => !judged || fromFactor === toFactor,
  );
  if (!isHeld) return [];
  return surfaces.flatMap((surface) => {
    const group = measured.surfaces.groups.get(latencyGroupNames[surface]);
    const medians = group?.batches.map((batch) => batch.quantile(0.5) ?? 0) ?? [];
    const drift = findDrift(medians);
    if (drift === undefined) return [];
    const change = drift.relativeChange;
    return [
      {
        id: "no-steady-state",
        severity: "P3",
        sentence: `No steady state: the median of ${latencyNoun[surface]} ${change > 0 ? "rose" : "fell"} by ${percent(Math.abs(change))} over the judged time.`,
        evidence: "Slope over 20 batches of equal time, significant at 1 %",
        action:
          change > 0
            ? "Look for what fills up (queues, memory, tables), and run for longer to see where it ends."
            : "Lengthen the warm-up: caches or replicas were still coming up.",
        surface,
      } as const,
    ];
  });
};
