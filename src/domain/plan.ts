import type { Amount, Count, Factor, Ratio } from "./written.ts";
import type {
  Approval,
  EnvironmentName,
  IdentityRoles,
  Targets,
  WorkloadName,
} from "./environment.ts";
import type { PlannedMix } from "./mix.ts";
import type { AbortRule, LoadProfile, Objectives, Phase, ScenarioName } from "./profile.ts";
import type { PlannedEvent } from "./resilience.ts";
import { surfaces, type PerSurface, type Surface } from "./surface.ts";
import type { Milliseconds, PerMinute, PerSecond } from "./units.ts";

/** A phase with its place in the run; `startMs` counts from the start of the load (after sign-in). */
export interface PlannedPhase extends Phase {
  /** Milliseconds from the start of the load. */
  readonly startMs: Milliseconds;
}

/**
 * One k6 scenario: a flow during one phase. Its k6 name is `<phase>_<flow>`, so that every sample, dropped
 * iterations included, tells its phase and flow.
 */
export interface PlannedArrivals {
  /** Name of the flow. */
  readonly flow: string;
  /** Name of the scenario. */
  readonly scenario: ScenarioName;
  /** Name of the phase. */
  readonly phase: string;
  /** Milliseconds from the start of the load. */
  readonly startMs: Milliseconds;
  /** Duration, milliseconds. */
  readonly durationMs: Milliseconds;
  /** Arrivals per second at the start. */
  readonly fromPerSecond: PerSecond;
  /** Arrivals per second at the end. */
  readonly toPerSecond: PerSecond;
  /** Virtual users allocated before the load starts; arrivals beyond them are dropped and counted. */
  readonly users: Count;
}

/** Everything a run needs, resolved and checked. Stored in `run.json`, handed to the k6 bundle as JSON. */
export interface Plan {
  /** Version of the plan's format. */
  readonly schemaVersion: 1;
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: EnvironmentName;
  /** The embedded sandbox is the target. */
  readonly sandbox: boolean;
  /** Seed of everything that is drawn at random. */
  readonly seed: number;
  /** HTTP requests per minute over all surfaces at factor 1, assets apart. */
  readonly requestsPerMinute: PerMinute;
  /** At factor 1, assets apart. */
  readonly requestsPerMinuteBySurface: PerSurface<PerMinute>;
  /** Requests per minute at factor 1 by Kubernetes workload, assets apart. */
  readonly requestsPerMinuteByWorkload: Readonly<Record<string, PerMinute>>;
  /** Share of the requests by scenario. */
  readonly shares: LoadProfile["shares"];
  /** Measured weights. Absent: shares and weights are assumptions. */
  readonly mix?: PlannedMix | undefined;
  /** Duration of the load, milliseconds. */
  readonly durationMs: Milliseconds;
  /** In order; together they are the whole load. */
  readonly phases: readonly PlannedPhase[];
  /** One for each flow and phase. */
  readonly arrivals: readonly PlannedArrivals[];
  /** Virtual users allocated in all. */
  readonly users: Count;
  /** Base URL by surface. */
  readonly targets: Targets;
  /** Hosts that requests may go to. */
  readonly allowedHosts: readonly string[];
  /** Addresses the hosts resolved to when the plan was checked: host → addresses. k6 is pinned to them. */
  readonly resolvedAddresses: Readonly<Record<string, readonly string[]>>;
  /** Identities of the virtual users. */
  readonly identities: {
    /** Number of identities. */
    readonly count: Count;
    /** `{n}` becomes 1 to `count`. */
    readonly emailPattern: string;
    /** The password itself is in this variable of k6's environment, never in the plan. */
    readonly passwordVariable: string;
    /** Numbers of the identities by role; absent: not known. */
    readonly roles?: IdentityRoles | undefined;
    /** Sign-ins in any 10 s; the platform refuses more than 3. */
    readonly signInsPer10s: Amount;
  };
  /**
   * By private page: text that its document contains only for a signed-in user; `{email}` is the identity's address.
   * Absent in runs from before it was kept.
   */
  readonly pageMarks?: Readonly<Record<string, string>> | undefined;
  /** Timeout of one request, milliseconds. */
  readonly requestTimeoutMs: Milliseconds;
  /** Which objectives the run can judge. */
  readonly judges: LoadProfile["judges"];
  /** What is good enough. */
  readonly objectives: Objectives;
  /** Availability objective, 0..1; absent: none. */
  readonly availabilityTarget?: Ratio;
  /** Rules that end the run early. */
  readonly abortRules: readonly AbortRule[];
  /** What the load is held to while it goes on. Absent in runs from before it was kept. */
  readonly ceilings?: PlannedCeilings | undefined;
  /** The Kubernetes workload that serves each surface. Absent in runs from before it was kept. */
  readonly workloads?: PerSurface<WorkloadName>;
  /** Observers asked for: `kubernetes`, `prometheus`, `database`, `browser`. Absent: none. */
  readonly observers?: readonly string[];
  /** Real browsers that load pages beside the protocol load, in a k6 process of their own. Absent: none. */
  readonly browserUsers?: Count;
  /** k6 processes that share the load by execution segments. Absent: one has all of it. */
  readonly runners?: Count | undefined;
  /** How many times as fast as ours the cluster's clocks run, where the phases follow them. Absent: as fast. */
  readonly timeScale?: Factor;
  /** What happens to the platform while the load goes on, in the order of time. Absent: nothing. */
  readonly events?: readonly PlannedEvent[] | undefined;
  /** Raw samples are kept: those from which the windows can be made again. */
  readonly keepSamples: boolean;
  /** All rows of k6 are kept, also those that nothing reads (`--samples all`). */
  readonly keepAllSamples?: boolean | undefined;
  /** Who allowed the run; absent where none is needed. */
  readonly approval?: Approval;
}

