/** Seeded histories of 90 nights with known changes, and the counts of what a detector makes of them. */
import { detectChanges } from "../analysis/change-points/detect-changes.ts";
import { normal, seededRandom, type Random } from "../src/domain/random.ts";

export interface NoiseKind {
  readonly name: string;
  /** Correlation with the night before. */
  readonly phi: number;
  /** Share of nights with a spike. */
  readonly spikeShare: number;
}

export const noiseKinds: readonly NoiseKind[] = [
  { name: "independent", phi: 0, spikeShare: 0 },
  { name: "5 % spikes", phi: 0, spikeShare: 0.05 },
  { name: "AR(1) 0.3", phi: 0.3, spikeShare: 0 },
  { name: "AR(1) 0.6", phi: 0.6, spikeShare: 0 },
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
  let state = normal(random);
  return Array.from({ length: nights }, (_, night) => {
    if (night > 0) state = kind.phi * state + Math.sqrt(1 - kind.phi ** 2) * normal(random);
    const isSpike = random() < kind.spikeShare;
    const spike = isSpike ? 1.15 - 0.3 * Math.log(1 - random()) : 1;
    const isPlanted = planted !== undefined && night >= planted.start && night < planted.end;
    return 180 * Math.exp(sigma * state) * spike * (isPlanted ? planted.factor : 1);
  });
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

function share(repetitions: number, seed: number, isHit: (random: Random) => boolean): number {
  const random = seededRandom(seed);
  let hits = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) hits += Number(isHit(random));
  return hits / repetitions;
}
