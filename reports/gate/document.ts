/** `gate.json`, and what `headroom gate --json` answers. Instants are epoch milliseconds; what is unknown is absent. */
import type { InterimAnalysis, MetricResult, PairComparison } from "../../src/domain/comparison.ts";
import type { Count, Instant, PlainName, Ratio, Real } from "../../src/domain/written.ts";
import type { Warning } from "../../src/domain/estimate.ts";
import type { ExitStatus, RunOutcome } from "../../src/domain/exit-status.ts";
import type { ServiceHealth } from "../../src/domain/health.ts";
import type { AppliedSilence } from "../../src/domain/silence.ts";
import type { Finding } from "../../src/domain/verdict.ts";

export type GateOutcome = "pass" | "fail" | "inconclusive" | "invalid";

export interface GateDocument {
  /** Version of this document's format. */
  readonly schemaVersion: 2;
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
  /** The planned analyses: interim ones and the final one. */
  readonly analyses: readonly InterimAnalysis[];
  /** The analysis that decided, or the last one made; absent before the first. */
  readonly lastAnalysis?: InterimAnalysis;
  /** The runs that are compared with. */
  readonly baseline: GateArm;
  /** The runs that are judged. */
  readonly candidate: GateArm;
  /** Runs of the A/A control; absent: none were asked for. */
  readonly control?: GateArm;
  /** Attempts at a pair that could not be used, and were repeated. */
  readonly lostAttempts: readonly GateLostAttempt[];
  /** What ended a live gate early; absent where nothing did. */
  readonly ending?: GateEnding;
  /** Which arm of each pair ran first. */
  readonly order: readonly ("baseline" | "candidate")[];
  /** The comparison of each metric. */
  readonly metrics: readonly GateMetricResult[];
  /** The objectives of each check over the candidate's runs. */
  readonly objectives: readonly GateObjective[];
  /** Most urgent first. */
  readonly findings: readonly Finding[];
  /** What the environment file silences, and the findings that are for that reason not among the others; absent: nothing. */
  readonly silenced?: readonly AppliedSilence[] | undefined;
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

export interface GateLostAttempt {
  /** The pair that was attempted, from 1. */
  readonly pair: Count;
  /** Why it could not be used. */
  readonly reason: string;
  /** Its runs. */
  readonly runs: readonly GateLostRun[];
}

export interface GateEnding {
  /** Present where it leaves nothing to judge by, but for a FAIL that is there already. */
  readonly outcome?: "invalid";
  /** What ended it, in one sentence. */
  readonly message: string;
}

export interface GateLostRun extends GateRun {
  /** The arm that the run belongs to. */
  readonly arm: "baseline" | "candidate" | "control";
}

/** What a post-deployment validation checks besides the pairs. */
export interface GateQuick {
  /** Of the candidate, before the load. */
  readonly services: readonly ServiceHealth[];
  /** The one run of the candidate whose objectives were judged in full; absent where it could not be made. */
  readonly objectivesRun?: GateRun & {
    /** Its result in one sentence. */
    readonly sentence: string;
  };
  /** The smallest change of every required metric that would have been a FAIL four times in five: that of the least sharp. */
  readonly smallestDetectable?: {
    /** Title of the metric. */
    readonly title: string;
    /** The change as a share: 0.2 is 20 %. */
    readonly change: Real;
  };
}

export interface GateMetricResult extends MetricResult {
  /** One value a run; null where a run has none. */
  readonly values: {
    /** Of the baseline's runs. */
    readonly baseline: readonly (Real | null)[];
    /** Of the candidate's runs. */
    readonly candidate: readonly (Real | null)[];
    /** Of the A/A control's runs. */
    readonly control?: readonly (Real | null)[];
  };
  /** Candidate against baseline; absent: too few values. */
  readonly comparison?: PairComparison;
  /** The A/A control; absent: none. */
  readonly controlComparison?: PairComparison;
  /** P value of "the level does not drift from pair to pair"; absent with fewer than 8 pairs. */
  readonly driftPValue?: Ratio;
}

/** How often runs of the candidate met an absolute objective. */
export interface GateObjective {
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
