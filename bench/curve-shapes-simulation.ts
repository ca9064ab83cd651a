/** Seeded tables of loads from curves of known shape, as closed-loop tests have them, and what the fit makes of them. */
import {
  fitScalability,
  type FitState,
  type ScalabilityFit,
} from "../analysis/capacity/fit-scalability.ts";
import { throughputAt } from "../analysis/capacity/scalability-law.ts";
import { normal, seededRandom, type Random } from "../src/domain/random.ts";

export interface CurveShape {
  readonly name: string;
  /** Follows the law itself. */
  readonly isLaw?: boolean;
  /** Standard deviation of a level, on the logarithm; default 0.01, as levels of minutes have it. */
  readonly noise?: number;
  /** A curve of this kind: throughput at a load. */
  readonly draw: (random: Random) => (n: number) => number;
}

const doubling = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const between = (random: Random, low: number, high: number): number =>
  Math.exp(Math.log(low) + random() * Math.log(high / low));

const law = (random: Random): ((n: number) => number) => {
  const peak = between(random, 20, 150);
  const sigma = between(random, 0.01, 0.2);
  const drawn = { sigma, kappa: (1 - sigma) / peak ** 2, lambda: 100 };
  return (n) => throughputAt(drawn, n);
};
const hardLimit = (random: Random): ((n: number) => number) => {
  const knee = between(random, 4, 64);
  return (n) => 100 * Math.min(n, knee);
};

export const curveShapes: readonly CurveShape[] = [
  { name: "the law, noise 1 %", isLaw: true, draw: law },
  { name: "the law, noise 5 %", isLaw: true, noise: 0.05, draw: law },
  { name: "linear, then flat", draw: hardLimit },
  { name: "linear, then flat, noise 5 %", noise: 0.05, draw: hardLimit },
  {
    name: "saturating: 1 − exp(−N/K)",
    draw: (random) => {
      const scale = between(random, 4, 64);
      return (n) => 100 * scale * (1 - Math.exp(-n / scale));
    },
  },
  {
    name: "rounded knee: (N^−s + K^−s)^(−1/s)",
    draw: (random) => {
      const [knee, sharpness] = [between(random, 4, 64), between(random, 1.5, 6)];
      return (n) => 100 * (n ** -sharpness + knee ** -sharpness) ** (-1 / sharpness);
    },
  },
  {
    name: "linear, flat, then a fall (retrograde)",
    draw: (random) => {
      const [rise, knee] = [hardLimit(random), between(random, 40, 150)];
      const fall = between(random, 0.2, 1);
      return (n) => rise(n) * Math.min(1, (knee / n) ** fall);
    },
  },
  {
    name: "rising by a power, then flat",
    draw: (random) => {
      const [power, knee] = [0.5 + 0.4 * random(), between(random, 8, 100)];
      return (n) => 100 * Math.min(n, knee) ** power;
    },
  },
];

/** No curve: what no test may take for one. */
export const scatteredShapes: readonly CurveShape[] = [
  { name: "the law, noise 15 %", noise: 0.15, draw: law },
  { name: "the law, noise 30 %", noise: 0.3, draw: law },
  { name: "no curve at all", noise: 0, draw: (random) => () => between(random, 50, 2000) },
];

export interface ShapeOutcome {
  /** Shares of tables. */
  readonly states: Readonly<Partial<Record<FitState, number>>>;
  /** No capacity and no bound of any kind. */
  readonly refused: number;
  /** Of the tables with a greatest throughput as a point: within 10 % of the true greatest over the loads. */
  readonly nearGreatest: number;
}

export function outcomesOf(shape: CurveShape, repetitions: number, seed: number): ShapeOutcome {
  const random = seededRandom(seed);
  const counts: Partial<Record<FitState, number>> = {};
  let [refused, points, near] = [0, 0, 0];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const curve = shape.draw(random);
    const noise = shape.noise ?? 0.01;
    const levels = doubling.map((concurrency) => ({ concurrency, truth: curve(concurrency) }));
    const fit = fitScalability(
      levels.map(({ concurrency, truth }) => ({
        concurrency,
        throughput: truth * Math.exp(noise * normal(random)),
      })),
      { method: "log", confidence: 0.95 },
    );
    counts[fit.state] = (counts[fit.state] ?? 0) + 1 / repetitions;
    refused += Number(isRefused(fit)) / repetitions;
    const point = fit.maxThroughput?.point;
    if (point === undefined) continue;
    points++;
    const greatest = Math.max(...levels.map(({ truth }) => truth));
    near += Number(Math.abs(Math.log(point / greatest)) <= Math.log(1.1));
  }
  return { states: counts, refused, nearGreatest: points === 0 ? Number.NaN : near / points };
}

const isRefused = ({ maxThroughput }: ScalabilityFit): boolean =>
  maxThroughput?.point === undefined && maxThroughput?.low === undefined;
