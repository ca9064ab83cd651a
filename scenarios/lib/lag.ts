/**
 * How late an iteration started: an arrival that waits for the generator waits for its answer too, and a
 * measurement without it reports too low latencies (coordinated omission).
 */
import type { PlannedArrivals } from "../../src/domain/plan.ts";
import { intendedStartMs } from "../../src/domain/schedule.ts";
import type { ArrivalRamp } from "../../src/domain/schedule.ts";
import { perSecond } from "../../src/domain/units.ts";
import type { PerSecond } from "../../src/domain/units.ts";

/** k6 takes whole numbers of iterations per time unit: a long unit gives a fine rate (10⁻⁶ per second). */
export const timeUnitSeconds = 1_000_000;

/** @returns iterations per `timeUnitSeconds`, a whole number */
export const toK6Rate = (rate: PerSecond): number => Math.round(rate * timeUnitSeconds);

export const isConstant = (arrivals: PlannedArrivals): boolean =>
  toK6Rate(arrivals.fromPerSecond) === toK6Rate(arrivals.toPerSecond);

/**
 * The rates that k6 really makes of a plan: rounded to its unit and, at a constant rate, with the distance of
 * two arrivals cut to whole nanoseconds (28 ms in eight hours at 1,500/s).
 */
export function executedRamp(arrivals: PlannedArrivals): ArrivalRamp {
  const { durationMs } = arrivals;
  const from = toK6Rate(arrivals.fromPerSecond);
  if (!isConstant(arrivals)) {
    const to = toK6Rate(arrivals.toPerSecond);
    return {
      fromPerSecond: perSecond(from / timeUnitSeconds),
      toPerSecond: perSecond(to / timeUnitSeconds),
      durationMs,
    };
  }
  const rate = perSecond(from === 0 ? 0 : 1e9 / Math.floor((timeUnitSeconds * 1e9) / from));
  return { fromPerSecond: rate, toPerSecond: rate, durationMs };
}

/** Looked up once: k6's interpreter searches a global by its name each time. */
const { floor, max, min } = Math;

/** How long what was skipped is remembered. */
const bucketMs = 2000;

/**
 * Lag of the iterations that one virtual user starts in one k6 scenario.
 *
 * k6 numbers the iterations it starts, not the arrivals it planned: after d dropped iterations number k belongs to
 * arrival k + d, and lag counted from arrival k would stay d arrivals too large to the end of the phase. d is unknown;
 * it is at least
 *  - the arrivals behind that were due before this user became idle: an arrival is dropped only while all users
 *    are busy, and starts immediately while one is idle, unless the generator itself is late;
 *  - the fewest arrivals that this user was behind in the last 2 to 4 s: drops hold every later start back, a stall of
 *    the generator passes. (A generator that is behind all of that time shows as a lack of CPU, judged apart.)
 */
export class LagClock {
  readonly #ramp: ArrivalRamp;
  /** Arrivals per millisecond, and half of what that grows by in one. */
  readonly #from: number;
  readonly #halfRise: number;
  /** k6's ramping executor starts number k when k + 1 arrivals are due, its constant one when k are. */
  readonly #first: number;
  /** Of so many arrivals one is this runner's: that is how k6 numbers iterations over all of them. */
  readonly #runners: number;
  #dropped = 0;
  #bucketStartMs = 0;
  #fewest = Number.POSITIVE_INFINITY;
  /** None: arrivals are dropped only once every user has had one. */
  #fewestBefore = 0;

  constructor(arrivals: PlannedArrivals, runners = 1) {
    this.#ramp = executedRamp(arrivals);
    const { fromPerSecond: from, toPerSecond: to, durationMs } = this.#ramp;
    this.#from = from / 1000;
    this.#halfRise = (to - from) / 1000 / durationMs / 2;
    this.#first = isConstant(arrivals) ? 0 : 1;
    this.#runners = runners;
  }

  /**
   * @param index k6's number of the iteration in its scenario, from 0
   * @param elapsedMs since the scenario started
   * @param idleMs since this user's last answer; Infinity in its first iteration    @returns milliseconds ≥ 0
   */
  lagMs(index: number, elapsedMs: number, idleMs: number): number {
    const arrival = index + this.#first;
    const due = this.#dueBy(elapsedMs);
    const behind = due < arrival + this.#runners ? 0 : this.#ownBetween(arrival, due);
    const fewest = this.#fewestLately(behind, elapsedMs);
    // Mostly it is the newest arrival.
    this.#dropped =
      behind === 0
        ? 0
        : min(behind, max(this.#dropped, fewest, this.#beforeIdle(arrival, elapsedMs - idleMs)));
    const intended = intendedStartMs(this.#ramp, arrival + this.#dropped * this.#runners);
    return Number.isFinite(intended) ? max(0, elapsedMs - intended) : 0;
  }

  /** Arrivals of this runner between one of them and what is due at a moment. */
  #ownBetween(arrival: number, due: number): number {
    return floor((due - arrival) / this.#runners);
  }

  /** As many were due when this user became idle, and the one that starts here after them. */
  #beforeIdle(arrival: number, idleFromMs: number): number {
    return this.#ownBetween(arrival, this.#dueBy(max(0, idleFromMs))) + 1;
  }

  #fewestLately(behind: number, elapsedMs: number): number {
    if (elapsedMs - this.#bucketStartMs > bucketMs) {
      this.#bucketStartMs = elapsedMs;
      this.#fewestBefore = this.#fewest;
      this.#fewest = behind;
    } else this.#fewest = min(this.#fewest, behind);
    return min(this.#fewest, this.#fewestBefore);
  }

  /** Arrivals due after that time: the area under the rate. The inverse of `intendedStartMs`. */
  #dueBy(elapsedMs: number): number {
    const time = min(elapsedMs, this.#ramp.durationMs);
    return (this.#from + this.#halfRise * time) * time;
  }
}
