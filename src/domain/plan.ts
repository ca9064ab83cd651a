import type { Approval, EnvironmentName, IdentityRoles, Targets } from "./environment.ts";
import type { PlannedMix } from "./mix.ts";
import type { AbortRule, LoadProfile, Objectives, Phase, ScenarioName } from "./profile.ts";
import type { PerSurface } from "./surface.ts";
import type { Milliseconds, PerMinute, PerSecond } from "./units.ts";

/** A phase with its place in the run; `startMs` counts from the start of the load (after sign-in). */
export interface PlannedPhase extends Phase {
  readonly startMs: Milliseconds;
}

/**
 * One k6 scenario: a flow during one phase. Its k6 name is `<phase>_<flow>`, so that every sample, dropped
 * iterations included, tells its phase and flow.
 */
export interface PlannedArrivals {
  readonly flow: string;
  readonly scenario: ScenarioName;
  readonly phase: string;
  readonly startMs: Milliseconds;
  readonly durationMs: Milliseconds;
  readonly fromPerSecond: PerSecond;
  readonly toPerSecond: PerSecond;
  /** Virtual users allocated before the load starts; arrivals beyond them are dropped and counted. */
  readonly users: number;
}

/** Everything a run needs, resolved and checked. Stored in `run.json`, handed to the k6 bundle as JSON. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly profile: string;
  readonly environment: EnvironmentName;
  readonly sandbox: boolean;
  readonly seed: number;
  readonly requestsPerMinute: PerMinute;
  /** At factor 1, assets apart. */
  readonly requestsPerMinuteBySurface: PerSurface<PerMinute>;
  readonly requestsPerMinuteByWorkload: Readonly<Record<string, PerMinute>>;
  readonly shares: LoadProfile["shares"];
  /** Measured weights. Absent: shares and weights are assumptions. */
  readonly mix?: PlannedMix | undefined;
  readonly durationMs: Milliseconds;
  readonly phases: readonly PlannedPhase[];
  readonly arrivals: readonly PlannedArrivals[];
  readonly users: number;
  readonly targets: Targets;
  readonly allowedHosts: readonly string[];
  /** Addresses the hosts resolved to when the plan was checked: host → addresses. k6 is pinned to them. */
  readonly resolvedAddresses: Readonly<Record<string, readonly string[]>>;
  readonly identities: {
    readonly count: number;
    readonly emailPattern: string;
    /** The password itself is in this variable of k6's environment, never in the plan. */
    readonly passwordVariable: string;
    readonly roles?: IdentityRoles | undefined;
    /** Sign-ins in any 10 s; the platform refuses more than 3. */
    readonly signInsPer10s: number;
  };
  /**
   * By private page: text that its document contains only for a signed-in user; `{email}` is the identity's address.
   * Absent in runs from before it was kept.
   */
  readonly pageMarks?: Readonly<Record<string, string>> | undefined;
  readonly requestTimeoutMs: Milliseconds;
  readonly judges: LoadProfile["judges"];
  readonly objectives: Objectives;
  readonly availabilityTarget?: number;
  readonly abortRules: readonly AbortRule[];
  /** What the load is held to while it goes on. Absent in runs from before it was kept. */
  readonly ceilings?: PlannedCeilings | undefined;
  /** The Kubernetes workload that serves each surface. Absent in runs from before it was kept. */
  readonly workloads?: PerSurface<string>;
  /** Observers asked for: `kubernetes`, `prometheus`, `database`, `browser`. Absent: none. */
  readonly observers?: readonly string[];
  /** Real browsers that load pages beside the protocol load, in a k6 process of their own. Absent: none. */
  readonly browserUsers?: number;
  /** How many times as fast as ours the cluster's clocks run, where the phases follow them. Absent: as fast. */
  readonly timeScale?: number;
  readonly keepSamples: boolean;
  readonly approval?: Approval;
}

/** The smaller of what the environment may be given and what was approved. */
export interface PlannedCeilings {
  /** All HTTP requests. */
  readonly requestsPerMinute: PerMinute;
  readonly assetsPerPage: number;
}

/** Separates phase and flow in the names of k6's scenarios, which allow letters, digits, `_` and `-` only. */
const separator = "_";

export const arrivalsName = (phase: string, flow: string): string => `${phase}${separator}${flow}`;

/** @returns phase and flow of a k6 scenario's name, or `undefined` for a name that is not ours */
export function parseArrivalsName(name: string): { phase: string; flow: string } | undefined {
  const at = name.indexOf(separator);
  return at <= 0 ? undefined : { phase: name.slice(0, at), flow: name.slice(at + 1) };
}
