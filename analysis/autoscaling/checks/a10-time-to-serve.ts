import { formatApart } from "../../../src/domain/number-text.ts";
import { travelMs } from "../phase-lengths.ts";
import { defaultController } from "../types.ts";
import { defineAutoscalingCheck, inSeconds } from "./autoscaling-check.ts";
import { margins } from "./margins.ts";
import type { AutoscalingObservations } from "./observations.ts";
import { predict, type Prediction } from "./predictions.ts";
import { specsOf } from "./spec-in-force.ts";

/** How long before the metric shows it the load may have changed. */
const lookBackMs = margins.reactionMs + margins.loadGeneratorMs;

export const timeToServe = defineAutoscalingCheck(
  {
    id: "autoscaling.a10-time-to-serve",
    number: "A10",
    title: "A higher load is served in time",
    rule: "load change → enough ready pods ≤ limit (default: reaction 100 s + generator 50 s + scale-up by policy + pod start); violation seconds ≤ limit",
    requires: ["spec", "samples", "syncs", "load", "from", "to"],
    optional: ["specs", "latency", "objectives", "controller"],
  },
  (given) => {
    const { spec, specs, samples, syncs, objectives, controller = defaultController } = given;
    const { served, unserved, highest } = waitsOf(predict(syncs, spec, controller), given);
    if (served.length === 0 && unserved === undefined)
      return { cause: "not-asked", reason: "the load never required more pods" };
    const from = Math.min(...samples.map(({ specReplicas }) => specReplicas));
    // Of several specs in turn the slowest is allowed.
    const climbsMs = specsOf({ spec, specs }).map((each) =>
      travelMs(each.spec, { from, to: highest }, controller),
    );
    const limit =
      margins.reactionMs +
      margins.loadGeneratorMs +
      Math.max(...climbsMs) +
      (objectives?.podReadyMs ?? margins.podReadyMs);
    if (!Number.isFinite(limit)) {
      const reason = `the policy never goes from ${from} to ${highest} replicas, so no time is allowed for it`;
      return { cause: "not-testable", reason: `not testable: ${reason}` };
    }
    const violationSeconds = violations(given);
    const missesObjective = (violationSeconds ?? 0) > (objectives?.violationSeconds ?? Infinity);
    const cutOff =
      unserved === undefined
        ? []
        : [
            `the run ended before a demand was served, after ${inSeconds(unserved)} of ${inSeconds(limit)} allowed`,
          ];
    // Longer than allowed already: a later end cannot change that.
    const waits =
      unserved !== undefined && (unserved > limit || missesObjective)
        ? [...served, unserved]
        : served;
    if (waits.length === 0)
      return { cause: "not-testable", reason: `not testable: ${cutOff.join("")}` };
    const slowest = Math.max(...waits);
    const spent =
      violationSeconds === undefined ? "" : `, ${violationSeconds} s above the p95 limit`;
    return {
      observed: missesObjective ? Infinity : slowest,
      limit,
      unit: "ms",
      count: waits.length,
      reason: `slowest time to serve ${formatApart(slowest, limit, "ms")} of ${formatApart(limit, slowest, "ms")} allowed${spent}`,
      evidence: [...waits.map((ms) => `a demand waited ${inSeconds(ms)}`), ...cutOff],
    };
  },
);

/** How long each demand for more pods waited until it was served or went away, milliseconds, and the most pods demanded. */
function waitsOf(
  predictions: readonly Prediction[],
  { samples, load, to }: Required<Pick<AutoscalingObservations, "samples" | "load" | "to">>,
): {
  readonly served: readonly number[];
  readonly unserved?: number | undefined;
  readonly highest: number;
} {
  const served: number[] = [];
  /** Of the last demand, whose end was not observed. */
  let unserved: number | undefined;
  let highest = 0;
  let next = 0;
  for (const [index, { at, wanted = 0, currentReplicas }] of predictions.entries()) {
    if (index < next || wanted <= currentReplicas) continue;
    const later = predictions.slice(index + 1);
    const peak = Math.max(
      wanted,
      ...later.slice(0, 20).map((each) => Math.min(each.wanted ?? 0, wanted)),
    );
    const servedAt = samples.find((sample) => sample.at >= at && sample.readyReplicas >= peak)?.at;
    // One that goes away by itself has waited until then, and not until some later demand is served.
    const relievedAt = relief(later, peak);
    const until = Math.min(servedAt ?? Infinity, relievedAt ?? Infinity, to);
    const waitedMs = until - changeBefore(load, at);
    if (servedAt === undefined && relievedAt === undefined) unserved = waitedMs;
    else served.push(waitedMs);
    highest = Math.max(highest, peak);
    const after = later.findIndex((each) => each.at > until);
    next = after < 0 ? predictions.length : index + 1 + after;
  }
  return { served, unserved, highest };
}

/** When the demand went away by itself; `undefined`: not while anybody looked. */
function relief(
  predictions: readonly { readonly at: number; readonly wanted?: number }[],
  peak: number,
): number | undefined {
  return predictions.find(({ wanted }) => wanted !== undefined && wanted < peak)?.at;
}

/** When the load began to rise towards what the metric shows at `at`. */
function changeBefore(
  load: readonly { readonly at: number; readonly perSecond: number }[],
  at: number,
): number {
  const recent = load.filter((point) => point.at >= at - lookBackMs && point.at <= at);
  const now = recent.at(-1)?.perSecond ?? 0;
  const low = recent.findLast(({ perSecond }) => perSecond < now * (1 - margins.constantLoadRatio));
  return low?.at ?? at;
}

function violations({
  latency,
  objectives,
  from,
  to,
}: Pick<AutoscalingObservations, "latency" | "objectives" | "from" | "to">): number | undefined {
  const limit = objectives?.p95Ms;
  if (latency === undefined || limit === undefined) return undefined;
  let ms = 0;
  latency.forEach(({ at, p95Ms }, index) => {
    const until = latency[index + 1]?.at ?? to;
    if (p95Ms > limit) ms += Math.max(0, until - Math.max(at, from));
  });
  return ms / 1000;
}
