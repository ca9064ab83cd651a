/**
 * Do the capacity numbers keep their word? Intervals of the scalability fit on simulated breakpoint tests (95 % claimed),
 * simulated dates against the inverse-Gaussian first passage, and the time of a whole plan on one core.
 */
import { makeCapacityPlan } from "../analysis/capacity/capacity-plan.ts";
import { inputs } from "../analysis/capacity/testdata/specification.ts";
import { coverageOfFits, passageErrors, trueLaw } from "./capacity-simulation.ts";
import { writeResult } from "./shared/results.ts";

const repetitions = 4000;
const methods = ["log", "linear"] as const;
const coverage = methods.flatMap((method) =>
  [0.02, 0.05].map((noiseRatio, index) => ({
    method,
    noiseRatio,
    ...coverageOfFits({ method, noiseRatio, repetitions, seed: 20_260_101 + index }),
  })),
);

const multiples = [1.6, 2, 5, 10];
const paths = 10_000;
const passages = [0.02, 0.05, 0.1].map((monthlyVolatility) => ({
  monthlyVolatility,
  errors: passageErrors({
    monthlyDrift: Math.log(1.2),
    monthlyVolatility,
    multiples,
    paths,
    seed: 20_260_101,
  }),
}));

const choice = { planDateMs: Date.parse("2026-12-01"), seed: 1, paths, months: 24 };
const times = [0, 1, 2].map(() => {
  const start = process.cpuUsage();
  makeCapacityPlan(inputs, choice);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
});
const planSeconds = Math.max(...times);

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2).padStart(6)} %`;
process.stdout.write(
  [
    `95 % intervals, ${repetitions} simulated tests of 8 levels each`,
    "method  noise     sigma    kappa    lambda   max throughput",
    ...coverage.map(
      (row) =>
        `${row.method.padEnd(6)} ${percent(row.noiseRatio)} ${percent(row.sigma)} ${percent(row.kappa)} ${percent(row.lambda)} ${percent(row.maxThroughput)}`,
    ),
    "",
    `Largest error of P10, P50, P90 against first passage, ${paths} paths, +20 % a month, to ×${multiples.join(", ×")}`,
    ...passages.map(
      ({ monthlyVolatility, errors }) =>
        `a month ±${percent(monthlyVolatility)}: ${errors.map((error) => percent(error)).join(" ")}`,
    ),
    "",
    `A plan of ${paths} paths × ${choice.months} months: ${planSeconds.toFixed(2)} s of CPU (slowest of 3)`,
    "",
  ].join("\n"),
);
const rounded = Math.round(planSeconds * 10) / 10;
const targets = { logCoverage: [0.93, 0.97], passageError: 0.01, planSeconds: 5 };
const result = {
  bench: "capacity",
  truth: trueLaw,
  repetitions,
  targets,
  coverage,
  passages: { paths, multiples, rows: passages },
  plan: { paths, months: choice.months, cpuSeconds: rounded },
};
writeResult("capacity", result);

const isCovered = coverage
  .filter(({ method }) => method === "log")
  .every(({ sigma, kappa, lambda, maxThroughput }) =>
    [sigma, kappa, lambda, maxThroughput].every((share) => share >= 0.93 && share <= 0.97),
  );
const isNear = passages.every(({ errors }) => errors.every((error) => error <= 0.01));
if (!isCovered || !isNear || planSeconds > targets.planSeconds) process.exitCode = 1;
