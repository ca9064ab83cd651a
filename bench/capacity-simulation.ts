/** Simulated breakpoint tests and growths whose truth is known, through the code that makes real plans. */
import { fitScalability } from "../analysis/capacity/fit-scalability.ts";
import type { Coefficient, FitMethod } from "../analysis/capacity/fit-scalability.ts";
import { passageQuantile } from "../analysis/capacity/testdata/first-passage.ts";
import { daysPerMonth } from "../analysis/capacity/growth.ts";
import { seededRandom } from "../src/domain/random.ts";
import { normals } from "../analysis/capacity/random.ts";
import { maxThroughput, throughputAt } from "../analysis/capacity/scalability-law.ts";
import { simulateDemand } from "../analysis/capacity/simulate-demand.ts";
import { interpolatedQuantile } from "../src/domain/sorted-quantile.ts";

/** The truth of the coverage simulations; its knee is at 40. */
export const trueLaw = { sigma: 0.03, kappa: 0.0006, lambda: 100 };
const loads = [1, 2, 5, 10, 20, 40, 60, 80];

export interface CoverageRun {
  /** Standard deviation of a level's throughput round the law. */
  readonly noiseRatio: number;
  readonly repetitions: number;
  readonly seed: number;
  readonly method: FitMethod;
}

/** Shares of runs whose interval held the truth. */
export interface FitCoverage {
  readonly sigma: number;
  readonly kappa: number;
  readonly lambda: number;
  /** Of the runs whose knee was identified. */
  readonly maxThroughput: number;
}

export function coverageOfFits(run: CoverageRun): FitCoverage {
  const normal = normals(seededRandom(run.seed));
  const hits = { sigma: 0, kappa: 0, lambda: 0, maxThroughput: 0 };
  let identified = 0;
  for (let repetition = 0; repetition < run.repetitions; repetition++) {
    const points = loads.map((concurrency) => ({
      concurrency,
      throughput: throughputAt(trueLaw, concurrency) * Math.exp(run.noiseRatio * normal()),
    }));
    const fit = fitScalability(points, { method: run.method, confidence: 0.95 });
    hits.sigma += holds(fit.sigma, trueLaw.sigma);
    hits.kappa += holds(fit.kappa, trueLaw.kappa);
    hits.lambda += holds(fit.lambda, trueLaw.lambda);
    if (fit.maxThroughput?.point === undefined) continue;
    identified++;
    hits.maxThroughput += holds(fit.maxThroughput, maxThroughput(trueLaw));
  }
  return {
    sigma: hits.sigma / run.repetitions,
    kappa: hits.kappa / run.repetitions,
    lambda: hits.lambda / run.repetitions,
    maxThroughput: hits.maxThroughput / Math.max(1, identified),
  };
}

const holds = (interval: Coefficient | undefined, truth: number): number =>
  Number((interval?.low ?? -Infinity) <= truth && truth <= (interval?.high ?? Infinity));

export interface PassageRun {
  /** Growth per month and standard deviation of a month, on the logarithm. */
  readonly monthlyDrift: number;
  readonly monthlyVolatility: number;
  /** Of today's use. */
  readonly multiples: readonly number[];
  readonly paths: number;
  readonly seed: number;
}

/** Largest relative error of simulated P10, P50, P90 against the inverse-Gaussian ones, per multiple. */
export function passageErrors(run: PassageRun): readonly number[] {
  const drift = run.monthlyDrift / daysPerMonth;
  const volatility = run.monthlyVolatility / Math.sqrt(daysPerMonth);
  const { crossings } = simulateDemand(
    { form: "compounding", drift, driftError: 0, volatility },
    run.multiples,
    { paths: run.paths, months: 24, seed: run.seed, name: "bench" },
  );
  return run.multiples.map((multiple, index) => {
    const times = crossings[index]?.toSorted() ?? new Float64Array();
    const motion = { distance: Math.log(multiple), drift, volatility };
    return Math.max(
      ...[0.1, 0.5, 0.9].map((p) =>
        Math.abs(interpolatedQuantile(times, p) / passageQuantile(motion, p) - 1),
      ),
    );
  });
}
