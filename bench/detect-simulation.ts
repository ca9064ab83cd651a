/** Seeded histories of 90 nights with known changes, and the counts of what a detector makes of them. */
import { median } from "simple-statistics";
import { detectChanges } from "../analysis/change-points/detect-changes.ts";
import { normal, seededRandom, type Random } from "../src/domain/random.ts";

export interface NoiseKind {
  readonly name: string;
  /** Correlation with the night before. */
  readonly phi: number;
  /** Share of nights with a spike. */
  readonly spikeShare: number;
  /** Student's t with three degrees of freedom, scaled to the same standard deviation. */
  readonly hasHeavyTails?: boolean;
  /** Factors by day of the week, from the first night on. */
  readonly week?: readonly number[];
  /** The runs come from one of two hosts: the second is slower by this factor. */
  readonly slowerHost?: number;
  /** Probability of staying on the host of the night before; 0.5 draws it each night. Default 0.5. */
  readonly staysOnHost?: number;
  /** Values in whole units at this level, instead of two decimals at 180. */
  readonly wholeUnitsAt?: number;
}

const plain = { phi: 0, spikeShare: 0 };
const weekend = (factor: number): readonly number[] => [1, 1, 1, 1, 1, factor, factor];
const sine = (swing: number): readonly number[] =>
  Array.from({ length: 7 }, (_, day) => 1 + swing * Math.sin((2 * Math.PI * day) / 7));

export const noiseKinds: readonly NoiseKind[] = [
  { ...plain, name: "independent" },
  { ...plain, name: "5 % spikes", spikeShare: 0.05 },
  { ...plain, name: "AR(1) 0.3", phi: 0.3 },
  { ...plain, name: "AR(1) 0.6", phi: 0.6 },
];

/** Series that real platforms have and that are no independent noise round one level. */
export const otherKinds: readonly NoiseKind[] = [
  { ...plain, name: "heavy tails (t3)", hasHeavyTails: true },
  { ...plain, name: "10 % spikes", spikeShare: 0.1 },
  { ...plain, name: "15 % spikes", spikeShare: 0.15 },
  { ...plain, name: "20 % spikes", spikeShare: 0.2 },
  { ...plain, name: "weekend −15 %", week: weekend(0.85) },
  { ...plain, name: "weekend −30 %", week: weekend(0.7) },
  { ...plain, name: "weekly sine ±8 %", week: sine(0.08) },
  { name: "weekend −15 %, AR(1) 0.3", phi: 0.3, spikeShare: 0, week: weekend(0.85) },
  { name: "weekend −15 %, 5 % spikes", phi: 0, spikeShare: 0.05, week: weekend(0.85) },
  { ...plain, name: "working days only, first −15 %", week: [0.85, 1, 1, 1, 1] },
  { ...plain, name: "two hosts 8 % apart", slowerHost: 1.08 },
  { ...plain, name: "two hosts 15 % apart", slowerHost: 1.15 },
  { ...plain, name: "two hosts 30 % apart", slowerHost: 1.3 },
  { ...plain, name: "a host kept for five nights, 15 % apart", slowerHost: 1.15, staysOnHost: 0.8 },
  { ...plain, name: "whole milliseconds at 10", wholeUnitsAt: 10 },
];

export const nights = 90;
/** Run-to-run noise: standard deviation of the logarithm. */
const sigma = 0.03;

/** A stretch of nights with another level. */
export interface Planted {
  readonly start: number;
  readonly end: number;
  /** 1.1 is +10 %. */
  readonly factor: number;
}

