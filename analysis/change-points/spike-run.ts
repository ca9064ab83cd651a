import { median } from "simple-statistics";
import { binomialCdf } from "../statistics/binomial.ts";
import { minimumSegment, type Series } from "./energy.ts";

export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Beside the stretch, on the scale of the values. */
  readonly level: number;
  /** Distance that makes a spike. */
  readonly limit: number;
}

export interface SpikeRun {
  readonly start: number;
  readonly end: number;
  /** Indices of the spikes. */
  readonly away: readonly number[];
  /** Share of the other values that are spikes of this size, 0..1. */
  readonly spikeShare: number;
}

/** Values on each side that say what is normal at a place: longer than any run of spikes. */
const reach = 7;
/** Of all stretches of the series. Stretches are chosen for their clearness, so that far less than 0.01 is needed: bench/detect.ts. */
const acceptedChance = 0.003;
/** Share of a stretch that spikes make up: a change smaller than a spike has only some values as far off. */
const fewestSpikes = 2 / 3;
/** Steps of rounded values that no spike limit may be below: neighbours that are equal say nothing about the noise. */
const fewestSteps = 4;

/**
 * Whether a stretch off the level beside it, back afterwards or at an end of the series, is what spikes as large and as
 * frequent as those of the rest make by chance: n · P(Binomial(length, share as far off) ≥ k) > 0.003 for the distance of
 * the k-th value, for every k from two thirds of the stretch on.
 * @param values as measured @returns `undefined` where spikes do not explain it
 */
export function spikeRunAt(values: Series, stretch: Stretch): SpikeRun | undefined {
  const { start, end, level } = stretch;
  const limit = Math.max(stretch.limit, fewestSteps * smallestStep(values));
  if (!isLevelAround(values, stretch, limit)) return undefined;
  const sign = Math.sign(median([...values.subarray(start, end)]) - level);
  const distances = Array.from(values.subarray(start, end), (value) => sign * (value - level));
  const away = [...distances.keys()].filter((i) => (distances[i] ?? 0) > limit);
  const fewest = Math.ceil(fewestSpikes * distances.length);
  if (away.length < fewest) return undefined;
  const rest = distancesOutside(values, stretch, sign);
  if (rest.length < 2 * reach) return undefined;
  const chances = distances
    .toSorted((a, b) => b - a)
    .map((distance, i) => chanceOf(i + 1, distances.length, shareFrom(rest, distance)))
    .slice(fewest - 1);
  if (values.length * Math.min(...chances) <= acceptedChance) return undefined;
  return { start, end, away: away.map((i) => i + start), spikeShare: shareFrom(rest, limit) };
}

const chanceOf = (count: number, length: number, share: number): number =>
  1 - binomialCdf(count - 1, length, share);

const shareFrom = (distances: readonly number[], distance: number): number =>
  distances.filter((each) => each >= distance).length / Math.max(1, distances.length);

/** Of values that were rounded; next to nothing for others. */
function smallestStep(values: Series): number {
  const sorted = values.toSorted();
  const steps = Array.from(sorted.subarray(1), (value, i) => value - (sorted[i] ?? 0));
  return steps.reduce((least, step) => (step > 0 ? Math.min(least, step) : least), Infinity);
}

/** The values next to the stretch, where there are some, lie at the level. */
function isLevelAround(values: Series, { start, end, level }: Stretch, limit: number): boolean {
  const neighbours = [
    values.subarray(Math.max(0, start - minimumSegment), start),
    values.subarray(end, end + minimumSegment),
  ];
  return neighbours.every(
    (side) => side.length === 0 || Math.abs(median([...side]) - level) <= limit,
  );
}

/** How far the values outside the stretch lie off their surroundings, to the same side. */
const distancesOutside = (values: Series, { start, end }: Stretch, sign: number): number[] =>
  [...values.keys()]
    .filter((i) => i < start || i >= end)
    .map((i) => {
      const around = values.subarray(Math.max(0, i - reach), i + reach + 1);
      return sign * ((values[i] ?? 0) - median([...around]));
    });
