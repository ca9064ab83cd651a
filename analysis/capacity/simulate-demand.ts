/**
 * Paths of demand, day by day: Brownian motion with drift, of the logarithm of use (compounding) or of use as a share of
 * today's (linear). The drift is drawn once a path, since it is not known. From a history, each path also draws its level,
 * how much its days vary, a yearly season and the noise of its months (`usage-model.ts`).
 *
 * A barrier may be crossed between two days that both end below it. The Brownian bridge between them does so with
 * probability exp(−2(b−x₀)(b−x₁)/σ²), and when it does, τ/(1−τ) is inverse Gaussian; past the horizon the rest of the
 * way is one inverse-Gaussian draw. Crossing times are therefore those of the continuous motion, whatever the step.
 * @see Glasserman (2004), Monte Carlo Methods in Financial Engineering, 6.4; Chhikara & Folks (1989)
 */
import { interpolatedQuantile } from "../../src/domain/sorted-quantile.ts";
import { daysPerMonth } from "./growth.ts";
import type { GrowthForm, Quantiles } from "../../src/domain/capacity-plan.ts";
import { inverseGaussian, namedUniform, normals, stratifiedNormals } from "./random.ts";
import { drawUsage, growthAhead, monthOfYear, type UsageModel } from "./usage-model.ts";

/** What a stated growth is taken to be: its drift, how well that is known, and how much single months differ. */
export interface DriftBelief {
  readonly form: GrowthForm;
  /** Per day; see `dailyDrift`. */
  readonly drift: number;
  /** Standard error of the drift, per day, ≥ 0. */
  readonly driftError: number;
  /** Standard deviation per √day, ≥ 0. */
  readonly volatility: number;
}

/** What a history says of use and its growth. */
export interface MeasuredBelief {
  readonly form: "measured";
  readonly model: UsageModel;
  /** Months from the middle of the newest measured month to the start, ≥ 0. */
  readonly monthsSince: number;
  /** ln of today's use in the unit of the history. Absent: today's use is not the history's, and paths begin at it. */
  readonly logToday: number | undefined;
}

export type DemandBelief = DriftBelief | MeasuredBelief;

/** A stretch of days on which demand is a multiple of what it would be. */
export interface DemandSpike {
  /** Days from the start, whole, ≥ 0. */
  readonly fromDay: number;
  readonly toDay: number;
  /** > 0. */
  readonly factor: number;
}

export interface SimulationOptions {
  readonly paths: number;
  readonly months: number;
  readonly seed: number;
  /** Names the stream of draws. */
  readonly name: string;
  readonly spikes?: readonly DemandSpike[];
  /** Whole days at which the use of every path is wanted; beyond the horizon, that at the horizon. */
  readonly days?: readonly number[];
}

export interface SimulatedDemand {
  /** Per barrier: days until each path crosses it, unsorted; Infinity where it never does. */
  readonly crossings: readonly Float64Array[];
  /** Per month from 0 (today) to the horizon: use of each path as a multiple of today's. */
  readonly factors: readonly Float64Array[];
  /** The same at each of `days`; spikes are in neither of both. */
  readonly onDays: readonly Float64Array[];
}

/** Bridges whose crossing is rarer than e⁻⁴⁰ are not drawn. */
const rarestBridge = 40;

