import type { Estimate } from "./estimate.ts";
import type { Surface } from "./surface.ts";
import type { UnitName } from "./units.ts";

/** What is good enough: the observed value must stay below (or above) `value`. */
export interface Limit {
  readonly value: number;
  readonly unit: UnitName;
  /** Which side of the limit is good. */
  readonly good: "below" | "above";
  /** Where the figure comes from: "specification, Performance Targets". */
  readonly source: string;
}

interface VerdictBase {
  /** Stable id: `api.response.p95`. Public, also the JUnit name. */
  readonly checkId: string;
  readonly title: string;
  readonly surface?: Surface;
  /** One sentence for people. */
  readonly reason: string;
}

/** The check had what it needed: interval against limit decided. */
export interface JudgedVerdict extends VerdictBase {
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly observed: Estimate;
  readonly limit: Limit;
  /** Room left as a share of the limit: positive inside the budget, negative beyond. May be -Infinity. */
  readonly margin: number;
  /**
   * The smallest true value beyond the limit that this sample would have been likely to show (unit of the limit);
   * absent where the sample could not have failed at all.
   */
  readonly smallestDetectable?: number;
  readonly minimumCount: number;
}

/** Nothing to judge: not asked for in this run, or not testable because an observer was silent. */
export interface NotApplicableVerdict extends VerdictBase {
  readonly outcome: "not-applicable";
  readonly cause: "not-asked" | "not-testable";
}

export type Verdict = JudgedVerdict | NotApplicableVerdict;

/** Why a run cannot be judged, and whose fault it was. */
export interface InvalidReason {
  /** Stable, kebab-case: `nothing-measured`, `generator-saturated`. */
  readonly code: string;
  readonly fault: "generator" | "scenario" | "target" | "harness";
  readonly message: string;
  readonly hint?: string;
}

export type Validity =
  | { readonly state: "valid"; readonly notes: readonly string[] }
  | { readonly state: "invalid"; readonly reasons: readonly InvalidReason[] };

/** A ranked sentence with its evidence and what to do about it. */
export interface Finding {
  /** Stable id of the rule that made it: `error-burst`, `slow-endpoint`. */
  readonly id: string;
  readonly severity: "P0" | "P1" | "P2" | "P3" | "info";
  readonly sentence: string;
  readonly evidence: string;
  readonly action: string;
  readonly surface?: Surface;
}
