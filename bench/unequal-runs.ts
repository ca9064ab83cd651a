/**
 * Does a comparison keep its stated error of 5 % on each side where the two builds have unequal numbers of runs and
 * unequal spreads? See docs/decisions/0012-release-comparison.md.
 */
import { errorsAtLimit, type UnequalRuns } from "./unequal-runs-simulation.ts";
import { writeResult } from "./shared/results.ts";

const repetitions = 2000;
const seed = 20_261_129;
/** 5 % and three standard errors of 2,000 comparisons, as for the gate. */
const limit = 0.068;

const of = (
  [baselines, candidates]: readonly [number, number],
  [baselineNoise, candidateNoise]: readonly [number, number],
): UnequalRuns => ({ baselines, candidates, baselineNoise, candidateNoise });

const cells = [
  of([20, 5], [0.03, 0.03]),
  of([20, 5], [0.03, 0.06]),
  of([20, 5], [0.03, 0.09]),
  of([20, 5], [0.03, 0.15]),
  of([30, 6], [0.02, 0.08]),
  of([10, 5], [0.03, 0.09]),
  of([20, 8], [0.03, 0.09]),
  of([5, 20], [0.03, 0.09]),
  of([5, 20], [0.09, 0.03]),
  of([8, 10], [0.02, 0.1]),
  of([10, 10], [0.03, 0.09]),
  of([20, 20], [0.03, 0.09]),
  of([5, 5], [0.02, 0.1]),
];
const rows = cells.map((runs, order) => ({
  ...runs,
  ...errorsAtLimit(runs, repetitions, seed + order),
}));

const share = (value: number): string => `${(value * 100).toFixed(1).padStart(5)} %`;
process.stdout.write(
  [
    `runs     noise          at exactly +5 %      same build        ${repetitions} comparisons a row, limit ${share(limit)}`,
    "                         PASS     FAIL      PASS     FAIL",
    ...rows.map(
      (row) =>
        `${`${row.baselines} v ${row.candidates}`.padEnd(8)} ${`${row.baselineNoise * 100} v ${row.candidateNoise * 100} %`.padEnd(12)} ${[row.pass, row.fail, row.sameBuildPass, row.sameBuildFail].map(share).join("  ")}`,
    ),
    "",
  ].join("\n"),
);
const result = { bench: "unequal-runs", repetitions, seed, limit, rows };
writeResult("unequal-runs", result);
if (rows.some(({ pass, fail }) => Math.max(pass, fail) > limit)) process.exitCode = 1;