/** @param multiples of today's use to be crossed, ascending; those ≤ 1 are crossed today */
export function simulateDemand(
  belief: DemandBelief,
  multiples: readonly number[],
  options: SimulationOptions,
): SimulatedDemand {
  const { paths, months } = options;
  const uniform = namedUniform(options.seed, options.name);
  const normal = normals(uniform);
  const isLog = belief.form !== "linear";
  const barriers = multiples.map((multiple) => (isLog ? Math.log(multiple) : multiple - 1));
  const crossings = barriers.map(() => new Float64Array(paths));
  const factors = Array.from({ length: months + 1 }, () => new Float64Array(paths).fill(1));
  const horizon = Math.ceil(months * daysPerMonth);
  const draws =
    belief.form === "measured"
      ? measuredPaths(belief, { paths, horizon, uniform, normal })
      : statedPaths(belief, paths, uniform);
  const spans = spansOf(barriers, expectedDrift(belief), horizon);
  const ends = spans.map(() => stratifiedNormals(paths, uniform));
  const steps = new Float64Array(horizon);
  const spiked = spikeFactors(options.spikes ?? [], horizon);
  const days = (options.days ?? []).map((day) => Math.min(day, horizon));
  const onDays = days.map(() => new Float64Array(paths).fill(1));
  const isWanted = new Uint8Array(horizon + 1);
  for (const day of days) isWanted[day] = 1;
  const offsetOf = monthsByDay(belief, horizon);

  for (let path = 0; path < paths; path++) {
    const { start, drift, sigma, dampingPerDay, offsets, peak } = draws(path);
    const variance = sigma * sigma;
    let next = 0;
    while (next < barriers.length && (barriers[next] ?? 0) <= 0) next++;
    if (sigma > 0) drawSteps(steps, spans, (span) => ends[span]?.[path] ?? 0, normal);
    let x = start;
    let month = 1;
    let driftOfDay = drift;
    for (let day = 1; day <= horizon; day++) {
      const before = x;
      x += driftOfDay + sigma * (steps[day - 1] ?? 0);
      const offset = offsets?.[offsetOf[day] ?? 0] ?? 0;
      if (next < barriers.length) {
        const spike = spiked[day - 1] ?? 1;
        let barrier = lowered(barriers[next] ?? Infinity, spike, isLog) - offset;
        let bridge = -1;
        let earliest = 0;
        for (;;) {
          // A spike begins with its day: who stands above the lowered barrier then crosses it at once.
          if (x < barrier && before < barrier) {
            const exponent = (2 * (barrier - before) * (barrier - x)) / variance;
            if (!(exponent < rarestBridge)) break;
            if (bridge < 0) bridge = uniform();
            // The same draw for every barrier of this day: who crosses the higher one crossed the lower one.
            if (bridge >= Math.exp(-exponent)) break;
          }
          earliest = Math.max(
            earliest,
            bridgeTime(barrier - before, Math.abs(x - barrier), variance, normal, uniform),
          );
          const times = crossings[next];
          if (times !== undefined) times[path] = day - 1 + earliest;
          next++;
          if (next >= barriers.length) break;
          barrier = lowered(barriers[next] ?? Infinity, spike, isLog) - offset;
        }
      }
      // The value at a month's end is that of its last whole day, moved on by the drift of the part day.
      while (month <= months && day >= Math.floor(month * daysPerMonth)) {
        const at = x + offset + driftOfDay * (month * daysPerMonth - day);
        const values = factors[month];
        if (values !== undefined) values[path] = isLog ? Math.exp(at) : Math.max(0, 1 + at);
        month++;
      }
      if (isWanted[day] === 1) {
        for (let index = 0; index < days.length; index++) {
          const values = onDays[index];
          if (days[index] === day && values !== undefined)
            values[path] = isLog ? Math.exp(x + offset) : Math.max(0, 1 + x);
        }
      }
      driftOfDay *= dampingPerDay;
    }
    let elapsed = horizon;
    // Beyond the horizon, the best month of each year gets there first.
    for (; next < barriers.length; next++) {
      const barrier = (barriers[next] ?? Infinity) - peak;
      elapsed += remainingTime(barrier - x, driftOfDay, variance, normal, uniform);
      x = barrier;
      const times = crossings[next];
      if (times !== undefined) times[path] = elapsed;
    }
  }
  return { crossings, factors, onDays };
}

/** Where a barrier stands while demand is a multiple of what it would be. */
function lowered(barrier: number, spike: number, isLog: boolean): number {
  if (spike === 1) return barrier;
  return isLog ? barrier - Math.log(spike) : (1 + barrier) / spike - 1;
}

/** By day from 0: what demand is multiplied by. Spikes that overlap multiply. */
function spikeFactors(spikes: readonly DemandSpike[], horizon: number): Float64Array {
  const factors = new Float64Array(horizon).fill(1);
  for (const { fromDay, toDay, factor } of spikes)
    for (let day = Math.max(0, fromDay); day < Math.min(horizon, toDay); day++)
      factors[day] = (factors[day] ?? 1) * factor;
  return factors;
}

/**
 * Ends of the spans (days) whose sums are stratified: where the barriers are likely crossed. Less noise for the same paths.
 */
function spansOf(barriers: readonly number[], drift: number, horizon: number): readonly number[] {
  const expected = barriers
    .filter((barrier) => barrier > 0 && drift > 0)
    .map((barrier) => Math.round(barrier / drift))
    .filter((day) => day > 0 && day < horizon);
  return [...new Set([...expected, horizon])];
}

/** Fills in standard normal steps whose sum over each span is the drawn one: a Brownian bridge between span ends. */
function drawSteps(
  steps: Float64Array,
  spans: readonly number[],
  endOf: (span: number) => number,
  normal: () => number,
): void {
  let from = 0;
  for (const [span, to] of spans.entries()) {
    let sum = 0;
    for (let day = from; day < to; day++) {
      const z = normal();
      steps[day] = z;
      sum += z;
    }
    const days = to - from;
    const shift = (Math.sqrt(days) * endOf(span) - sum) / days;
    for (let day = from; day < to; day++) steps[day] = (steps[day] ?? 0) + shift;
    from = to;
  }
}

