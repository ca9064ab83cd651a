/**
 * Does the interval of the capacity keep its word? 500 simulated breakpoint runs through the code that reads real ones:
 * evenly spaced arrivals as k6 makes them, a guess of the knee that is off by 12 % (standard deviation), several kinds of
 * workload; the truth is that of the same queue under the same arrivals. Beside it, what joining levels by a straight
 * line on logarithms would claim. `node bench/run.mjs slo-capacity`
 */
import { workloadCases } from "./slo-capacity-queue-simulation.ts";
import { coverageOfCapacity } from "./slo-capacity-simulation.ts";
import { writeResult } from "./shared/results.ts";

const runsPerCase = 100;
const confidence = 0.95;
const target = [0.92, 0.98] as const;

const rows = workloadCases.map((workload, index) =>
  coverageOfCapacity(workload, { runs: runsPerCase, confidence, seed: 20_260_300 + index }),
);
const total = rows.reduce((sum, { runs }) => sum + runs, 0);
const share = (of: (row: (typeof rows)[number]) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0) / total;
const coverage = share(({ held }) => held);
const identified = share((row) => row.identified);

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`.padStart(8);
const rate = (perSecond: number): string => perSecond.toFixed(1).padStart(8);
process.stdout.write(
  [
    `capacity of ${total} simulated breakpoint runs, intervals of ${percent(confidence).trim()} (target: ${target.map((one) => percent(one).trim()).join(" to ")} hold the truth)`,
    "workload                            truth  at SLO   0.9max  identified    held  too low too high  median ±    bias    rmse  straight",
    ...rows.map((row) =>
      [
        row.workload.padEnd(32),
        rate(row.truth.capacity),
        rate(row.truth.atObjective),
        rate(0.9 * row.truth.maxThroughput),
        percent(row.identified / row.runs).padStart(11),
        percent(row.held / row.runs),
        percent(row.below / row.runs),
        percent(row.above / row.runs),
        percent(row.medianHalfWidth).padStart(10),
        percent(row.bias),
        percent(row.rootMeanSquare),
        percent(row.heldByStraightLine / row.runs),
      ].join(" "),
    ),
    `all: ${percent(coverage).trim()} hold the truth, ${percent(identified).trim()} identified`,
    "",
  ].join("\n"),
);
const result = {
  bench: "slo-capacity",
  confidence,
  target,
  runs: total,
  coverage,
  identified,
  rows,
};
writeResult("slo-capacity", result);
if (coverage < target[0] || coverage > target[1]) process.exitCode = 1;
