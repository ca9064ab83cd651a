import type { ClusterClock } from "./autoscaling.ts";
import type { Observation, RunEvent } from "./observation.ts";
import type { Plan } from "./plan.ts";
import type { WindowRecord } from "./window.ts";

/** Why a run ended before its plan did. */
export interface Interruption {
  /** `platform-rule` is a FAIL; all others leave an incomplete run. */
  readonly cause: "platform-rule" | "target" | "engine" | "user" | "disk" | "crash";
  readonly message: string;
  readonly hint?: string;
}

/** The machine that made the load. Runs of unlike generators are not compared. */
export interface GeneratorFingerprint {
  readonly cpuModel: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly nodeVersion: string;
}

/** What this generator can do against a no-op endpoint: `headroom doctor --calibrate`. */
export interface Calibration {
  readonly schemaVersion: 1;
  readonly at: string;
  readonly k6Version: string;
  readonly requestsPerSecond: number;
  /** Cores that k6 used at that rate. */
  readonly cpuCores: number;
  readonly fingerprint: GeneratorFingerprint;
}

/** `run.json`: what was meant, with what, and how it went. Rewritten whole, never half (temporary file and rename). */
export interface RunRecord {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly kind: "run" | "gate" | "nightly" | "plan";
  /** Run ids of the members, where a gate or a night is made of runs. */
  readonly members?: readonly string[];
  /** `running` in a directory whose process is gone: the run died. */
  readonly state: "running" | "complete" | "interrupted";
  readonly interruption?: Interruption;
  readonly plan: Plan;
  readonly hashes: { readonly plan: string; readonly scenario: string };
  readonly versions: { readonly headroom: string; readonly k6: string };
  readonly generator: GeneratorFingerprint;
  readonly calibration?: Calibration;
  /** `sandbox`, or the environment's name; and what the target said of itself. */
  readonly target: {
    readonly kind: "sandbox" | "live";
    readonly labels: Readonly<Record<string, string>>;
    /** Absent: the cluster's clocks are ours. */
    readonly clock?: ClusterClock;
  };
  /** Epoch milliseconds. `loadStart` comes after sign-in. */
  readonly startedAt: number;
  readonly loadStartedAt?: number;
  readonly endedAt?: number;
  readonly k6ExitCode?: number;
  /** Process id of Headroom while `running`, so that a dead run is told from a live one. */
  readonly pid: number;
  readonly command: string;
}

/** Everything that a run left behind, as the later stages read it. */
export interface RunData {
  readonly run: RunRecord;
  readonly windows: readonly WindowRecord[];
  readonly observations: readonly Observation[];
  readonly events: readonly RunEvent[];
}
