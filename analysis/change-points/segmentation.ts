/**
 * Where the level of a series changes: binary segmentation with the energy statistic, then overlapping short windows
 * for changes that went back. Every candidate is the best of many, so its p comes from the best of as many in
 * simulated noise.
 */
import type { Random } from "../../src/domain/random.ts";
import { bestBump, bestSplit, minimumSegment, type Bump, type Series } from "./energy.ts";
import { fitNoise, simulateNoise, type Noise } from "./noise.ts";

/** B: (0 + 1)/(199 + 1) = 0.005 is the smallest p there is. */
const replications = 199;
/** A candidate counts with p ≤ 0.01. */
const acceptedP = 0.01;
/** Longer series are cut into overlapping blocks: older nightly runs say little about last nightly run's noise. */
const blockLength = 120;
/** A change that went back within a month stands out against a month. */
const windowLength = 30;

export interface Cut {
  /** First value after the change. */
  readonly index: number;
  readonly p: number;
}

/** @param values one scale, spikes clipped @returns ascending */
export function findCuts(values: Series, random: Random): Cut[] {
  let cuts: readonly Cut[] = [];
  for (let start = 0; ; start += blockLength / 2) {
    const end = Math.min(values.length, start + blockLength);
    const isInside = ({ index }: Cut): boolean => index > start && index < end;
    const block = values.subarray(start, end);
    const known = cuts.filter(isInside).map(({ index, p }) => ({ index: index - start, p }));
    const found = findInBlock(block, known, random);
    cuts = [
      ...cuts.filter((cut) => !isInside(cut)),
      ...found.map(({ index, p }) => ({ index: index + start, p })),
    ].toSorted((a, b) => a.index - b.index);
    if (end === values.length) return [...cuts];
  }
}

function findInBlock(block: Series, known: readonly Cut[], random: Random): readonly Cut[] {
  let cuts = known;
  for (;;) {
    cuts = splitAll(block, cuts, random);
    const bump = findBump(block, cuts, random);
    if (bump === undefined) return cuts;
    cuts = added(cuts, bump);
  }
}

const added = (cuts: readonly Cut[], cut: Cut): Cut[] =>
  [...cuts, cut].toSorted((a, b) => a.index - b.index);

type Range = readonly [start: number, end: number];

/** The segments between cuts. */
function ranges(length: number, indices: readonly number[]): Range[] {
  return [0, ...indices].map((start, i) => [start, indices[i] ?? length] as const);
}

/** Splits segments for as long as one of them has a split that noise would not make. */
function splitAll(block: Series, known: readonly Cut[], random: Random): readonly Cut[] {
  let cuts = known;
  const open = ranges(
    block.length,
    known.map(({ index }) => index),
  );
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [start, end] = range;
    const candidate = bestSplit(block.subarray(start, end));
    if (candidate.index < 0) continue;
    const index = start + candidate.index;
    const noise = noiseAround(block, range, [...cuts.map((cut) => cut.index), index]);
    const simulated = new Float64Array(end - start);
    const p = significance(candidate.statistic, () => {
      simulateNoise(noise, random, simulated);
      return bestSplit(simulated).statistic;
    });
    if (p === undefined) continue;
    cuts = added(cuts, { index, p });
    open.push([start, index], [index, end]);
  }
  return cuts;
}

/** A month of its own values tells a segment's noise; a shorter one borrows from the whole block. */
function noiseAround(block: Series, [start, end]: Range, indices: readonly number[]): Noise {
  const segments = ranges(
    block.length,
    [...new Set(indices)].toSorted((a, b) => a - b),
  );
  const own =
    end - start < windowLength ? segments : segments.filter(([a, b]) => a >= start && b <= end);
  return fitNoise(own.map(([a, b]) => block.subarray(a, b)));
}

/** One test over all windows of all segments: the largest of them against the largest of as many in noise. */
function findBump(block: Series, cuts: readonly Cut[], random: Random): Cut | undefined {
  const windows = ranges(
    block.length,
    cuts.map(({ index }) => index),
  ).flatMap(windowsOf);
  const { index, end, statistic } = largestBump(block, windows);
  if (index < 0) return undefined;
  const noise = noiseAround(
    block,
    [0, 0],
    [...cuts.map((cut) => cut.index), index, end].filter((at) => at < block.length),
  );
  const simulated = new Float64Array(block.length);
  const p = significance(statistic, () => {
    simulateNoise(noise, random, simulated);
    return largestBump(simulated, windows).statistic;
  });
  return p === undefined ? undefined : { index, p };
}

/** Windows of 30 values, each half over the next. */
function windowsOf([start, end]: Range): Range[] {
  if (end - start < 2 * minimumSegment) return [];
  const windows: Range[] = [];
  for (let at = start; ; at += windowLength / 2) {
    windows.push([at, Math.min(end, at + windowLength)]);
    if (at + windowLength >= end) return windows;
  }
}

function largestBump(block: Series, windows: readonly Range[]): Bump {
  let largest: Bump = { index: -1, end: -1, statistic: -Infinity };
  for (const [start, stop] of windows) {
    const { index, end, statistic } = bestBump(block.subarray(start, stop));
    if (statistic > largest.statistic)
      largest = { index: start + index, end: start + end, statistic };
  }
  return largest;
}

/**
 * p = (1 + #{simulated ≥ observed})/(B + 1). Stops at the first replication that makes it too large.
 * @returns `undefined` above 0.01 @see Besag & Clifford (1991), Biometrika 78(2), on stopping early
 */
function significance(observed: number, simulate: () => number): number | undefined {
  const allowed = Math.floor(acceptedP * (replications + 1)) - 1;
  // Ties count against the change, also where only rounding separates them.
  const reached = observed * (1 - 1e-9);
  let exceeding = 0;
  for (let i = 0; i < replications; i++) {
    if (simulate() >= reached) exceeding += 1;
    if (exceeding > allowed) return undefined;
  }
  return (1 + exceeding) / (replications + 1);
}
