/** How well P10 to P90 of a plan hold what came, beside damped exponential smoothing on the same series. */
import { readDemandHistory } from "../analysis/capacity/demand-history.ts";
import { quantilesOf, simulateDemand } from "../analysis/capacity/simulate-demand.ts";
import { smoothedForecast, type Band } from "./forecast-smoothing-simulation.ts";
import type { KnownSeries } from "./forecast-shapes-simulation.ts";

/** Months ahead that are scored. */
export const horizons = [1, 3, 6, 12, 18] as const;
const ahead = Math.max(...horizons);
const month = 30.4375;

/** One way to forecast. @returns `undefined` where it refuses the history */
type Forecaster = (history: readonly number[], seed: number) => readonly Band[] | undefined;

/** The plan's own fan: its reading of the history and its simulated paths. */
export const planned =
  (paths: number): Forecaster =>
  (history, seed) => {
    const points = history.map((use, index) => ({ day: index * month + 0.5, use }));
    const reading = readDemandHistory(points);
    if (reading.outcome === "refused") return undefined;
    const last = history.at(-1) ?? 1;
    const { factors } = simulateDemand(
      { form: "measured", model: reading.model, monthsSince: 0, logToday: Math.log(last) },
      [],
      { paths, months: ahead, seed, name: "bench" },
    );
    return factors.slice(1).map((values) => {
      const { p10, p50, p90 } = quantilesOf(values);
      return { low: last * p10, middle: last * p50, high: last * p90 };
    });
  };

export const smoothed: Forecaster = (history) => smoothedForecast(history, ahead);

export interface Score {
  readonly series: number;
  readonly refused: number;
  /** By horizon: share of what came inside P10 to P90. */
  readonly coverage: readonly number[];
  /** By horizon: mean interval score of 80 %, over the newest month of the history. */
  readonly intervalScore: readonly number[];
  /** By horizon: mean absolute error of P50, over the same. */
  readonly error: readonly number[];
}

/** Width, and ten times what lies outside (2/α at α = 0.2). @see Gneiting & Raftery (2007), JASA 102, eq. 43 */
const intervalScore = ({ low, high }: Band, came: number): number =>
  high - low + 10 * Math.max(0, low - came, came - high);

export function scoreOf(
  forecaster: Forecaster,
  series: readonly KnownSeries[],
  seed: number,
): Score {
  const sums = horizons.map(() => ({ inside: 0, score: 0, error: 0 }));
  let refused = 0;
  for (const [index, { history, after }] of series.entries()) {
    const bands = forecaster(history, seed + index);
    if (bands === undefined) {
      refused++;
      continue;
    }
    const size = history.at(-1) ?? 1;
    for (const [place, horizon] of horizons.entries()) {
      const [band, came, sum] = [bands[horizon - 1], after[horizon - 1], sums[place]];
      if (band === undefined || came === undefined || sum === undefined) continue;
      sum.inside += Number(came >= band.low && came <= band.high);
      sum.score += intervalScore(band, came) / size;
      sum.error += Math.abs(came - band.middle) / size;
    }
  }
  const judged = series.length - refused;
  const mean = (of: (sum: (typeof sums)[number]) => number): number[] =>
    sums.map((sum) => of(sum) / judged);
  return {
    series: series.length,
    refused,
    coverage: mean(({ inside }) => inside),
    intervalScore: mean(({ score }) => score),
    error: mean(({ error }) => error),
  };
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
