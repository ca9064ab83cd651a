/** `gate.json`, and what `headroom gate --json` answers. Instants are epoch milliseconds; what is unknown is absent. */
import type { Count, Instant, PlainName, Ratio, Real } from "../../src/domain/written.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import type { ExitStatus, RunOutcome } from "../../src/domain/exit-status.ts";
import type { ServiceHealth } from "../../src/domain/health.ts";
import type { UnitName } from "../../src/domain/units.ts";
import type { Finding } from "../../src/domain/verdict.ts";

export type GateOutcome = "pass" | "fail" | "inconclusive" | "invalid";

export interface GateDocument {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** Tells this document from others. */
  readonly kind: "gate";
  /** Name of the gate's directory. */
  readonly id: PlainName;
  /** Of the member runs and the margin: the same runs judged again have the same. */
  readonly hash: string;
  /** Hash of the candidate's runs alone. */
  readonly candidateHash: string;
  /** Version of Headroom. */
  readonly headroom: string;
  /** The command line, without secrets. */
  readonly command: string;
  /** Start, epoch milliseconds. */
  readonly startedAt: Instant;
  /** End, epoch milliseconds. */
  readonly endedAt: Instant;
  /** The verdict. A bypass never changes it. */
  readonly outcome: GateOutcome;
  /** The verdict in one sentence. */
  readonly sentence: string;
  /** Of the command: 0 under a valid bypass. */
  readonly exitStatus: ExitStatus;
  /** Who overrode the verdict; absent: nobody did. */
  readonly bypass?: GateBypass;
  /** Whether it ran load, or judged stored runs. */
  readonly mode: "live" | "stored";
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: string;
  /** Change that is tolerated, 0..1 of the baseline. */
  readonly margin: Ratio;
  /** It is a post-deployment validation. */
  readonly isQuick: boolean;
  /** Post-deployment validation only. */
  readonly quick?: GateQuick;
  /** Pairs of runs that were judged. */
  readonly pairs: Count;
  /** Planned interim analyses. */
  readonly looks: readonly GateLook[];
  /** The look that decided, or the last one taken. */
  readonly look?: GateLook;
  /** The runs that are compared with. */
  readonly baseline: GateArm;
  /** The runs that are judged. */
  readonly candidate: GateArm;
  /** Runs of the A/A control; absent: none were asked for. */
  readonly nullArm?: GateArm;
  /** Tries at a pair that could not be used, and were made again. */
  readonly repeated: readonly GateRepeat[];
  /** What ended a live gate before its looks did; absent where nothing did. */
  readonly ending?: GateEnding;
  /** Which arm of each pair ran first. */
  readonly order: readonly ("baseline" | "candidate")[];
  /** The comparison of each metric. */
  readonly metrics: readonly GateMetricResult[];
  /** The objectives of each check over the candidate's runs. */
  readonly budgets: readonly GateBudget[];
  /** Most urgent first. */
  readonly findings: readonly Finding[];
  /** What differs between the arms, in words. */
  readonly differences: readonly string[];
  /** What qualifies the verdict. */
  readonly warnings: readonly Warning[];
  /** Of all other fields, as JSON; only in `gate.json`. */
  readonly sha256?: string;
}

export interface GateBypass {
  /** Who decided it. */
  readonly who: string;
  /** Why it was decided. */
  readonly why: string;
  /** ISO 8601 instant at which it expires. */
  readonly until: string;
  /** The team that is responsible. */
  readonly team: string;
}

export interface GateLook {
  /** Pairs after which it takes place. */
  readonly pairs: Count;
  /** Error probability that it may spend. */
  readonly alpha: Ratio;
}

export interface GateArm {
  /** What it is, as asked for: a target, a fault, a named baseline, runs. */
  readonly label: string;
  /** Its runs, in order. */
  readonly runs: readonly GateRun[];
}

export interface GateRun {
  /** Id of the run. */
  readonly id: PlainName;
  /** Start, epoch milliseconds. */
  readonly startedAt: Instant;
  /** Result of the run. */
  readonly outcome: RunOutcome;
  /** Why it was not used. */
  readonly unusable?: string;
}

