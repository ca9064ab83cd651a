/**
 * The checks A1–A13 on known truth: every autoscaler fault must be found by the check that names it, and healthy
 * autoscalers must give no failed check. `node bench/run.mjs autoscaling-checks [healthy seeds]`
 */
import { checkAutoscaling, autoscalingChecks } from "../analysis/autoscaling/checks/index.ts";
import { observeSimulation } from "../analysis/autoscaling/testdata/observe-simulation.ts";
import { simulate } from "../analysis/autoscaling/simulate.ts";
import type { AutoscalerFault } from "../analysis/autoscaling/simulation/model.ts";
import { faultTrials } from "../analysis/autoscaling/simulation/trials.ts";
import { trialModel } from "../analysis/autoscaling/testdata/trial-model.ts";

/** Outcome by check number: A1 … A13. */
function outcomes(seed: number, fault?: AutoscalerFault): Record<string, string> {
  const model = trialModel(seed, fault);
  const results = checkAutoscaling(observeSimulation(model, simulate(model), "api"));
  return Object.fromEntries(
    Object.keys(autoscalingChecks).map((number, index) => {
      const verdict = results[index]?.verdict;
      return [number, `${verdict?.outcome ?? ""}: ${verdict?.reason ?? ""}`];
    }),
  );
}

const failed = (all: Record<string, string>): string[] =>
  Object.entries(all)
    .filter(([, outcome]) => outcome.startsWith("fail"))
    .map(([number]) => number);

const seeds = Number(process.argv[2] ?? 20);
const lines = ["fault             named by  failed checks"];
let missed = 0;
for (const [name, { fault, foundBy }] of Object.entries(faultTrials)) {
  const all = outcomes(1, fault);
  const found = failed(all);
  if (!found.includes(foundBy)) missed++;
  lines.push(`${name.padEnd(18)}${foundBy.padEnd(10)}${found.join(" ") || "none"}`);
  lines.push(`    ${foundBy} ${all[foundBy] ?? ""}`);
}
let failures = 0;
for (let seed = 1; seed <= seeds; seed++) {
  const all = outcomes(seed);
  const found = failed(all);
  failures += found.length;
  for (const number of found) lines.push(`healthy, seed ${seed}: ${number} ${all[number] ?? ""}`);
}
lines.push(`${seeds} healthy autoscalers: ${failures} failed checks`);
for (const [number, outcome] of Object.entries(outcomes(1)))
  lines.push(`    ${number.padEnd(4)}${outcome}`);
process.stdout.write(`${lines.join("\n")}\n`);
if (missed > 0 || failures > 0) process.exitCode = 1;
