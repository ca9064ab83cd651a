import { linearRegression, mean } from "simple-statistics";
import { batchCount } from "./batches.ts";
import { studentTQuantile } from "./student-t.ts";

/** A drift that the run itself shows. */
export interface Drift {
  /** Fitted change from the first to the last batch as a share of the first: +0.4 is 40 % slower at the end. */
  readonly relativeChange: number;
}

/** Two-sided; small, because a single run that is merely noisy must not be called unsteady. */
const alpha = 0.01;
/** Smaller drifts do not matter to an objective, however certain they are. */
const smallestRelativeChange = 0.1;

/**
 * Tests whether a level drifted: least-squares slope of the logarithm of the batch levels against time, t test with
 * B − 2 degrees of freedom; reported only where it is both significant (1 %) and at least 10 % over the run.
 * @param levels typical value per equal-time batch (a median or mean), > 0, in time order
 * @returns the drift; `undefined` where the run looks steady, or has too few batches to tell
 * @see Draper & Smith (1998), Applied Regression Analysis, 1.4
 */
export function findDrift(levels: readonly number[]): Drift | undefined {
  if (levels.length < batchCount || levels.some((level) => !(level > 0 && level < Infinity))) {
    return undefined;
  }
  const points = levels.map((level, index) => [index, Math.log(level)]);
  const { m, b } = linearRegression(points);
  const relativeChange = Math.expm1(m * (levels.length - 1));
  const isLarge = Math.abs(relativeChange) >= smallestRelativeChange;
  return isLarge && isSignificant(points, m, b) ? { relativeChange } : undefined;
}

function isSignificant(points: readonly number[][], slope: number, intercept: number): boolean {
  const residuals = points.map(([x = 0, y = 0]) => y - intercept - slope * x);
  const middle = mean(points.map(([x = 0]) => x));
  const spread = points.reduce((sum, [x = 0]) => sum + (x - middle) ** 2, 0);
  const degreesOfFreedom = points.length - 2;
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0) / degreesOfFreedom;
  const critical = studentTQuantile(1 - alpha / 2, degreesOfFreedom);
  return Math.abs(slope) > critical * Math.sqrt(variance / spread);
}
