import type { RunOutcome } from "../../src/domain/exit-status.ts";
import type { UnitName } from "../../src/domain/units.ts";
import type { ChangePoint } from "../change-points/types.ts";

/** One number of one run. */
export interface RunValue {
  /** `api.response.p95`: the id of the check where there is one. */
  readonly metric: string;
  /** May be Infinity. */
  readonly value: number;
  readonly unit: UnitName;
  /** The run's own interval and verdict, where a check judged it. */
  readonly low?: number;
  readonly high?: number;
  readonly outcome?: "pass" | "fail" | "inconclusive";
  readonly limit?: { readonly value: number; readonly good: "below" | "above" };
}

/** What the history keeps of a run: its results, and what it was made with. */
export interface HistoryRun {
  readonly id: string;
  /** Epoch milliseconds of the start. */
  readonly at: number;
  readonly profile: string;
  readonly environment: string;
  readonly outcome: RunOutcome;
  readonly source: "run" | "import";
  /** Id of the night it belongs to; without one, runs of one UTC day make a night. */
  readonly night?: string;
  /** Place of its report below the runs' root. */
  readonly report?: string;
  readonly values: readonly RunValue[];
  /** Versions, hashes, generator, labels of the target: name → value. */
  readonly traits: Readonly<Record<string, string>>;
}

/** The runs that make one value of each metric. */
export interface Night {
  readonly id: string;
  readonly at: number;
  /** UTC, `2026-11-23`. */
  readonly date: string;
  /** The worst of its runs. */
  readonly outcome: RunOutcome;
  readonly runs: readonly HistoryRun[];
  readonly traits: Readonly<Record<string, string>>;
}

/** Something of the surroundings that is not what it was the night before. */
export interface Mark {
  /** Of the first night with the new value. */
  readonly index: number;
  readonly trait: string;
  readonly from: string;
  readonly to: string;
}

/** One metric of one night. Without `value` it is a gap: no valid run measured it. */
export interface TrendPoint {
  readonly night: string;
  readonly at: number;
  readonly date: string;
  readonly value?: number;
  /** Smallest and largest of several runs; the run's own interval of one. */
  readonly low?: number;
  readonly high?: number;
  readonly runs: number;
  readonly outcome?: RunOutcome;
}

export interface Trend {
  readonly metric: string;
  readonly title: string;
  readonly unit: UnitName;
  readonly worse: "higher" | "lower";
  /** A check judges it: only these are worth a message. */
  readonly isObjective: boolean;
  readonly limit?: { readonly value: number; readonly good: "below" | "above" };
  /** One per night of the stream, gaps included. */
  readonly points: readonly TrendPoint[];
  readonly changePoints: readonly ChangePoint[];
  readonly outliers: readonly number[];
}

/** Nights of one profile in one environment; other profiles put another load and are another history. */
export interface Stream {
  readonly profile: string;
  readonly environment: string;
  readonly nights: readonly Night[];
  readonly marks: readonly Mark[];
}
