/** The words of the history: runs, the nightly runs they make, and the trend of each metric over the nightly runs. */
import type { RunOutcome } from "./exit-status.ts";
import type { Interruption } from "./run.ts";
import type { UnitName } from "./units.ts";
import type { Amount, Count, Instant, Measured, PlainName, Ratio, Real } from "./written.ts";

/** One number of one run; judged ones carry interval, verdict and limit. */
export interface HistoryValue {
  /** `api.response.p95`: the id of the check where there is one. @minLength 1 @maxLength 200 */
  readonly metric: string;
  /** May be Infinity. */
  readonly value: Measured;
  /** Unit of all numbers. */
  readonly unit: UnitName;
  /** Lower end of the interval. */
  readonly low?: Real;
  /** Upper end of the interval. */
  readonly high?: Real;
  /** Result of the check. */
  readonly outcome?: "pass" | "fail" | "inconclusive";
  /** What it was judged against. */
  readonly limit?: {
    /** The limit itself. */
    readonly value: Real;
    /** The side of the limit that passes. */
    readonly good: "below" | "above";
  };
}

/** What the history keeps of a run: its results, and what it was made with. */
export interface HistoryRun {
  /** Name of its directory. */
  readonly id: PlainName;
  /** Epoch milliseconds of the start. */
  readonly at: Instant;
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: string;
  /** Result of the run. */
  readonly outcome: RunOutcome;
  /** Why it ended before its plan did; absent where it did not, or where nobody knows. */
  readonly interruptionCause?: Interruption["cause"];
  /** Of Headroom, or of plain k6. */
  readonly source: "run" | "import";
  /** Id of the nightly run it belongs to; without one, runs of one UTC day make a nightly run. */
  readonly nightlyRun?: string;
  /** Place of its report below the runs' root. */
  readonly report?: string | undefined;
  /** One a metric. */
  readonly values: readonly HistoryValue[];
  /** Versions, hashes, generator, labels of the target: name → value. */
  readonly traits: Readonly<Record<string, string>>;
}

/** A directory under the runs' root of which something could not be read. */
export interface LeftOut {
  readonly name: string;
  /** File, field and value, and why. */
  readonly reason: string;
}

/** The runs that make one value of each metric. */
export interface NightlyRun {
  readonly id: string;
  readonly at: number;
  /** UTC, `2026-11-23`. */
  readonly date: string;
  /** The worst of its runs. */
  readonly outcome: RunOutcome;
  readonly runs: readonly HistoryRun[];
  readonly traits: Readonly<Record<string, string>>;
}

/** Something of the surroundings that is not what it was in the nightly run before. */
export interface Mark {
  /** Of the first nightly run with the new value. */
  readonly index: number;
  readonly trait: string;
  readonly from: string;
  readonly to: string;
}

/** A lasting change of level. Indices count the values as given, gaps included, from 0. */
export interface ChangePoint {
  /** First value after the change. */
  readonly index: Count;
  /** Median of the values since the change before, in the unit of the series. */
  readonly before: Real;
  /** Median of the values up to the next change, in the unit of the series. */
  readonly after: Real;
  /** After over before (Hodges–Lehmann); absent where the level before is not above 0, and beside values that are Infinity. */
  readonly ratio?: Amount;
  /** Lower end of the ratio's two-sided 95 % interval. */
  readonly low?: Amount;
  /** Upper end of the ratio's interval. */
  readonly high?: Real;
  /** Probability that noise alone, correlated as the series is, has a change as clear as this one. */
  readonly p: Ratio;
}

/** One metric of one nightly run. Without `value` it is a gap: no valid run measured it. */
export interface TrendPoint {
  readonly nightlyRun: string;
  readonly at: number;
  readonly date: string;
  readonly value?: number;
  /** The value without the pattern that repeats with the days of the week; absent where there is no such pattern. */
  readonly level?: number | undefined;
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
  /** One per nightly run of the stream, gaps included: indices of changes and outliers point there. */
  readonly points: readonly TrendPoint[];
  readonly changePoints: readonly ChangePoint[];
  readonly outliers: readonly number[];
  /** What limits the detection of this metric: a repeating pattern that was removed, noise that hides changes. */
  readonly notices?: readonly string[] | undefined;
}

/** Nightly runs of one profile in one environment; other profiles put another load and are another history. */
export interface Stream {
  readonly profile: string;
  readonly environment: string;
  readonly nightlyRuns: readonly NightlyRun[];
  readonly marks: readonly Mark[];
}

/** What somebody decided about the history of one profile in one environment. */
interface Decision {
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: string;
  /** The reason given. @minLength 1 */
  readonly because: string;
  /** Who decided. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly decidedAt: number;
}

/** A change that was declared to be the new normal. */
export interface Acceptance extends Decision {
  /** Stable id of the metric. */
  readonly metric: string;
  /** Start of the first nightly run of the change, epoch milliseconds. */
  readonly at: number;
}

/** The baseline that the last week is compared with. */
export interface Pin extends Decision {
  /** Name of the baseline. */
  readonly baseline: string;
}

/** `decisions.json`. */
export interface Decisions {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** Accepted changes. */
  readonly accepted: readonly Acceptance[];
  /** At most one for each profile in each environment. */
  readonly references: readonly Pin[];
}

/** What the last week is compared with, so that creeping changes add up: nightly runs of a pinned baseline. */
export interface PinnedReference {
  /** Of the baseline. */
  readonly name: string;
  readonly runs: readonly string[];
}

const cpuPerRequest = "cpu-per-request.";

/** Metric of one workload: CPU time of its pods per request of a user, milliseconds. */
export const cpuPerRequestMetric = (workload: string): string => `${cpuPerRequest}${workload}`;

/** The workload of such a metric; `undefined` for another one. */
export const workloadOfCpuMetric = (metric: string): string | undefined =>
  metric.startsWith(cpuPerRequest) ? metric.slice(cpuPerRequest.length) : undefined;

/** Chart of a report whose lines, one a workload, say how much CPU a request took: milliseconds. */
export const cpuPerRequestChart = "platform CPU per request";
