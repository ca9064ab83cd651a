/**
 * Damped exponential smoothing, the reference that forecasts of use are measured against: ETS(A,Ad,N) and, from two years
 * on, ETS(A,Ad,A) of the logarithm, fitted by least squares of the one-step errors, chosen by AICc, with the variances of
 * its state-space form.
 * @see Hyndman, Koehler, Ord & Snyder (2008), Forecasting with Exponential Smoothing, ch. 2, 6, 7; Nelder & Mead (1965)
 */
import { normalQuantile } from "../analysis/statistics/normal-quantile.ts";

export interface Band {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

const seasonLength = 12;

/** @param history use by month, > 0 @returns P10, P50 and P90 of each month ahead */
export function smoothedForecast(history: readonly number[], ahead: number): readonly Band[] {
  const logs = history.map((use) => Math.log(use));
  const fits = [fit(logs, undefined)];
  if (logs.length >= 2 * seasonLength) fits.push(fit(logs, decompose(logs)));
  const best = fits.reduce((a, b) => (b.aicc < a.aicc ? b : a));
  const { alpha, beta, gamma, phi, level, trend, season, sigma } = best;
  const z = normalQuantile(0.9);
  let [variance, growth] = [1, 0];
  return Array.from({ length: ahead }, (_, index) => {
    const step = index + 1;
    growth += phi ** step;
    if (step > 1) {
      const before = step - 1;
      const isYear = season !== undefined && before % seasonLength === 0;
      const c = alpha + beta * ((phi * (1 - phi ** before)) / (1 - phi)) + (isYear ? gamma : 0);
      variance += c * c;
    }
    const own = season?.[(logs.length + index) % seasonLength] ?? 0;
    const middle = level + growth * trend + own;
    const half = z * sigma * Math.sqrt(variance);
    return {
      low: Math.exp(middle - half),
      middle: Math.exp(middle),
      high: Math.exp(middle + half),
    };
  });
}

/** Season by month of the year: mean distance from the centred moving average. */
function decompose(logs: readonly number[]): readonly number[] {
  const half = seasonLength / 2;
  const sums = Array.from({ length: seasonLength }, () => ({ sum: 0, count: 0 }));
  for (let at = half; at < logs.length - half; at++) {
    let average = ((logs[at - half] ?? 0) + (logs[at + half] ?? 0)) / 2;
    for (let k = 1 - half; k < half; k++) average += logs[at + k] ?? 0;
    const cell = sums[at % seasonLength];
    if (cell === undefined) continue;
    cell.sum += (logs[at] ?? 0) - average / seasonLength;
    cell.count++;
  }
  const means = sums.map(({ sum, count }) => (count === 0 ? 0 : sum / count));
  const mean = means.reduce((a, b) => a + b) / seasonLength;
  return means.map((value) => value - mean);
}

interface Fit {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  readonly level: number;
  readonly trend: number;
  readonly season: readonly number[] | undefined;
  readonly sigma: number;
  readonly aicc: number;
}

const share = (x: number): number => 1 / (1 + Math.exp(-x));

function fit(logs: readonly number[], season: readonly number[] | undefined): Fit {
  const run = (parameters: readonly number[]) => smooth(logs, season, parameters);
  const slope = ((logs[Math.min(6, logs.length - 1)] ?? 0) - (logs[0] ?? 0)) / 6;
  const start = [
    0,
    -2,
    1,
    (logs[0] ?? 0) - (season?.[0] ?? 0),
    season === undefined ? slope : 0.3 * slope,
    ...(season === undefined ? [] : [-2]),
  ];
  const squaresOf = (parameters: readonly number[]): number => run(parameters).squares;
  const once = minimise(squaresOf, start, [1, 1, 1, 0.1, 0.02, 1]);
  const found = run(minimise(squaresOf, once, [1, 1, 1, 0.05, 0.01, 1]));
  const n = logs.length;
  // Weights and damping, first level and trend, the season's months, and the variance.
  const k = 6 + (season === undefined ? 0 : seasonLength);
  const squares = Math.max(found.squares, 1e-12);
  const correction = n - k - 1 > 0 ? (2 * k * (k + 1)) / (n - k - 1) : 1e6;
  return {
    ...found,
    sigma: Math.sqrt(squares / Math.max(1, n - 4)),
    aicc: n * Math.log(squares / n) + 2 * k + correction,
  };
}

/** One pass of the smoothing. @param parameters α, β, φ and γ on the logistic scale, first level and trend */
function smooth(
  logs: readonly number[],
  first: readonly number[] | undefined,
  parameters: readonly number[],
) {
  const [a = 0, b = 0, p = 0, firstLevel = 0, firstTrend = 0, g = 0] = parameters;
  const alpha = 0.001 + 0.998 * share(a);
  const beta = alpha * share(b);
  const phi = 0.8 + 0.18 * share(p);
  const gamma = first === undefined ? 0 : (1 - alpha) * share(g);
  const season = first === undefined ? undefined : [...first];
  let [level, trend, squares] = [firstLevel, firstTrend, 0];
  for (const [month, value] of logs.entries()) {
    const own = season?.[month % seasonLength] ?? 0;
    const error = value - level - phi * trend - own;
    squares += error * error;
    level += phi * trend + alpha * error;
    trend = phi * trend + beta * error;
    if (season !== undefined) season[month % seasonLength] = own + gamma * error;
  }
  return { alpha, beta, phi, gamma, level, trend, season, squares };
}

const iterations = 250;

/** The simplex of Nelder and Mead. */
function minimise(
  of: (parameters: readonly number[]) => number,
  start: readonly number[],
  scales: readonly number[],
): readonly number[] {
  const size = start.length;
  const vertex = (at: readonly number[]) => ({ at, value: of(at) });
  let simplex = [
    vertex(start),
    ...start.map((_, axis) =>
      vertex(start.map((x, index) => x + (index === axis ? (scales[axis] ?? 1) : 0))),
    ),
  ];
  for (let iteration = 0; iteration < iterations; iteration++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex[size]];
    if (best === undefined || worst === undefined) break;
    const centre = start.map(
      (_, index) =>
        simplex.slice(0, size).reduce((sum, { at }) => sum + (at[index] ?? 0), 0) / size,
    );
    const along = (factor: number) =>
      vertex(centre.map((x, index) => x + factor * ((worst.at[index] ?? 0) - x)));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex[size] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < (simplex[size - 1]?.value ?? Infinity)) {
      simplex[size] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(worst.value, reflected.value)) simplex[size] = contracted;
      else
        simplex = simplex.map((each, index) =>
          index === 0 ? each : vertex(each.at.map((x, axis) => (x + (best.at[axis] ?? 0)) / 2)),
        );
    }
  }
  return simplex.reduce((a, b) => (b.value < a.value ? b : a)).at;
}