/** What one path goes on with. */
interface PathDraw {
  /** Where it starts, above today's use. */
  readonly start: number;
  /** Per day, and what is left of it after a day. */
  readonly drift: number;
  readonly dampingPerDay: number;
  /** Per √day. */
  readonly sigma: number;
  /** Season and noise by month since the newest measured one. Absent: none. */
  readonly offsets: Float64Array | undefined;
  /** Season of the highest month. */
  readonly peak: number;
}

function statedPaths(
  { drift, driftError, volatility }: DriftBelief,
  paths: number,
  uniform: () => number,
): (path: number) => PathDraw {
  const drifts = stratifiedNormals(paths, uniform).map((z) => drift + driftError * z);
  return (path) => ({
    start: 0,
    drift: drifts[path] ?? drift,
    dampingPerDay: 1,
    sigma: volatility,
    offsets: undefined,
    peak: 0,
  });
}

/** @returns draws that are the same however often a path is asked for */
function measuredPaths(
  { model, monthsSince, logToday }: MeasuredBelief,
  {
    paths,
    horizon,
    uniform,
    normal,
  }: {
    readonly paths: number;
    readonly horizon: number;
    readonly uniform: () => number;
    readonly normal: () => number;
  },
): (path: number) => PathDraw {
  const count = Math.round(monthsSince + horizon / daysPerMonth) + 1;
  const draws = drawUsage(model, paths, uniform, normal).map((draw): PathDraw => {
    const { damping, changeSigma, noiseSigma, season, growth, level } = draw;
    const grown = growth * dampedMonths(damping, monthsSince);
    const atStart = level + grown + changeSigma * Math.sqrt(monthsSince) * normal();
    const seasonOf = (month: number): number => season?.[monthOfYear(model.lastMonth + month)] ?? 0;
    // A level that is not the history's is one with the season of its month.
    const [start, base] = logToday === undefined ? [0, seasonOf(0)] : [atStart - logToday, 0];
    const offsets = Float64Array.from({ length: count }, (_, month) =>
      month === 0 ? -start : seasonOf(month) - base + noiseSigma * normal(),
    );
    const dampingPerDay = damping ** (1 / daysPerMonth);
    return {
      start,
      drift: (growth * damping ** monthsSince) / dampedMonths(dampingPerDay, daysPerMonth),
      dampingPerDay,
      sigma: changeSigma / Math.sqrt(daysPerMonth),
      offsets,
      peak: season === undefined ? 0 : Math.max(...season) - base,
    };
  });
  return (path) => {
    const draw = draws[path];
    if (draw === undefined) throw new RangeError(`there is no path ${path}`);
    return draw;
  };
}

/** 1 + φ + φ² + … over so many months, not necessarily whole. */
const dampedMonths = (damping: number, months: number): number =>
  damping === 1 ? months : (1 - damping ** months) / (1 - damping);

/** By day from 0: months since the middle of the newest measured one, rounded. */
function monthsByDay(belief: DemandBelief, horizon: number): Uint16Array {
  const since = belief.form === "measured" ? belief.monthsSince : 0;
  return Uint16Array.from({ length: horizon + 1 }, (_, day) =>
    Math.round(since + day / daysPerMonth),
  );
}

const expectedDrift = (belief: DemandBelief): number =>
  belief.form === "measured" ? growthAhead(belief.model).point / daysPerMonth : belief.drift;

/** When, within its day, a bridge that crosses does so: 0..1. @param above how far its end lies from the barrier */
function bridgeTime(
  below: number,
  above: number,
  variance: number,
  normal: () => number,
  uniform: () => number,
): number {
  if (below <= 0) return 0;
  const mean = above === 0 ? Infinity : below / above;
  const odds = inverseGaussian(
    mean,
    variance === 0 ? Infinity : (below * below) / variance,
    normal,
    uniform,
  );
  return odds === Infinity ? 1 : odds / (1 + odds);
}

/** Days from the horizon to the barrier; a motion that drifts away gets there with probability exp(2μb/σ²) at most. */
function remainingTime(
  distance: number,
  drift: number,
  variance: number,
  normal: () => number,
  uniform: () => number,
): number {
  if (distance <= 0) return 0;
  if (variance === 0) return drift > 0 ? distance / drift : Infinity;
  if (drift < 0 && uniform() >= Math.exp((2 * drift * distance) / variance)) return Infinity;
  const mean = drift === 0 ? Infinity : distance / Math.abs(drift);
  return inverseGaussian(mean, (distance * distance) / variance, normal, uniform);
}

export function quantilesOf(values: Float64Array): Quantiles {
  const ordered = values.toSorted();
  return {
    p10: interpolatedQuantile(ordered, 0.1),
    p50: interpolatedQuantile(ordered, 0.5),
    p90: interpolatedQuantile(ordered, 0.9),
  };
}
