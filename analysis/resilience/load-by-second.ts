import { Histogram } from "../../src/domain/histogram.ts";
import { isJudgedByLatency, latencyLimitMs } from "../../src/domain/latency-objective.ts";
import type { RunData } from "../../src/domain/run.ts";
import { surfaces, type PerSurface } from "../../src/domain/surface.ts";
import { isOutsideLoad, isUserRequest } from "../../src/domain/window.ts";
import { binomialCdf } from "../statistics/binomial.ts";

/** Values, and those of them that miss what is asked of them. */
export interface Hits {
  readonly count: number;
  readonly hits: number;
}

/** What users got in one second, by the end of their requests. */
export interface LoadSecond {
  /** Its start, epoch milliseconds. */
  readonly at: number;
  /** All surfaces; requests that were never sent count as failed. */
  readonly failures: Hits;
  /** Values that the p95 objective judges, and those beyond it. */
  readonly slow: PerSurface<Hits>;
}

const add = (sum: { count: number; hits: number }, count: number, hits: number): void => {
  sum.count += count;
  sum.hits += hits;
};

/** Every whole second between two instants, also those in which nothing was answered. */
export function loadBySecond(
  { windows, run: { plan } }: RunData,
  from: number,
  to: number,
): readonly LoadSecond[] {
  const first = Math.ceil(from / 1000);
  const length = Math.max(0, Math.floor(to / 1000) - first);
  const seconds = Array.from({ length }, (_, index) => ({
    at: (first + index) * 1000,
    failures: { count: 0, hits: 0 },
    slow: {
      web: { count: 0, hits: 0 },
      api: { count: 0, hits: 0 },
      subgraph: { count: 0, hits: 0 },
    },
  }));
  const perIteration = requestsPerIteration(windows);
  for (const window of windows) {
    const second = seconds[Math.floor(window.at / 1000) - first];
    if (second === undefined || isOutsideLoad(window)) continue;
    if (window.type === "flow") {
      const unsent = window.dropped * perIteration;
      add(second.failures, unsent, unsent);
      continue;
    }
    if (window.endpoint !== undefined) continue;
    const { histogram, surface } = window;
    if (isUserRequest(window)) add(second.failures, histogram.count, histogram.infinite);
    if (isJudgedByLatency(window)) {
      const above = Histogram.fromJSON(histogram).countAbove(
        latencyLimitMs(plan.objectives, surface),
      );
      add(second.slow[surface], histogram.count, above);
    }
  }
  return seconds;
}

function requestsPerIteration(windows: RunData["windows"]): number {
  let iterations = 0;
  let requests = 0;
  for (const window of windows)
    if (window.type === "flow") {
      iterations += window.completed;
      requests += window.requests;
    }
  return iterations === 0 ? 1 : requests / iterations;
}

export const sumOf = (all: readonly Hits[]): Hits => ({
  count: all.reduce((sum, { count }) => sum + count, 0),
  hits: all.reduce((sum, { hits }) => sum + hits, 0),
});

/** P(at least so many hits) if each value is one with that chance. */
export const tail = ({ count, hits }: Hits, chance: number): number =>
  hits <= 0 ? 1 : 1 - binomialCdf(Math.round(hits) - 1, Math.round(count), chance);

/** Lengths of the stretches that are looked at, seconds: a burst shows in short ones, a small share in long ones. */
const stretches = [1, 2, 5, 10, 20, 30];
/** Of one stretch by chance alone. */
const byChance = 1e-5;
/** What a p95 allows. */
export const slowAllowed = 0.05;

/** The largest share of hits that a baseline leaves likely: three more than there were. */
const likelyShare = ({ count, hits }: Hits): number => Math.min(1, (hits + 3) / Math.max(count, 1));

/**
 * Is a second worse than the time without events: more failures than it explains, p95 beyond its objective, or no answer?
 * @param index of the second, @param from of the first second that may be looked at
 */
export function isDisturbed(
  seconds: readonly LoadSecond[],
  index: number,
  { from, quiet }: { readonly from: number; readonly quiet: readonly LoadSecond[] },
): boolean {
  const second = seconds[index];
  if (second === undefined) return false;
  const usual = sumOf(quiet.map(({ failures }) => failures));
  if (second.failures.count === 0) return usual.count / Math.max(1, quiet.length) >= 5;
  const isWorse = (of: (each: LoadSecond) => Hits, allowed: number): boolean => {
    const own = of(second);
    const share = Math.max(allowed, likelyShare(sumOf(quiet.map(of))));
    if (own.hits <= 0 || (allowed > 0 && own.hits <= own.count * allowed)) return false;
    return stretches.some((length) => {
      const start = Math.max(from, index - length + 1);
      return tail(sumOf(seconds.slice(start, index + 1).map(of)), share) < byChance;
    });
  };
  return (
    isWorse(({ failures }) => failures, 0) ||
    surfaces.some((surface) => isWorse(({ slow }) => slow[surface], slowAllowed))
  );
}