/** A p95 of 180 ms, lognormal, autocorrelated; spikes multiply a night by 1.15 and an exponential tail of mean 0.3. */
export function simulateNights(kind: NoiseKind, random: Random, planted?: Planted): number[] {
  const { phi, spikeShare, wholeUnitsAt: level = 180 } = kind;
  const draw = kind.hasHeavyTails === true ? heavyTailed : normal;
  const host = hosts(kind, random);
  let state = draw(random);
  return Array.from({ length: nights }, (_, night) => {
    if (night > 0) state = phi * state + Math.sqrt(1 - phi ** 2) * draw(random);
    const isSpike = random() < spikeShare;
    const spike = isSpike ? 1.15 - 0.3 * Math.log(1 - random()) : 1;
    const isPlanted = planted !== undefined && night >= planted.start && night < planted.end;
    const week = kind.week?.[night % kind.week.length] ?? 1;
    const value =
      level * Math.exp(sigma * state) * spike * week * host() * (isPlanted ? planted.factor : 1);
    return kind.wholeUnitsAt === undefined ? value : Math.round(value);
  });
}

/** t with three degrees of freedom over its standard deviation, √3. */
const heavyTailed = (random: Random): number => {
  const squares = [0, 0, 0].reduce((sum) => sum + normal(random) ** 2, 0);
  return normal(random) / Math.sqrt(squares);
};

/** Factor of each night's host; draws nothing where there is only one. */
function hosts({ slowerHost, staysOnHost = 0.5 }: NoiseKind, random: Random): () => number {
  if (slowerHost === undefined) return () => 1;
  let isSlow = random() < 0.5;
  return () => {
    if (random() >= staysOnHost) isSlow = !isSlow;
    return isSlow ? slowerHost : 1;
  };
}

/** @returns indices of the first values after each change */
export type Detector = (values: readonly number[]) => readonly number[];

export const headroom =
  (minChange: number): Detector =>
  (values) =>
    detectChanges(values, { minChange }).changePoints.map(({ index }) => index);

/** A change is found where it is, give or take two nights. */
const isNear = (found: readonly number[], night: number): boolean =>
  found.some((index) => Math.abs(index - night) <= 2);

/** Shares 0..1 of seeded histories. */
export function falseAlarms(
  kind: NoiseKind,
  detector: Detector,
  repetitions: number,
  seed: number,
): number {
  return share(repetitions, seed, (random) => detector(simulateNights(kind, random)).length > 0);
}

/** A change of the last `age` nights, found at its place. */
export function changesFound(
  kind: NoiseKind,
  change: { readonly factor: number; readonly age: number },
  detector: Detector,
  repetitions: number,
  seed: number,
): number {
  const start = nights - change.age;
  return share(repetitions, seed, (random) =>
    isNear(
      detector(simulateNights(kind, random, { start, end: nights, factor: change.factor })),
      start,
    ),
  );
}

/** Seven nights of +20 % in the middle: beginning and end are found. */
export function bumpFound(
  kind: NoiseKind,
  detector: Detector,
  repetitions: number,
  seed: number,
): number {
  const bump = { start: 50, end: 57, factor: 1.2 };
  return share(repetitions, seed, (random) => {
    const indices = detector(simulateNights(kind, random, bump));
    return isNear(indices, bump.start) && isNear(indices, bump.end);
  });
}

/**
 * The smallest detectable change that each stationary history names, and how often a change of that size, planted in
 * the last 14 nights of the same history, is found at its place.
 */
export function statedPower(
  kind: NoiseKind,
  repetitions: number,
  seed: number,
): { readonly size: number; readonly found: number } {
  const random = seededRandom(seed);
  const sizes: number[] = [];
  let hits = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const values = simulateNights(kind, random);
    const { ratio = 1, lasting = 14 } = detectChanges(values).smallestDetectable ?? {};
    const start = nights - lasting;
    const planted = values.map((value, night) => (night < start ? value : value * ratio));
    sizes.push(ratio);
    hits += Number(isNear(headroom(0)(planted), start));
  }
  return { size: median(sizes), found: hits / repetitions };
}

function share(repetitions: number, seed: number, isHit: (random: Random) => boolean): number {
  const random = seededRandom(seed);
  let hits = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) hits += Number(isHit(random));
  return hits / repetitions;
}
