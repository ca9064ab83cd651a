/** `gate.json`, and what `headroom gate --json` answers. Instants are epoch milliseconds; what is unknown is absent. */
import type { Warning } from "../../src/domain/estimate.ts";
import type { ExitStatus, RunOutcome } from "../../src/domain/exit-status.ts";
import type { ServiceHealth } from "../../src/domain/health.ts";
import type { UnitName } from "../../src/domain/units.ts";
import type { Finding } from "../../src/domain/verdict.ts";

export type GateOutcome = "pass" | "fail" | "inconclusive" | "invalid";

export interface GateDocument {
  readonly schemaVersion: 1;
  readonly kind: "gate";
  readonly id: string;
  /** Of the member runs and the margin: the same runs judged again have the same. */
  readonly hash: string;
  readonly candidateHash: string;
  readonly headroom: string;
  readonly command: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The verdict. A bypass never changes it. */
  readonly outcome: GateOutcome;
  readonly sentence: string;
  /** Of the command: 0 under a valid bypass. */
  readonly exitStatus: ExitStatus;
  readonly bypass?: GateBypass;
  readonly mode: "live" | "stored";
  readonly profile: string;
  readonly environment: string;
  readonly margin: number;
  readonly isQuick: boolean;
  /** Post-deployment validation only. */
  readonly quick?: GateQuick;
  readonly pairs: number;
  readonly looks: readonly GateLook[];
  /** The look that decided, or the last one taken. */
  readonly look?: GateLook;
  readonly baseline: GateArm;
  readonly candidate: GateArm;
  readonly nullArm?: GateArm;
  /** Tries at a pair that could not be used, and were made again. */
  readonly repeated: readonly GateRepeat[];
  /** What ended a live gate before its looks did; absent where nothing did. */
  readonly ending?: GateEnding;
  /** Which arm of each pair ran first. */
  readonly order: readonly ("baseline" | "candidate")[];
  readonly metrics: readonly GateMetricResult[];
  readonly budgets: readonly GateBudget[];
  readonly findings: readonly Finding[];
  /** What differs between the arms, in words. */
  readonly differences: readonly string[];
  readonly warnings: readonly Warning[];
}

export interface GateBypass {
  readonly who: string;
  readonly why: string;
  readonly until: string;
  readonly team: string;
}

export interface GateLook {
  readonly pairs: number;
  readonly alpha: number;
}

export interface GateArm {
  /** What it is, as asked for: a target, a fault, a named baseline, runs. */
  readonly label: string;
  readonly runs: readonly GateRun[];
}

export interface GateRun {
  readonly id: string;
  readonly startedAt: number;
  readonly outcome: RunOutcome;
  /** Why it was not used. */
  readonly unusable?: string;
}

export interface GateRepeat {
  /** The pair that was tried, from 1. */
  readonly pair: number;
  readonly reason: string;
  readonly runs: readonly GateRepeatedRun[];
}

export interface GateEnding {
  /** Present where it leaves nothing to judge by, but for a FAIL that is there already. */
  readonly outcome?: "invalid";
  readonly message: string;
}

export interface GateRepeatedRun extends GateRun {
  readonly arm: "baseline" | "candidate" | "nullArm";
}

/** What is looked at after a deployment besides the pairs. */
export interface GateQuick {
  /** Of the candidate, before the load. */
  readonly services: readonly ServiceHealth[];
  /** The one run of the candidate whose budgets were judged in full; absent where it could not be made. */
  readonly budgetRun?: GateRun & { readonly sentence: string };
  /** The least sharp required metric: a change of this share would have been a FAIL four times in five. */
  readonly seesFrom?: { readonly title: string; readonly change: number };
}

export interface GateMetricResult {
  readonly id: string;
  readonly title: string;
  readonly unit: UnitName;
  readonly better: "lower" | "higher";
  readonly required: boolean;
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly reason: string;
  readonly holmLevel?: number;
  /** One value a run; null where a run has none. */
  readonly values: {
    readonly baseline: readonly (number | null)[];
    readonly candidate: readonly (number | null)[];
    readonly nullArm?: readonly (number | null)[];
  };
  readonly baselineMedian?: number;
  readonly candidateMedian?: number;
  readonly comparison?: GateComparison;
  readonly nullControl?: GateComparison;
  /** P value of "the level does not drift from pair to pair"; absent with fewer than 8 pairs. */
  readonly driftChance?: number;
}

/** Ratios are candidate / baseline. */
export interface GateComparison {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly nBaseline: number;
  readonly nCandidate: number;
  readonly minimumDetectableRatio: number;
  readonly method: string;
  readonly design: { readonly design: "paired" | "independent"; readonly reason: string };
}

/** How often runs of the candidate kept an absolute budget. */
export interface GateBudget {
  readonly checkId: string;
  readonly title: string;
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
}