/** The workload that serves a surface; where the plan names none, it is called like the surface. */
export const workloadOf = ({ workloads }: Pick<Plan, "workloads">, surface: Surface): string =>
  workloads?.[surface] ?? surface;

/** When the constant load begins, milliseconds from the start of the load. */
export const holdStartMs = ({ phases }: Pick<Plan, "phases">): number =>
  phases.find(({ kind }) => kind === "hold")?.startMs ?? 0;

/** In the order of the surfaces; each once. */
export const workloadsOf = (plan: Pick<Plan, "workloads">): readonly string[] => [
  ...new Set(surfaces.map((surface) => workloadOf(plan, surface))),
];

/** Surfaces that a workload serves. */
export const surfacesOf = (plan: Pick<Plan, "workloads">, workload: string): readonly Surface[] =>
  surfaces.filter((surface) => workloadOf(plan, surface) === workload);

/**
 * The runners of a plan, as windows, observations and files name them. One that is alone has been "0" since there are
 * runs; several are counted from 1, as k6-operator counts its instances.
 */
export const runnerNames = ({ runners = 1 }: Pick<Plan, "runners">): readonly string[] =>
  runners === 1 ? ["0"] : Array.from({ length: runners }, (_, index) => String(index + 1));

/** Raw rows of one runner, in the run's directory: of the only one `samples.csv.gz`, of several `samples-1.csv.gz` and so on. */
export const samplesFileOf = (runner: string): string =>
  runner === "0" ? "samples.csv.gz" : `samples-${runner}.csv.gz`;

/** What the scenario of one of several runners is told beside the plan. */
export interface RunnerPlace {
  /** From 1. The first one signs in and learns what there is, for all of them. */
  readonly number: Count;
  /** Where it fetches what the first one learned; answered when all of them are ready to start. */
  readonly barrierUrl: string;
}

/** The smaller of what the environment may be given and what was approved. */
export interface PlannedCeilings {
  /** All HTTP requests. */
  readonly requestsPerMinute: PerMinute;
  /** Assets requested for one page at most. */
  readonly assetsPerPage: Count;
}

/** Separates phase and flow in the names of k6's scenarios, which allow letters, digits, `_` and `-` only. */
const separator = "_";

export const arrivalsName = (phase: string, flow: string): string => `${phase}${separator}${flow}`;

/** @returns phase and flow of a k6 scenario's name, or `undefined` for a name that is not ours */
export function parseArrivalsName(name: string): { phase: string; flow: string } | undefined {
  const at = name.indexOf(separator);
  return at <= 0 ? undefined : { phase: name.slice(0, at), flow: name.slice(at + 1) };
}

/** `api-reads` is run by the exported function `apiReads`: exports must be names of JavaScript. */
export const execName = (flow: string): string =>
  flow.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
