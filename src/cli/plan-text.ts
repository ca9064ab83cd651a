import type { GeneratorNeed } from "../../analysis/generator-need.ts";
import { formatBytes, formatCount, formatValue, percent } from "../domain/number-text.ts";
import type { Plan } from "../domain/plan.ts";
import { eventText } from "../domain/resilience.ts";
import { surfaces } from "../domain/surface.ts";
import { phaseReasons } from "./phase-reasons.ts";

const rate = (perMinute: number): string => `${formatCount(Math.round(perMinute))}/min`;

/** The resolved plan for people: what would be sent where, how much, how long. */
export function planText(plan: Plan, need: GeneratorNeed): string {
  return [
    `Profile ${plan.profile} on ${plan.environment}${plan.sandbox ? " (embedded sandbox, started for the run)" : ""}`,
    `  ${rate(plan.requestsPerMinute)} HTTP requests over all surfaces (assets apart), ${plan.durationMs / 1000} s, at most ${plan.users} virtual users, seed ${plan.seed}`,
    "",
    "  surface     requests    target",
    ...surfaces.map(
      (surface) =>
        `  ${surface.padEnd(10)}  ${rate(plan.requestsPerMinuteBySurface[surface]).padStart(10)}  ${plan.sandbox ? "sandbox" : (plan.targets[surface] ?? "none")}`,
    ),
    "",
    "  workload    requests",
    ...Object.entries(plan.requestsPerMinuteByWorkload).map(
      ([workload, requests]) => `  ${workload.padEnd(10)}  ${rate(requests).padStart(10)}`,
    ),
    "",
    "  phase       seconds     rate                  judged",
    ...plan.phases.map((phase) => {
      const from = rate(plan.requestsPerMinute * phase.fromFactor);
      const to = rate(plan.requestsPerMinute * phase.toFactor);
      return `  ${phase.name.padEnd(10)}  ${String(phase.durationMs / 1000).padStart(7)}     ${(from === to ? from : `${from} to ${to}`).padEnd(20)}  ${phase.judged ? "yes" : "no"}`;
    }),
    "",
    ...phaseReasons(plan),
    `  shares: ${Object.entries(plan.shares)
      .map(([name, share]) => `${name} ${percent(share)}`)
      .join(", ")}`,
    `  generator: ${needText(need)}`,
    `  mix: ${plan.mix === undefined ? "assumed" : `measured, ${plan.mix.file} (${formatCount(plan.mix.requests)} requests), ${percent(plan.mix.leftOutShare)} left out`}`,
    `  aborts: ${plan.abortRules.length === 0 ? "none" : plan.abortRules.map((rule) => `${rule.metric} of ${rule.surface} > ${rule.above} for ${rule.forMs / 1000} s${rule.isInWarmUp === true ? ", warm-up included" : ""}`).join("; ")}`,
    ...(plan.events ?? []).map(
      (event) =>
        `  event: ${eventText(event)} after ${event.atSeconds} s of the constant load, by ${event.by}`,
    ),
    "",
    "Nothing was sent.",
    "",
  ].join("\n");
}

/** Estimates of what the load takes of this machine. */
function needText(need: GeneratorNeed): string {
  const { runners, usersOfRunner, memoryBytes, cpuCores, requestsPerSecond } = need;
  const processes =
    runners === 1 ? "one runner" : `${runners} runners with ${usersOfRunner} virtual users each`;
  const cpu =
    cpuCores === undefined
      ? "CPU unknown (headroom doctor --calibrate)"
      : `${formatValue(cpuCores, "cores")} by the calibration`;
  return `${processes}, about ${formatBytes(memoryBytes)}; ${cpu} at ${formatCount(requestsPerSecond)} requests/s, assets included`;
}
