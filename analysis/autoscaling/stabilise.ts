/**
 * Stabilisation: a decision looks back over a window of earlier recommendations. It is not a cool-down: nothing waits,
 * the most careful recommendation of the window counts. After `stabilizeRecommendation*` of the controller (v1.36).
 */
import type { CompleteBehaviour } from "./behaviour.ts";
import type { Recommendation } from "./types.ts";

export interface Stabilised {
  readonly replicas: number;
  readonly recommendations: readonly Recommendation[];
}

/** Puts the newest recommendation in the place of an outdated one (the last of them), else at the end. */
function store(
  recommendations: readonly Recommendation[],
  latest: Recommendation,
  isOutdated: (at: number) => boolean,
): readonly Recommendation[] {
  const place = recommendations.findLastIndex(({ at }) => isOutdated(at));
  return place === -1 ? [...recommendations, latest] : recommendations.with(place, latest);
}

/** Without `behavior`: the highest recommendation of the last `downscaleStabilisationMs`, its far end included. */
export function stabiliseLegacy(
  desired: number,
  recommendations: readonly Recommendation[],
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): Stabilised {
  const cutoff = now - windowMs;
  let replicas = desired;
  for (const { at, replicas: earlier } of recommendations)
    if (at >= cutoff && earlier > replicas) replicas = earlier;
  const latest = { replicas: desired, at: now };
  return { replicas, recommendations: store(recommendations, latest, (at) => at < cutoff) };
}

/**
 * With `behavior`: up only as far as the lowest, down only as far as the highest recommendation younger than the
 * window of that direction. Exactly as old as the window no longer counts, yet is not reused either.
 */
export function stabilise(
  { currentReplicas, desired }: { readonly currentReplicas: number; readonly desired: number },
  recommendations: readonly Recommendation[],
  { now, behaviour }: { readonly now: number; readonly behaviour: CompleteBehaviour },
): Stabilised {
  const upCutoff = now - behaviour.scaleUp.stabilisationMs;
  const downCutoff = now - behaviour.scaleDown.stabilisationMs;
  let lowest = desired;
  let highest = desired;
  for (const { at, replicas } of recommendations) {
    if (at > upCutoff) lowest = Math.min(lowest, replicas);
    if (at > downCutoff) highest = Math.max(highest, replicas);
  }
  const latest = { replicas: desired, at: now };
  return {
    replicas: Math.min(Math.max(currentReplicas, lowest), highest),
    recommendations: store(recommendations, latest, (at) => at < upCutoff && at < downCutoff),
  };
}
