/**
 * Do the bounds of a budget hold as often as they claim? M/M/1 queues at three utilisations, 20,000 requests a run, every
 * number through the code that judges real runs. Target: each side ≥ 0.90; see statistics in docs/decisions.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { coverageOf } from "./budgets-simulation.ts";

const repetitions = 400;
const target = 0.9;
const run = { requests: 20_000, requestsPerSecond: 100 };

const rows = [0.3, 0.6, 0.8].map((utilisation, index) => {
  const coverage = coverageOf({ ...run, utilisation }, repetitions, 20_250_101 + index);
  return Object.assign(coverage, { utilisation });
});

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1).padStart(6)} %`;
const lines = rows.map(
  (row) =>
    `${row.utilisation.toFixed(1).padStart(11)}   ${percent(row.upper)} ${percent(row.lower)}   ${percent(row.upperIndependent)} ${percent(row.lowerIndependent)}   ${percent(row.relativeWidth)}   ${percent(row.falseDrift)}`,
);
process.stdout.write(
  [
    `p95 bounds of ${run.requests} requests, ${repetitions} runs each; every side claims 95 %`,
    "                 20 batches        independent      interval   false",
    "utilisation    upper    lower     upper    lower     width     drift",
    ...lines,
    "",
  ].join("\n"),
);

mkdirSync("bench/results", { recursive: true });
const result = { bench: "budgets", queue: "M/M/1", ...run, repetitions, target, rows };
writeFileSync("bench/results/budgets.json", `${JSON.stringify(result, null, 2)}\n`);
if (rows.some(({ upper, lower }) => Math.min(upper, lower) < target)) process.exitCode = 1;
