import { plural } from "../../../src/domain/number-text.ts";
import { completeBehaviour } from "../behaviour.ts";
import { defaultController } from "../types.ts";
import { loadRange, sizeChanges } from "./changes.ts";
import type { SizeChange } from "./changes.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import { changedWithin, specReader, specsOf } from "./spec-in-force.ts";

/**
 * A change of direction needs a reason in the load. Looked at are reversals that follow within twice the scale-down
 * window; the load must have been monotone since twice that window before the first change, because the decision to
 * scale down rests on that much of the past. Where the load itself went that way since, the size follows it.
 */
export const flapping = defineAutoscalingCheck(
  {
    id: "autoscaling.a7-flapping",
    number: "A7",
    title: "The size does not flap",
    rule: "no change of direction within 2 scale-down windows under a monotone load that does not go that way itself; at most 1 at each level of a constant load",
    requires: ["spec", "samples", "load"],
    optional: ["specs", "controller"],
  },
  ({ spec, specs, samples, load, controller = defaultController }) => {
    const all = specsOf({ spec, specs });
    const specOf = specReader({ spec, specs });
    const changes = sizeChanges(samples);
    /** Changes that were taken back under a constant load. */
    const corrected: SizeChange[] = [];
    let allowed = 0;
    const unreasonable: string[] = [];
    changes.forEach((change, index) => {
      const before = changes[index - 1];
      const windowMs =
        completeBehaviour(specOf(change.at), controller)?.scaleDown.stabilisationMs ??
        controller.downscaleStabilisationMs;
      const spanMs = 2 * Math.max(windowMs, margins.bufferMs);
      if (before === undefined || change.at - before.at > spanMs) return;
      // Another spec is a reason of its own.
      if (changedWithin(all, before.at - spanMs, change.at)) return;
      if (change.to > change.from === before.to > before.from) return;
      if (shapeOf(load, before.at - spanMs, change.at) === "other") return;
      const isConstant = shapeOf(load, before.at, change.at) === "constant";
      if (!isConstant && isFollowed(load, before, change)) return;
      // The first at a level of the load corrects what the change of the load led to.
      const isFirst = corrected.every(({ at }) => shapeOf(load, at, change.at) !== "constant");
      if (isConstant) corrected.push(before);
      if (isConstant && isFirst) {
        allowed++;
        return;
      }
      const sizes = `${before.from} → ${before.to} → ${change.to}`;
      unreasonable.push(`${sizes} until ${inSeconds(change.at)}`);
    });
    return {
      observed: unreasonable.length,
      limit: 0,
      unit: "count",
      count: changes.length,
      reason: `${plural(unreasonable.length + allowed, "change")} of direction without a reason in the load (${corrected.length} under a constant load, where the first at each level is allowed)`,
      evidence: unreasonable,
    };
  },
);

/** The load went where the size did, from as long before the change of direction as the autoscaler may take to react. */
function isFollowed(
  load: readonly { readonly at: number; readonly perSecond: number }[],
  before: SizeChange,
  { at, from, to }: SizeChange,
): boolean {
  const since = load.filter(
    (point) => point.at >= before.at - margins.reactionMs && point.at <= at,
  );
  const [first, last] = [since[0]?.perSecond ?? 0, since.at(-1)?.perSecond ?? 0];
  const tolerance = margins.constantLoadRatio * Math.max(first, last);
  return to > from ? last - first > tolerance : first - last > tolerance;
}

/** Constant within ± 10 %; monotone where it never goes back by more than that. */
function shapeOf(
  load: readonly { readonly at: number; readonly perSecond: number }[],
  from: number,
  to: number,
): "constant" | "monotone" | "other" {
  const range = loadRange(load, from, to);
  if (range === undefined) return "other";
  const tolerance = margins.constantLoadRatio * range.highest;
  if (range.highest - range.lowest <= 2 * tolerance) return "constant";
  let highest = -Infinity;
  let lowest = Infinity;
  let rises = true;
  let falls = true;
  for (const { at, perSecond } of load) {
    if (at < from || at > to) continue;
    if (perSecond < highest - tolerance) rises = false;
    if (perSecond > lowest + tolerance) falls = false;
    highest = Math.max(highest, perSecond);
    lowest = Math.min(lowest, perSecond);
  }
  return rises || falls ? "monotone" : "other";
}
