/**
 * Least squares within bounds: Levenberg–Marquardt with Marquardt's scaling, steps projected onto the bounds, and an
 * active set: a parameter at its bound whose gradient points outwards is held there, so that a coefficient of 0 is found
 * as 0 and does not bend the others.
 * @see Moré (1978), LNM 630; Kanzow, Yamashita & Fukushima (2004), J. Comput. Appl. Math. 172
 */
export interface LeastSquaresProblem {
  /** Residuals (model − data) and their derivatives, one row a data point, at parameters within the bounds. */
  readonly evaluate: (parameters: readonly number[]) => Linearised;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export interface Linearised {
  readonly residuals: readonly number[];
  readonly jacobian: readonly (readonly number[])[];
}

export interface LeastSquaresSolution extends Linearised {
  readonly parameters: readonly number[];
  readonly sumOfSquares: number;
  readonly isConverged: boolean;
}

const maxIterations = 500;
/** Cosine between the residuals and each free column below which nothing is left to gain. */
const gradientTolerance = 1e-12;

/** @param start any length-p vector; it is clamped to the bounds first */
export function leastSquares(
  problem: LeastSquaresProblem,
  start: readonly number[],
): LeastSquaresSolution {
  let parameters = clamp(start, problem);
  let current = problem.evaluate(parameters);
  let sumOfSquares = squares(current.residuals);
  let damping = 1e-3;
  let isConverged = false;
  for (let iteration = 0; iteration < maxIterations && !isConverged; iteration++) {
    const hessian = gram(current.jacobian);
    const gradient = gradientOf(current);
    const free = parameters
      .map((_, index) => index)
      .filter((index) => isFree(parameters, gradient, problem, index));
    const steepest = Math.max(
      0,
      ...free.map((j) => Math.abs(at(gradient, j)) / Math.sqrt(at(hessian[j], j) * sumOfSquares)),
    );
    if (free.length === 0 || sumOfSquares === 0 || steepest < gradientTolerance) {
      isConverged = true;
      break;
    }
    // Raise the damping until a step lowers the sum of squares; where none does, this is the minimum to the last bit.
    for (;;) {
      const step = solveDamped(hessian, gradient, free, damping);
      const candidate = clamp(
        parameters.map((value, index) => value + (step.get(index) ?? 0)),
        problem,
      );
      const next = problem.evaluate(candidate);
      const nextSquares = squares(next.residuals);
      if (nextSquares < sumOfSquares) {
        parameters = candidate;
        current = next;
        sumOfSquares = nextSquares;
        damping = Math.max(1e-12, damping / 10);
        break;
      }
      damping *= 10;
      if (damping > 1e12) {
        isConverged = true;
        break;
      }
    }
  }
  return { ...current, parameters, sumOfSquares, isConverged };
}

const at = (row: readonly number[] | undefined, index: number): number => row?.[index] ?? 0;

const squares = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value * value, 0);

const clamp = (
  values: readonly number[],
  { lower, upper }: Pick<LeastSquaresProblem, "lower" | "upper">,
): number[] =>
  values.map((value, index) => Math.min(Math.max(value, at(lower, index)), at(upper, index)));

function isFree(
  parameters: readonly number[],
  gradient: readonly number[],
  { lower, upper }: LeastSquaresProblem,
  index: number,
): boolean {
  const value = at(parameters, index);
  if (value <= at(lower, index) && at(gradient, index) >= 0) return false;
  return !(value >= at(upper, index) && at(gradient, index) <= 0);
}

function gradientOf({ residuals, jacobian }: Linearised): number[] {
  const width = jacobian[0]?.length ?? 0;
  return Array.from({ length: width }, (_, j) =>
    jacobian.reduce((sum, row, i) => sum + at(row, j) * at(residuals, i), 0),
  );
}

/** JᵀJ. */
export function gram(jacobian: readonly (readonly number[])[]): number[][] {
  const width = jacobian[0]?.length ?? 0;
  return Array.from({ length: width }, (_, j) =>
    Array.from({ length: width }, (_unused, k) =>
      jacobian.reduce((sum, row) => sum + at(row, j) * at(row, k), 0),
    ),
  );
}

function solveDamped(
  hessian: readonly (readonly number[])[],
  gradient: readonly number[],
  free: readonly number[],
  damping: number,
): ReadonlyMap<number, number> {
  const matrix = free.map((j) => free.map((k) => at(hessian[j], k) * (j === k ? 1 + damping : 1)));
  const step = solve(
    matrix,
    free.map((j) => -at(gradient, j)),
  );
  return new Map(free.map((j, index) => [j, at(step, index)]));
}

/**
 * Solves a symmetric positive definite system, scaled to a unit diagonal first (columns here differ by 10⁶).
 * @returns NaN-free: a pivot that rounding made vanish contributes nothing
 */
export function solve(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] {
  const size = right.length;
  const scale = matrix.map((row, j) => (at(row, j) > 0 ? 1 / Math.sqrt(at(row, j)) : 0));
  const lower: number[][] = [];
  for (let j = 0; j < size; j++) {
    const row: number[] = [];
    for (let k = 0; k <= j; k++) {
      let sum = at(matrix[j], k) * at(scale, j) * at(scale, k);
      for (let m = 0; m < k; m++) sum -= at(k === j ? row : lower[k], m) * at(row, m);
      const pivot = k === j ? 0 : at(lower[k], k);
      row.push(k === j ? (sum > 1e-15 ? Math.sqrt(sum) : 0) : pivot === 0 ? 0 : sum / pivot);
    }
    lower.push(row);
  }
  const forward: number[] = [];
  for (let j = 0; j < size; j++) {
    let sum = at(right, j) * at(scale, j);
    for (let m = 0; m < j; m++) sum -= at(lower[j], m) * at(forward, m);
    forward.push(at(lower[j], j) === 0 ? 0 : sum / at(lower[j], j));
  }
  const solution = Array.from({ length: size }, () => 0);
  for (let j = size - 1; j >= 0; j--) {
    let sum = at(forward, j);
    for (let m = j + 1; m < size; m++) sum -= at(lower[m], j) * at(solution, m);
    solution[j] = at(lower[j], j) === 0 ? 0 : sum / at(lower[j], j);
  }
  return solution.map((value, j) => value * at(scale, j));
}
