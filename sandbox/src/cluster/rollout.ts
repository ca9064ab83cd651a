/** The deployment controller's arithmetic: how many pods of the new version to start, how many of the old ones to end. */

/** Of the platform's chart, and Kubernetes' default: 25 %. */
const share = 0.25;

export interface RolloutState {
  readonly size: number;
  /** Pods of the present version and of earlier ones. */
  readonly current: number;
  readonly earlier: number;
  /** Of all of them. */
  readonly ready: number;
  /** Of earlier versions, those that are not. */
  readonly earlierUnready: number;
}

export interface RolloutStep {
  readonly start: number;
  /** Of the present version, where the size has shrunk. */
  readonly endCurrent: number;
  /** Of earlier versions, those that are not ready first. */
  readonly endEarlier: number;
}

/** At most 25 % more pods than the size (rounded up), at most 25 % fewer ready ones (rounded down). */
export function nextStep(state: RolloutState): RolloutStep {
  const { size, current, earlier, ready, earlierUnready } = state;
  const most = size + Math.ceil(size * share);
  const least = size - Math.floor(size * share);
  return {
    start: Math.max(0, Math.min(size - current, most - current - earlier)),
    endCurrent: Math.max(0, current - size),
    endEarlier: Math.min(earlier, earlierUnready + Math.max(0, ready - least)),
  };
}

/** What a disruption budget of 25 % lets go at a time: rounded up, as Kubernetes does for budgets. */
export const mayBeDisrupted = (size: number, ready: number): boolean =>
  ready - 1 >= size - Math.ceil(size * share);

/** `progressDeadlineSeconds`, cluster time. */
export const progressDeadlineMs = 600_000;
