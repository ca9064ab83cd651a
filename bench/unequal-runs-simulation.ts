/** Seeded comparisons of runs whose numbers and spreads differ between baseline and candidate. */
import { compareSamples } from "../analysis/comparison/compare-samples.ts";
import { normal, seededRandom } from "../src/domain/random.ts";

export interface UnequalRuns {
  readonly baselines: number;
  readonly candidates: number;
  /** Standard deviations of the logarithm from run to run. */
  readonly baselineNoise: number;
  readonly candidateNoise: number;
}

export interface Errors {
  /** Shares of comparisons whose true change is exactly the limit of +5 %. */
  readonly pass: number;
  readonly fail: number;
  /** Of comparisons of one build with itself. */
  readonly sameBuildPass: number;
  readonly sameBuildFail: number;
}

export function errorsAtLimit(runs: UnequalRuns, repetitions: number, seed: number): Errors {
  const random = seededRandom(seed);
  const counts = { pass: 0, fail: 0, sameBuildPass: 0, sameBuildFail: 0 };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const draw = (count: number, noise: number): number[] =>
      Array.from({ length: count }, () => 100 * Math.exp(noise * normal(random)));
    const baseline = draw(runs.baselines, runs.baselineNoise);
    const candidate = draw(runs.candidates, runs.candidateNoise);
    const slower = candidate.map((value) => value * 1.05);
    const atLimit = compareSamples({ baseline, candidate: slower }).outcome;
    const same = compareSamples({ baseline, candidate }).outcome;
    counts.pass += Number(atLimit === "pass");
    counts.fail += Number(atLimit === "fail");
    counts.sameBuildPass += Number(same === "pass");
    counts.sameBuildFail += Number(same === "fail");
  }
  return {
    pass: counts.pass / repetitions,
    fail: counts.fail / repetitions,
    sameBuildPass: counts.sameBuildPass / repetitions,
    sameBuildFail: counts.sameBuildFail / repetitions,
  };
}
