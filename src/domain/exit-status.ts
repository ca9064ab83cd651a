/**
 * Exit statuses and what they mean, in their one place: the help and README's table are checked against it. Scripts rely on
 * them: changing one is a breaking change.
 */
import { ConfigError, HeadroomError, UsageError } from "./errors.ts";

export const exitStatus = {
  pass: 0,
  fail: 1,
  usage: 2,
  invalid: 3,
  inconclusive: 4,
  bug: 70,
  interrupted: 130,
  /** As shells report a process that SIGTERM ended. */
  terminated: 143,
} as const;

export const exitMeanings = {
  pass: "pass, or done where nothing is judged",
  fail: "fail",
  usage: "usage or configuration",
  invalid: "invalid or incomplete",
  inconclusive: "inconclusive",
  bug: "a bug",
  interrupted: "interrupted",
  terminated: "ended by SIGTERM where no load had to be ended first",
} as const satisfies Record<keyof typeof exitStatus, string>;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** The outcome of a run, a gate or a nightly run. `incomplete`: it did not end as planned, nor by an abort rule. */
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