export interface GateRepeat {
  /** The pair that was tried, from 1. */
  readonly pair: Count;
  /** Why it could not be used. */
  readonly reason: string;
  /** Its runs. */
  readonly runs: readonly GateRepeatedRun[];
}

export interface GateEnding {
  /** Present where it leaves nothing to judge by, but for a FAIL that is there already. */
  readonly outcome?: "invalid";
  /** What ended it, in one sentence. */
  readonly message: string;
}

export interface GateRepeatedRun extends GateRun {
  /** The arm that the run belongs to. */
  readonly arm: "baseline" | "candidate" | "nullArm";
}

/** What is looked at after a deployment besides the pairs. */
export interface GateQuick {
  /** Of the candidate, before the load. */
  readonly services: readonly ServiceHealth[];
  /** The one run of the candidate whose budgets were judged in full; absent where it could not be made. */
  readonly budgetRun?: GateRun & {
    /** Its result in one sentence. */
    readonly sentence: string;
  };
  /** The least sharp required metric: a change of this share would have been a FAIL four times in five. */
  readonly seesFrom?: {
    /** Title of the metric. */
    readonly title: string;
    /** The change as a share: 0.2 is 20 %. */
    readonly change: Real;
  };
}

export interface GateMetricResult {
  /** Stable id of the metric. */
  readonly id: string;
  /** Title of the metric for people. */
  readonly title: string;
  /** Unit of its values. */
  readonly unit: UnitName;
  /** Which direction is better. */
  readonly better: "lower" | "higher";
  /** It decides the gate. */
  readonly required: boolean;
  /** Result of the comparison. */
  readonly outcome: "pass" | "fail" | "inconclusive";
  /** The result in one sentence. */
  readonly reason: string;
  /** Significance level after Holm's correction; absent: not tested. */
  readonly holmLevel?: number;
  /** One value a run; null where a run has none. */
  readonly values: {
    /** Of the baseline's runs. */
    readonly baseline: readonly (Real | null)[];
    /** Of the candidate's runs. */
    readonly candidate: readonly (Real | null)[];
    /** Of the A/A control's runs. */
    readonly nullArm?: readonly (Real | null)[];
  };
  /** Median of the baseline's runs. */
  readonly baselineMedian?: Real;
  /** Median of the candidate's runs. */
  readonly candidateMedian?: Real;
  /** Candidate against baseline; absent: too few values. */
  readonly comparison?: GateComparison;
  /** The A/A control; absent: none. */
  readonly nullControl?: GateComparison;
  /** P value of "the level does not drift from pair to pair"; absent with fewer than 8 pairs. */
  readonly driftChance?: Ratio;
}

/**
 * Ratios are candidate / baseline. A program may meet more fields: how a comparison was made in detail.
 * @additionalProperties true
 */
export interface GateComparison {
  /** Candidate / baseline. */
  readonly ratio: Real;
  /** Lower end of the interval. */
  readonly low: Real;
  /** Upper end of the interval. */
  readonly high: Real;
  /** Of the two-sided interval, 0..1. */
  readonly confidence: Ratio;
  /** Values of the baseline. */
  readonly nBaseline: Count;
  /** Values of the candidate. */
  readonly nCandidate: Count;
  /** Smallest ratio that so many values are likely to show. */
  readonly minimumDetectableRatio: Real;
  /** How the interval was made. */
  readonly method: string;
  /** How the runs were arranged. */
  readonly design: {
    /** Whether runs are compared in pairs. */
    readonly design: "paired" | "independent";
    /** Why that design was chosen. */
    readonly reason: string;
  };
}

/** How often runs of the candidate kept an absolute budget. */
export interface GateBudget {
  /** Stable id of the check. */
  readonly checkId: string;
  /** Title of the check for people. */
  readonly title: string;
  /** Runs that passed. */
  readonly pass: Count;
  /** Runs that failed. */
  readonly fail: Count;
  /** Runs that were inconclusive. */
  readonly inconclusive: Count;
}
