/**
 * Coverage of the bounds of an objective: M/M/1 queues at five utilisations, runs of 3,000, 6,000 and 20,000
 * requests, every number through the code that judges real runs. Target: each side ≥ 0.90, or a warning in most of the
 * runs and ≥ 0.84; see decision 5.
 */
import { coverageOf } from "./quantile-intervals-simulation.ts";
import { writeResult } from "./shared/results.ts";

const repetitions = 400;
const target = 0.9;
const warnedTarget = 0.84;
const requestsPerSecond = 100;

const rows = [20_000, 6000, 3000].flatMap((requests) =>
  [0.3, 0.6, 0.8, 0.9, 0.95].map((utilisation, index) => {
    const run = { requests, requestsPerSecond, utilisation };
    return { requests, utilisation, ...coverageOf(run, repetitions, 20_250_101 + index) };
  }),
);

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1).padStart(6)} %`;
const lines = rows.map(
  (row) =>
    `${String(row.requests).padStart(8)} ${row.utilisation.toFixed(2).padStart(11)}   ${percent(row.upper)} ${percent(row.lower)}   ${percent(row.upperIndependent)} ${percent(row.lowerIndependent)}   ${percent(row.relativeWidth)} ${percent(row.unbounded)}   ${percent(row.warned)}   ${percent(row.falseDrift)}`,
);
process.stdout.write(
  [
    `p95 bounds, ${repetitions} runs a row; every side claims 95 %; width: mean of the bounded intervals`,
    "                               batches        independent         interval                  false",
    "requests utilisation    upper    lower     upper    lower     width  no end      warned     drift",
    ...lines,
    "",
  ].join("\n"),
);
const result = {
  bench: "quantile-intervals",
  queue: "M/M/1",
  requestsPerSecond,
  repetitions,
  target,
  warnedTarget,
  rows,
};
writeResult("quantile-intervals", result);
const leastOf = ({ warned }: { readonly warned: number }): number =>
  warned > 0.5 ? warnedTarget : target;
if (rows.some((row) => Math.min(row.upper, row.lower) < leastOf(row))) process.exitCode = 1;
