/** What more pods bring: the scalability law again, with N pods instead of N requests. Its σ and κ are those of what the pods share. */
import { formatCount, plural } from "../../../src/domain/number-text.ts";
import type { Coefficient, FittedLaw, ReplicaScaling } from "../../../src/domain/capacity.ts";
import type { Estimate } from "../../../src/domain/estimate.ts";
import { normal } from "../../../src/domain/random.ts";
import type { Random } from "../../../src/domain/random.ts";
import { nearestQuantile } from "../../../src/domain/sorted-quantile.ts";
import { normalQuantile } from "../../statistics/normal-quantile.ts";
import { leastSquares } from "../least-squares.ts";
import { maxThroughput, peakConcurrency, slowdown } from "../scalability-law.ts";
import type { ScalabilityLaw } from "../scalability-law.ts";

export interface ReplicaPoint {
  readonly replicas: number;
  readonly capacity: Estimate;
}

const fewestCounts = 3;
const draws = 200;

/** @param points one for each number of pods, rising @returns `undefined` with fewer than two of them */
export function acrossReplicas(
  points: readonly ReplicaPoint[],
  { random, confidence }: { readonly random: Random; readonly confidence: number },
): ReplicaScaling | undefined {
  const [first] = points;
  if (first === undefined || points.length < 2) return undefined;
  const shares = points
    .slice(1)
    .map(
      ({ replicas, capacity }) =>
        `${plural(replicas, "pod")} ${formatCount(capacity.point / first.capacity.point)} times`,
    )
    .join(", ");
  const measured = `Of what ${plural(first.replicas, "pod")} carried, ${shares}`;
  if (points.length < fewestCounts) {
    const sentence = `${measured}; a fit over pods takes three numbers of them, such as 1, 2 and 4.`;
    return { points, sentence };
  }
  const law = fitAcross(points, random, confidence);
  return { points, law, sentence: `${measured}. ${peakSentence(law, points)}` };
}

function peakSentence({ peak }: FittedLaw, points: readonly ReplicaPoint[]): string {
  const most = points.at(-1)?.replicas ?? 0;
  if (peak?.point === undefined) return "No number of pods is seen beyond which more of them harm.";
  return peak.point <= 2 * most
    ? `Beyond about ${plural(Math.round(peak.point), "pod")} the back end that they share makes more of them useless.`
    : `What they share would limit them far beyond the ${plural(most, "pod")} measured.`;
}

/**
 * Least squares on the logarithm, each capacity weighted by its own doubt; intervals from capacities drawn out of theirs.
 * Three numbers of pods leave no residual, so that doubt comes from the capacities alone.
 */
function fitAcross(points: readonly ReplicaPoint[], random: Random, confidence: number): FittedLaw {
  const law = bestLaw(points);
  const drawn = Array.from({ length: draws }, () =>
    bestLaw(
      points.map((point) => ({
        ...point,
        capacity: {
          ...point.capacity,
          point: point.capacity.point * Math.exp(logError(point.capacity) * normal(random)),
        },
      })),
    ),
  );
  const coefficient = (of: (one: ScalabilityLaw) => number): Coefficient => {
    const values = Float64Array.from(drawn, of).toSorted();
    const at = (q: number): number => nearestQuantile(values, q) ?? Number.NaN;
    const [low, high, point] = [at((1 - confidence) / 2), at((1 + confidence) / 2), of(law)];
    return {
      point: Number.isFinite(point) ? point : undefined,
      low: Number.isFinite(low) ? Math.min(low, point) : undefined,
      high: Number.isFinite(high) ? Math.max(high, point) : undefined,
      confidence,
    };
  };
  return {
    method: "log",
    sigma: coefficient(({ sigma }) => sigma),
    kappa: coefficient(({ kappa }) => kappa),
    lambda: coefficient(({ lambda }) => lambda),
    peak: coefficient(peakConcurrency),
    maxThroughput: coefficient(maxThroughput),
  };
}

/** Standard error of the logarithm, out of an interval. */
const logError = ({ low, high, confidence }: Estimate): number =>
  low > 0 && high < Infinity
    ? Math.max(1e-3, Math.log(high / low) / 2 / normalQuantile((1 + confidence) / 2))
    : 0.5;

function bestLaw(points: readonly ReplicaPoint[]): ScalabilityLaw {
  const evaluate = ([logLambda = 0, sigma = 0, kappa = 0]: readonly number[]) => {
    const rows = points.map(({ replicas: n, capacity }) => {
      const weight = 1 / logError(capacity);
      const cost = slowdown({ sigma, kappa }, n);
      return {
        residual: weight * (logLambda + Math.log(n / cost / capacity.point)),
        slope: [weight, (-weight * (n - 1)) / cost, (-weight * n * (n - 1)) / cost],
      };
    });
    return {
      residuals: rows.map(({ residual }) => residual),
      jacobian: rows.map(({ slope }) => slope),
    };
  };
  const [first] = points;
  const alone = Math.log((first?.capacity.point ?? 1) / (first?.replicas ?? 1));
  const problem = { evaluate, lower: [-Infinity, 0, 0], upper: [Infinity, 1, 1] };
  const [best] = [
    leastSquares(problem, [alone, 0.02, 0.001]),
    leastSquares(problem, [alone, 0.3, 0]),
    leastSquares(problem, [alone, 0, 0.02]),
  ].toSorted((a, b) => a.sumOfSquares - b.sumOfSquares);
  const [logLambda = alone, sigma = 0, kappa = 0] = best?.parameters ?? [];
  return { lambda: Math.exp(logLambda), sigma, kappa };
}
