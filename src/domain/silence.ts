import type { Finding } from "./verdict.ts";

/** A finding that nobody wants to read for a while: `silence` of an environment file. Kept with each run. */
export interface Silence {
  /** Id of the finding. */
  readonly id: string;
  /** Why it is silenced. */
  readonly reason: string;
  /** Last day (UTC) on which it is, ISO date. */
  readonly until: string;
}

/** What became of it in a run or a gate. */
export interface AppliedSilence extends Silence {
  /** `expired`: the finding is among the others again. */
  readonly state: "silenced" | "expired";
  /** The findings that it is about; those that are silenced stand here alone. */
  readonly findings: readonly Finding[];
}
