/** Exit statuses, in their one place. Scripts rely on them: changing one is a breaking change. */
import { ConfigError, HeadroomError, UsageError } from "./errors.ts";

export const exitStatus = {
  pass: 0,
  fail: 1,
  usage: 2,
  invalid: 3,
  inconclusive: 4,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** What a run, a gate or a night comes to. `incomplete`: it did not end as planned, by no rule of the platform. */
export const runOutcomes = ["pass", "fail", "inconclusive", "invalid", "incomplete"] as const;
export type RunOutcome = (typeof runOutcomes)[number];

export function exitStatusOfOutcome(outcome: RunOutcome): ExitStatus {
  return outcome === "incomplete" ? exitStatus.invalid : exitStatus[outcome];
}

/** Usage and configuration are for the caller to fix (2), the other known errors stop a run (3), the rest is a bug. */
export function exitStatusOfError(error: unknown): ExitStatus {
  if (error instanceof UsageError || error instanceof ConfigError) return exitStatus.usage;
  if (error instanceof HeadroomError) return exitStatus.invalid;
  return exitStatus.bug;
}
