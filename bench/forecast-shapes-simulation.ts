/** Seeded monthly series with the shapes that use of a platform has, and what came after the history. */
import { normal, seededRandom, type Random } from "../src/domain/random.ts";

export interface SeriesKind {
  readonly name: string;
  /** ln of use by month, from a seeded source. */
  readonly make: (months: number, random: Random) => readonly number[];
}

const between = (random: Random, low: number, high: number): number =>
  low + (high - low) * random();

const noisy = (values: readonly number[], sigma: number, random: Random): readonly number[] =>
  values.map((value) => value + sigma * normal(random));

const line = (months: number, growth: number): number[] =>
  Array.from({ length: months }, (_, month) => growth * month);

/** Twelve months that add up to nothing, of an amplitude. */
function seasonOf(amplitude: number, random: Random): readonly number[] {
  const raw = Array.from({ length: 12 }, () => normal(random));
  const mean = raw.reduce((sum, value) => sum + value, 0) / 12;
  return raw.map((value) => amplitude * (value - mean));
}

export const seriesKinds: readonly SeriesKind[] = [
  {
    name: "trend",
    make: (months, random) =>
      noisy(line(months, between(random, -0.01, 0.05)), between(random, 0.01, 0.06), random),
  },
  {
    name: "damped trend",
    make: (months, random) => {
      const [growth, kept] = [between(random, 0.03, 0.12), between(random, 0.85, 0.95)];
      const values = Array.from(
        { length: months },
        (_, month) => (growth * (1 - kept ** month)) / (1 - kept),
      );
      return noisy(values, between(random, 0.01, 0.05), random);
    },
  },
  {
    name: "seasonal",
    make: (months, random) => {
      const season = seasonOf(between(random, 0.05, 0.25), random);
      const values = line(months, between(random, -0.005, 0.02)).map(
        (value, month) => value + (season[month % 12] ?? 0),
      );
      return noisy(values, between(random, 0.01, 0.05), random);
    },
  },
  {
    name: "level shifts",
    make: (months, random) => {
      let level = 0;
      const values = Array.from({ length: months }, () => {
        if (random() < 1 / 18) level += between(random, 0.1, 0.4) * (random() < 0.7 ? 1 : -1);
        return level;
      });
      return noisy(values, between(random, 0.01, 0.05), random);
    },
  },
  {
    name: "random walk",
    make: (months, random) => {
      const [growth, sigma] = [between(random, -0.01, 0.02), between(random, 0.02, 0.1)];
      let level = 0;
      return Array.from({ length: months }, () => (level += growth + sigma * normal(random)));
    },
  },
  {
    name: "flat",
    make: (months, random) => noisy(line(months, 0), between(random, 0, 0.02), random),
  },
  {
    name: "heavy noise",
    make: (months, random) =>
      line(months, between(random, 0, 0.01)).map(
        // Student's t with 3 degrees of freedom: now and then a month far off.
        (value) => value + between(random, 0.15, 0.2) * (normal(random) / chi(3, random)),
      ),
  },
  {
    name: "multiplicative",
    make: (months, random) => {
      const season = seasonOf(between(random, 0.1, 0.3), random);
      const sigma = between(random, 0.02, 0.06);
      let level = 0;
      const growth = between(random, 0, 0.03);
      return Array.from({ length: months }, (_, month) => {
        level += growth + sigma * normal(random);
        return level + (season[month % 12] ?? 0);
      });
    },
  },
];

const chi = (degreesOfFreedom: number, random: Random): number =>
  Math.sqrt(
    Array.from({ length: degreesOfFreedom }, () => normal(random) ** 2).reduce((a, b) => a + b) /
      degreesOfFreedom,
  );

export interface KnownSeries {
  /** Use by month. */
  readonly history: readonly number[];
  readonly after: readonly number[];
}

/** @param months of the history @param ahead months after it */
export function simulateSeries(
  kind: SeriesKind,
  {
    months,
    ahead,
    seed,
  }: { readonly months: number; readonly ahead: number; readonly seed: number },
): KnownSeries {
  const uses = kind.make(months + ahead, seededRandom(seed)).map((value) => Math.exp(value));
  return { history: uses.slice(0, months), after: uses.slice(months) };
}
