import { formatApart, inSentence, percent } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { AbortRule, Phase } from "../../src/domain/profile.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { isUserRequest, type Window, type WindowRecord } from "../../src/domain/window.ts";
import { surfaceNoun } from "../phrases.ts";

/** A rule that was broken, and how. `at`: end of the span that broke it, epoch milliseconds. */
export interface Alarm {
  readonly rule: AbortRule;
  readonly message: string;
  readonly at: number;
}

export interface AbortWatch {
  /** Takes windows as they come, in any order within a few seconds. @returns the first rule that they break */
  readonly see: (record: WindowRecord) => Alarm | undefined;
}

/** Fewer requests in the span of a rule never end a run, and silence does not either. */
const minimumRequests = 20;
/** "For 30 s" means in each sixth of the 30 s: neither a burst nor a silence is a reason to stop. */
const mostSlices = 6;

/**
 * Watches a run for rules such as `p95 of api > 500 ms for 30 s`. A rule counts users' HTTP requests (reads, writes,
 * documents; neither assets nor sign-ins) of one surface, or of each surface by itself where it says "any". It is broken
 * where its value lies above the limit over the whole span and in every sixth of it.
 * @param phases of the plan: requests of its warm-up phases are looked at by rules that say so
 */
export function createAbortWatch(
  rules: readonly AbortRule[],
  phases: readonly Phase[] = [],
): AbortWatch {
  const warmUps = new Set(phases.filter(({ kind }) => kind === "warm-up").map(({ name }) => name));
  const counted = new RulesWatch(rules.filter((rule) => !isEarly(rule)));
  const whole = new RulesWatch(rules.filter(isEarly));

  return {
    see(record) {
      if (!isWatched(record)) return undefined;
      const early = whole.see(record);
      return (warmUps.has(record.phase) ? undefined : counted.see(record)) ?? early;
    },
  };
}

const isEarly = ({ isInWarmUp }: AbortRule): boolean => isInWarmUp === true;

/** Rules that look at the same requests. */
class RulesWatch {
  readonly #rules: readonly AbortRule[];
  readonly #tracks: ReadonlyMap<Surface, Track>;

  constructor(rules: readonly AbortRule[]) {
    const longestMs = Math.max(0, ...rules.map(({ forMs }) => forMs));
    this.#rules = rules;
    this.#tracks = new Map(surfaces.map((surface) => [surface, new Track(longestMs)]));
  }

  see(window: Window): Alarm | undefined {
    const track = this.#tracks.get(window.surface);
    if (this.#rules.length === 0 || track === undefined) return undefined;
    // A second is judged once the next one has begun, when its windows are together.
    return track.add(window)
      ? firstAlarm(this.#rules, window.surface, track, window.at)
      : undefined;
  }
}

const isWatched = (record: WindowRecord): record is Window =>
  record.type === "window" && record.endpoint === undefined && isUserRequest(record);

/** The last seconds of one surface. */
class Track {
  readonly #seconds = new Map<number, Histogram>();
  readonly #keepMs: number;
  #newest = -Infinity;
  /** Start of the first second seen. */
  first = Infinity;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** @returns whether the window opens a new second */
  add({ at, histogram }: Window): boolean {
    const second = this.#seconds.get(at) ?? new Histogram();
    this.#seconds.set(at, second.merge(Histogram.fromJSON(histogram)));
    this.first = Math.min(this.first, at);
    if (at <= this.#newest) return false;
    this.#newest = at;
    for (const old of this.#seconds.keys()) {
      if (old < at - this.#keepMs) this.#seconds.delete(old);
    }
    return true;
  }

  /** Everything in [from, to), epoch milliseconds. */
  between(from: number, to: number): Histogram {
    const inside = [...this.#seconds].filter(([at]) => at >= from && at < to);
    return Histogram.merged(inside.map(([, histogram]) => histogram));
  }
}

function firstAlarm(
  rules: readonly AbortRule[],
  surface: Surface,
  track: Track,
  now: number,
): Alarm | undefined {
  for (const rule of rules) {
    if (rule.surface !== "any" && rule.surface !== surface) continue;
    const value = brokenBy(rule, track, now);
    if (value !== undefined) return { rule, message: messageOf(rule, surface, value), at: now };
  }
  return undefined;
}

/** @returns the value over the whole span, where the rule is broken */
function brokenBy(rule: AbortRule, track: Track, now: number): number | undefined {
  const from = now - rule.forMs;
  if (track.first > from) return undefined;
  const whole = track.between(from, now);
  if (whole.count < minimumRequests || !isAbove(rule, whole)) return undefined;
  const slices = Math.max(1, Math.min(mostSlices, Math.floor(rule.forMs / 1000)));
  for (let slice = 0; slice < slices; slice++) {
    const start = from + (slice * rule.forMs) / slices;
    if (!isAbove(rule, track.between(start, start + rule.forMs / slices))) return undefined;
  }
  return valueOf(rule, whole);
}

function isAbove(rule: AbortRule, histogram: Histogram): boolean {
  const value = valueOf(rule, histogram);
  return value !== undefined && value > rule.above;
}

const valueOf = (rule: AbortRule, histogram: Histogram): number | undefined =>
  rule.metric === "p95"
    ? histogram.quantile(0.95)
    : histogram.count === 0
      ? undefined
      : histogram.infinite / histogram.count;

function messageOf(rule: AbortRule, surface: Surface, value: number): string {
  const span = formatDuration(rule.forMs);
  const noun = surfaceNoun[surface];
  if (rule.metric === "errorRatio") {
    return `${formatApart(value, rule.above, "ratio")} of the requests to ${noun} failed over ${span} (limit ${percent(rule.above)})`;
  }
  const found =
    value === Infinity
      ? "unbounded, with more than 5 % failed,"
      : formatApart(value, rule.above, "ms");
  return `p95 of ${noun} was ${found} over ${span} (limit ${inSentence(rule.above, "ms")})`;
}
