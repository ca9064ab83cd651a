/** A notification of a nightly run, sent once. Each receiver formats it in its own way. */
export interface Message {
  /** The same change has the same id: it is never sent twice. */
  readonly id: string;
  readonly kind: "new-regression" | "resolved" | "target-down" | "target-up";
  /** Specification, alert severities. */
  readonly severity: "P0" | "P1" | "P2" | "P3" | "info";
  readonly profile: string;
  readonly environment: string;
  readonly metric: string;
  readonly sentence: string;
  /** Start of the first nightly run it is about, epoch milliseconds. */
  readonly at: number;
  /** What else changed with that run. */
  readonly suspects: readonly string[];
}

export const isResolved = ({ kind }: Message): boolean =>
  kind === "resolved" || kind === "target-up";

/** @returns "P2 nightly on staging: API response p95 is worse since …" */
export const headlineOf = ({ severity, profile, environment, sentence }: Message): string =>
  `${severity} ${profile} on ${environment}: ${sentence}`;
