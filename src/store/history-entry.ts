import type { RunOutcome } from "../domain/exit-status.ts";
import type { UnitName } from "../domain/units.ts";

/** One number of one run; judged ones carry interval, verdict and limit. */
export interface HistoryValue {
  readonly metric: string;
  readonly value: number;
  readonly unit: UnitName;
  readonly low?: number;
  readonly high?: number;
  readonly outcome?: "pass" | "fail" | "inconclusive";
  readonly limit?: { readonly value: number; readonly good: "below" | "above" };
}

/** A run as the history keeps it. */
export interface HistoryEntry {
  readonly id: string;
  readonly at: number;
  readonly profile: string;
  readonly environment: string;
  readonly outcome: RunOutcome;
  readonly source: "run" | "import";
  readonly night?: string;
  readonly report?: string;
  readonly values: readonly HistoryValue[];
  readonly traits: Readonly<Record<string, string>>;
}
