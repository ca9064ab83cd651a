import type { Instant } from "../domain/written.ts";

/** A notification of a nightly run, or a run that is annotated, sent once. Each receiver formats it in its own way. */
export interface Message {
  /** The same change has the same id: it is never sent twice. */
  readonly id: string;
  /** What happened. */
  readonly kind: "new-regression" | "resolved" | "target-down" | "target-up" | "run" | "gate";
  /** Specification, alert severities. */
  readonly severity: "P0" | "P1" | "P2" | "P3" | "info";
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: string;
  /** Stable id of the metric; `target` where no run could be completed, `run` and `gate` where it is about all of one. */
  readonly metric: string;
  /** The change in one sentence. */
  readonly sentence: string;
  /** Start of the first nightly run it is about, epoch milliseconds. */
  readonly at: Instant;
  /** End of the run or the gate. */
  readonly until?: Instant;
  /** Of the run or the gate. */
  readonly outcome?: string;
  /** Where its report is published. */
  readonly link?: string;
  /** Where a picture of it is published. */
  readonly picture?: string;
  /** Id of that nightly run, where it is about a metric. */
  readonly nightlyRun?: string;
  /** What else changed with that run. */
  readonly suspects: readonly string[];
}

export const isResolved = ({ kind }: Message): boolean =>
  kind === "resolved" || kind === "target-up";

/** @returns "P2 nightly on staging: API response p95 is worse since …" */
export const headlineOf = ({ severity, profile, environment, sentence }: Message): string =>
  `${severity} ${profile} on ${environment}: ${sentence}`;
