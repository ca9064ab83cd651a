import type { Count, Real } from "./written.ts";
import type { FindingId, ValidityCode } from "./explained-ids.ts";
import type { Estimate } from "./estimate.ts";
import type { Surface } from "./surface.ts";
import type { UnitName } from "./units.ts";

/** What is good enough: the observed value must stay below (or above, or at) `value`. */
export interface Limit {
  /** The limit itself, in `unit`. */
  readonly value: number;
  /** Unit of `value`. */
  readonly unit: UnitName;
  /** Which side of the limit is good; `at`: the limit is a figure that should be met. */
  readonly good: "below" | "above" | "at";
  /** Where the figure comes from: "specification, Performance Targets". */
  readonly source: string;
}

/**
 * What a verdict is about: `objective` (latency, errors, availability, throughput, pages, database), `capacity` (was the
 * limit of a workload reached?), `resilience` (how the platform bore an event), `autoscaling` (rules A1–A13 of one
 * workload), `utilisation` (of pods, nodes, disks).
 */
export type VerdictGroup = "objective" | "capacity" | "resilience" | "autoscaling" | "utilisation";

interface VerdictBase {
  /** Stable id: `api.response.p95`. Public, also the JUnit name. */
  readonly checkId: string;
  /** What it is about. */
  readonly group: VerdictGroup;
  /** Title of the check for people. */
  readonly title: string;
  /** The surface it judges; absent: no single one. */
  readonly surface?: Surface;
  /** One sentence for people. */
  readonly reason: string;
}

/** The check had what it needed: interval against limit decided. */
export interface JudgedVerdict extends VerdictBase {
  /** `inconclusive`: the interval includes the limit, or there were too few samples. */
  readonly outcome: "pass" | "fail" | "inconclusive";
  /** What was measured, with its interval. */
  readonly observed: Estimate;
  /** What it was compared with. */
  readonly limit: Limit;
  /** Room left as a share of the limit: positive inside the limit, negative beyond. May be -Infinity. */
  readonly margin: Real;
  /**
   * The smallest true value beyond the limit that this sample would have been likely to show (unit of the limit);
   * absent where the sample could not have failed at all.
   */
  readonly smallestDetectable?: Real;
  /** Samples that a decision needs at least. */
  readonly minimumCount: Count;
}

/** Nothing to judge: not asked for in this run, or not testable because an observer was silent. */
export interface NotApplicableVerdict extends VerdictBase {
  /** There was nothing to judge. */
  readonly outcome: "not-applicable";
  /** `not-asked`: this run does not judge it; `not-testable`: its observations are missing. */
  readonly cause: "not-asked" | "not-testable";
}

export type Verdict = JudgedVerdict | NotApplicableVerdict;

/** Why a run cannot be judged, and whose fault it was. */
export interface InvalidReason {
  /** Stable, kebab-case: `nothing-measured`, `generator-saturated`. */
  readonly code: ValidityCode;
  /** Where the cause lies. */
  readonly fault: "generator" | "scenario" | "target" | "harness";
  /** One sentence for people. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

export type Validity =
  | {
      /** Whether the run can be judged. */
      readonly state: "valid";
      /** What qualifies a valid run, as sentences. */
      readonly notes: readonly string[];
    }
  | {
      /** Whether the run can be judged. */
      readonly state: "invalid";
      /** Why the run cannot be judged. */
      readonly reasons: readonly InvalidReason[];
    };

/** A ranked sentence with its evidence and what to do about it. */
export interface Finding {
  /** Stable id of the rule that made it: `error-burst`, `slow-endpoint`. */
  readonly id: FindingId;
  /** P0 is the most urgent; `info` asks for nothing. */
  readonly severity: "P0" | "P1" | "P2" | "P3" | "info";
  /** What was found. */
  readonly sentence: string;
  /** The numbers that it rests on. */
  readonly evidence: string;
  /** What to do about it. */
  readonly action: string;
  /** The surface it is about; absent: no single one. */
  readonly surface?: Surface;
}
