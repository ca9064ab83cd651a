/** What a night tells people, once. Receivers only word it their own way. */
export interface Message {
  /** The same news has the same id: it is never sent twice. */
  readonly id: string;
  readonly kind: "new-change" | "recovered" | "target-down" | "target-up";
  /** Specification, alert severities. */
  readonly severity: "P0" | "P1" | "P2" | "P3" | "info";
  readonly profile: string;
  readonly environment: string;
  readonly metric: string;
  readonly sentence: string;
  /** Start of the first night it is about, epoch milliseconds. */
  readonly at: number;
  /** What else changed with that night. */
  readonly suspects: readonly string[];
}

export const isGoodNews = ({ kind }: Message): boolean =>
  kind === "recovered" || kind === "target-up";

/** @returns "P2 nightly on staging: API response p95 is worse since …" */
export const headlineOf = ({ severity, profile, environment, sentence }: Message): string =>
  `${severity} ${profile} on ${environment}: ${sentence}`;
