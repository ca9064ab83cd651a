import type { Amount, Ratio } from "./written.ts";
import type { Role } from "./role.ts";
import type { Surface, PerSurface } from "./surface.ts";
import type { Milliseconds, PerMinute } from "./units.ts";

/** What one user does; the k6 code of the same name in `scenarios/`. */
export const scenarioNames = ["web", "api", "subgraph", "mixed", "noop"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/**
 * One stream of arrivals inside a scenario: the k6 function of the same name. It declares what an
 * iteration sends, which turns requests per minute into arrivals and is checked after the run.
 */
export interface Flow {
  readonly name: string;
  /** Share of the scenario's requests, 0..1; the shares of a scenario add up to 1. */
  readonly share: number;
  /** HTTP requests (assets apart) that one iteration sends. */
  readonly requestsPerIteration: Readonly<Partial<Record<Surface, number>>>;
  /** How long an iteration takes on a healthy platform; sizes the pool of virtual users. */
  readonly typicalIterationMs: Milliseconds;
  /** Roles of which it needs an identity each; absent: any identity, or none. */
  readonly roles?: readonly Role[] | undefined;
}

export interface Scenario {
  readonly name: ScenarioName;
  readonly summary: string;
  readonly flows: readonly Flow[];
}

/**
 * A slice of a profile. Only `judged` phases count for objectives: warm-up, recovery and ramps are shown, not judged.
 * The rate goes linearly from `fromFactor` to `toFactor` times the profile's rate.
 */
export interface Phase {
  /** Name of the phase. */
  readonly name: string;
  /** What the phase is for. */
  readonly kind: "warm-up" | "hold" | "ramp" | "recovery";
  /** Duration, milliseconds. */
  readonly durationMs: Milliseconds;
  /** Factor of the profile's rate at the start. */
  readonly fromFactor: Amount;
  /** Factor of the profile's rate at the end. */
  readonly toFactor: Amount;
  /** The phase counts for the objectives. */
  readonly judged: boolean;
}

/** The factor of the profile's rate where so much of a phase is over. @param share 0..1 */
export const factorAt = (
  { fromFactor, toFactor }: Pick<Phase, "fromFactor" | "toFactor">,
  share: number,
): number => fromFactor + (toFactor - fromFactor) * share;

/** `p95 of api > 500 ms for 30 s`: ends the run, and the run FAILs. */
export interface AbortRule {
  /** Stable id of the rule. */
  readonly id: string;
  /** What is compared. */
  readonly metric: "p95" | "errorRatio";
  /** The surface it watches. */
  readonly surface: Surface | "any";
  /** Milliseconds for p95, 0..1 for the error ratio. */
  readonly above: number;
  /** How long the value must stay above, milliseconds. */
  readonly forMs: Milliseconds;
  /** Absent: warm-up phases are not looked at. */
  readonly isInWarmUp?: boolean | undefined;
  /** Where the rule comes from. */
  readonly source: string;
}

/** How much load, when. Data: rates are shares of one total, so that a profile scales with one number. */
export interface LoadProfile {
  readonly name: string;
  readonly summary: string;
  /** HTTP requests (assets apart) over all surfaces at factor 1. */
  readonly requestsPerMinute: PerMinute;
  /** Share of the total per scenario; the shares add up to 1. */
  readonly shares: Readonly<Partial<Record<ScenarioName, Amount>>>;
  readonly phases: readonly Phase[];
  /** Durations are the control plane's: a sandbox whose clocks run k times as fast gets a k-th of them. */
  readonly isOfControlPlane?: boolean;
  /** How many runs make one answer: a nightly run has three, so that it has a run-to-run spread. */
  readonly repetitions: number;
  /** Which objectives this profile can judge. Throughput needs a profile that offers more than the target. */
  readonly judges: {
    /** The throughput objective. */
    readonly throughput: boolean;
    /** The latency objectives. */
    readonly latency: boolean;
    /** The error objective. */
    readonly errors: boolean;
    /** The limit is looked for, beyond the objectives: what was found decides, not what held. Absent: no. */
    readonly capacity?: boolean;
    /** Events are made while the load goes on, and how the platform bears them decides. Absent: no. */
    readonly resilience?: boolean;
  };
  readonly abortRules: readonly AbortRule[];
  /** Keep raw samples (`samples.csv.gz`)? A soak may do without. */
  readonly keepSamples: boolean;
}

/** What is good enough, in inside units. The source of each figure is named where it is set. */
export interface Objectives {
  /** p95 of responses by surface, milliseconds. */
  readonly responseP95Ms: PerSurface<Milliseconds>;
  /** p95 of page loads, milliseconds. */
  readonly pageP95Ms: Milliseconds;
  /** p95 of the database probe, milliseconds. */
  readonly databaseP95Ms: Milliseconds;
  /** HTTP requests per minute that must be carried. */
  readonly requestsPerMinute: PerMinute;
  /** Share of requests that may fail (the error objective), 0..1. */
  readonly errorRatio: Ratio;
}
