/**
 * The checks A1–A13 through the observer's eyes: every fault of the sandbox's autoscalers is found by the check that names
 * it, healthy ones fail none. `node bench/run.mjs autoscaling-observed [healthy seeds]`
 */
import {
  agreement,
  clusterTrials,
  failedChecks,
  judged,
  observedTrials,
  simulateObserved,
} from "./observed-simulation.ts";
import type { ObservedTrial } from "./observed-simulation.ts";

const seeds = Number(process.argv[2] ?? 20);
const lines = ["fault             named by  failed checks of the API"];
let missed = 0;
for (const [name, trial] of Object.entries<ObservedTrial>(observedTrials)) {
  if (trial.foundBy === undefined) continue;
  const found = failedChecks(judged(simulateObserved(trial, 1)));
  if (!found.includes(trial.foundBy)) missed++;
  lines.push(`${name.padEnd(18)}${trial.foundBy.padEnd(10)}${found.join(" ") || "none"}`);
}
lines.push("", "cluster           named by               failed checks of the API; findings");
for (const [name, trial] of Object.entries<ObservedTrial>(clusterTrials)) {
  const judgement = judged(simulateObserved(trial, 1));
  const found = failedChecks(judgement);
  const finding = judgement.findings.find(({ id }) => id === trial.finding);
  if (finding === undefined) missed++;
  lines.push(
    `${name.padEnd(18)}${(trial.finding ?? "").padEnd(23)}${found.join(" ") || "none"}; ${finding?.sentence ?? ""}`,
  );
}
lines.push("");
let failures = 0;
let [agreed, ticks] = [0, 0];
for (let seed = 1; seed <= seeds; seed++) {
  const data = simulateObserved(observedTrials.healthy, seed);
  const found = failedChecks(judged(data));
  failures += found.length;
  if (found.length > 0) lines.push(`healthy, seed ${seed}: ${found.join(" ")}`);
  const [hits, of] = agreement(data);
  agreed += hits;
  ticks += of;
}
lines.push(`${seeds} healthy autoscalers: ${failures} failed checks`);
const share = ((agreed / ticks) * 100).toFixed(2);
lines.push(
  `replay of their recordings: predicted = observed on ${agreed} of ${ticks} ticks (${share} %)`,
);
process.stdout.write(`${lines.join("\n")}\n`);
if (missed > 0 || failures > 0 || agreed / ticks < 0.95) process.exitCode = 1;
