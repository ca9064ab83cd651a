/**
 * Rate limits: how far one decision may go. Policies only limit, they never speed anything up. After
 * `convertDesiredReplicasWith*` and `storeScaleEvent` of the controller (v1.36).
 */
import type { CompleteBehaviour, CompleteRules } from "./behaviour.ts";
import { maxInt32, toInt32 } from "./go-numbers.ts";
import type { ControllerConfig, ScaleEvent, ScalingPolicy } from "./types.ts";

export type LimitReason =
  | "DesiredWithinRange"
  | "TooManyReplicas"
  | "TooFewReplicas"
  | "ScaleUpLimit"
  | "ScaleDownLimit";

export interface Limited {
  readonly replicas: number;
  readonly reason: LimitReason;
  /** The policy whose limit was applied; absent where none was. */
  readonly policy?: ScalingPolicy;
}

export const limitMessages: Readonly<Record<LimitReason, string>> = {
  DesiredWithinRange: "the desired count is within the acceptable range",
  TooManyReplicas: "the desired replica count is more than the maximum replica count",
  TooFewReplicas: "the desired replica count is less than the minimum replica count",
  ScaleUpLimit: "the desired replica count is increasing faster than the maximum scale rate",
  ScaleDownLimit: "the desired replica count is decreasing faster than the maximum scale rate",
};

export interface SizeQuestion {
  readonly currentReplicas: number;
  /** After stabilisation. */
  readonly desired: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

export interface ScaleEvents {
  readonly scaleUpEvents: readonly ScaleEvent[];
  readonly scaleDownEvents: readonly ScaleEvent[];
}

/** Without `behavior`: between min and max, and no further up than max(factor × current, minimum) in one step. */
export function limitLegacy(
  { currentReplicas, desired, minReplicas, maxReplicas }: SizeQuestion,
  controller: Pick<ControllerConfig, "scaleUpLimitFactor" | "scaleUpLimitMinimum">,
): Limited {
  const { scaleUpLimitFactor, scaleUpLimitMinimum } = controller;
  const stepLimit = toInt32(Math.max(scaleUpLimitFactor * currentReplicas, scaleUpLimitMinimum));
  if (desired < minReplicas) return { replicas: minReplicas, reason: "TooFewReplicas" };
  const limit = Math.min(maxReplicas, stepLimit);
  if (desired <= limit) return { replicas: desired, reason: "DesiredWithinRange" };
  return { replicas: limit, reason: maxReplicas > stepLimit ? "ScaleUpLimit" : "TooManyReplicas" };
}

/** With `behavior`: the policies of the direction, counting the changes of their periods in both directions. */
export function limitRate(
  { currentReplicas, desired, minReplicas, maxReplicas }: SizeQuestion,
  events: ScaleEvents,
  { now, behaviour }: { readonly now: number; readonly behaviour: CompleteBehaviour },
): Limited {
  if (desired > currentReplicas) {
    const { limit, policy } = rateLimit("up", currentReplicas, {
      events,
      rules: behaviour.scaleUp,
      now,
    });
    const reachable = Math.max(limit, currentReplicas);
    const byRate = maxReplicas > reachable;
    const allowed = byRate ? reachable : maxReplicas;
    if (desired > allowed) {
      if (!byRate) return { replicas: allowed, reason: "TooManyReplicas" };
      return { replicas: allowed, reason: "ScaleUpLimit", ...policy };
    }
  } else if (desired < currentReplicas) {
    const { limit, policy } = rateLimit("down", currentReplicas, {
      events,
      rules: behaviour.scaleDown,
      now,
    });
    const reachable = Math.min(limit, currentReplicas);
    const byRate = minReplicas < reachable;
    const allowed = byRate ? reachable : minReplicas;
    if (desired < allowed) {
      if (!byRate) return { replicas: allowed, reason: "TooFewReplicas" };
      return { replicas: allowed, reason: "ScaleDownLimit", ...policy };
    }
  }
  return { replicas: desired, reason: "DesiredWithinRange" };
}

interface RateLimit {
  readonly limit: number;
  readonly policy?: { readonly policy: ScalingPolicy };
}

/** Changes of the last `periodSeconds`; one that is exactly that old no longer counts. */
export function changeWithin(
  events: readonly ScaleEvent[],
  periodSeconds: number,
  now: number,
): number {
  const cutoff = now - periodSeconds * 1000;
  let change = 0;
  for (const { at, replicas } of events) if (at > cutoff) change += replicas;
  return change;
}

/** The size at the start of a policy's period, reckoned back from now. */
export function periodStart(
  currentReplicas: number,
  { scaleUpEvents, scaleDownEvents }: ScaleEvents,
  { periodSeconds, now }: { readonly periodSeconds: number; readonly now: number },
): number {
  const added = changeWithin(scaleUpEvents, periodSeconds, now);
  const removed = changeWithin(scaleDownEvents, periodSeconds, now);
  return currentReplicas - added + removed;
}

/** `Min` takes the smallest change: the lowest limit upwards, the highest downwards. */
function rateLimit(
  way: "up" | "down",
  current: number,
  {
    events,
    rules,
    now,
  }: { readonly events: ScaleEvents; readonly rules: CompleteRules; readonly now: number },
): RateLimit {
  if (rules.selectPolicy === "Disabled") return { limit: current };
  const takesHighest = (way === "down") === (rules.selectPolicy === "Min");
  let best: RateLimit = { limit: takesHighest ? -maxInt32 - 1 : maxInt32 };
  for (const policy of rules.policies) {
    const start = periodStart(current, events, { periodSeconds: policy.periodSeconds, now });
    const limit = limits[way](start, policy);
    if (takesHighest ? limit > best.limit : limit < best.limit)
      best = { limit, policy: { policy } };
  }
  return best;
}

/** Percentages round up on the way up, so that 1 % of 3 pods still allows one, and truncate on the way down. */
const limits = {
  up: (start: number, { type, value }: ScalingPolicy): number =>
    type === "Pods" ? start + value : toInt32(Math.ceil(start * (1 + value / 100))),
  down: (start: number, { type, value }: ScalingPolicy): number =>
    type === "Pods" ? start - value : toInt32(start * (1 - value / 100)),
};

/**
 * Remembers a change of size (a positive amount) in the list of its direction. Events older than the longest period
 * are marked, and the last marked one gives its place to the new one.
 */
export function storeScaleEvent(
  events: readonly ScaleEvent[],
  replicas: number,
  { now, rules }: { readonly now: number; readonly rules: Pick<CompleteRules, "policies"> },
): readonly ScaleEvent[] {
  const longest = Math.max(0, ...rules.policies.map(({ periodSeconds }) => periodSeconds));
  const cutoff = now - longest * 1000;
  const marked = events.map((event) => (event.at < cutoff ? { ...event, outdated: true } : event));
  const place = marked.findLastIndex(({ outdated }) => outdated);
  const latest: ScaleEvent = { replicas, at: now, outdated: false };
  return place === -1 ? [...marked, latest] : marked.with(place, latest);
}
