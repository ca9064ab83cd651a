import type { ClusterClock } from "./autoscaling.ts";
import type { Observation, RunEvent } from "./observation.ts";
import type { Plan } from "./plan.ts";
import type { WindowRecord } from "./window.ts";

/** Why a run ended before its plan did. */
export interface Interruption {
  /** `platform-rule` is a FAIL; all others leave an incomplete run. */
  readonly cause: "platform-rule" | "ceiling" | "target" | "engine" | "user" | "disk" | "crash";
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
  /** Rows of k6's samples that were no rows: what they measured counts nowhere. Absent: none. */
  readonly unreadableSampleRows?: number;
  /** Assets that pages named beyond the limit and that were not requested. Absent: none. */
  readonly assetsCut?: AssetsCut | undefined;
  /** As the run left its files; absent where it did not come to its end, and in runs from before it was kept. */
  readonly files?: FileSeals;
  /** Process id of Headroom while `running`, so that a dead run is told from a live one. */
  readonly pid: number;
  /** What tells that process from another of the same number; absent in runs from before it was kept. */
  readonly process?: ProcessOrigin;
  readonly command: string;
}

/** Pages that were not loaded whole, because they name more assets than the environment allows. */
export interface AssetsCut {
  readonly pages: number;
  readonly assets: number;
}

/** The files that a judgement reads, line by line. */
export const sealedFiles = ["windows", "observations", "events"] as const;
export type SealedFile = (typeof sealedFiles)[number];

/** What a file held when the run ended. */
export interface FileSeal {
  readonly lines: number;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
}
export type FileSeals = Readonly<Record<SealedFile, FileSeal>>;

/** A stored file that is not as the run wrote it: what is judged from it would be judged from a part. */
export interface FileDamage {
  /** Name in the run's directory: `windows.ndjson`. */
  readonly file: string;
  /**
   * `unreadable-lines`: cut or changed in place; `missing-lines`, `additional-lines`: fewer or more than the run wrote;
   * `changed`: as many lines as were written, with other content; `missing`: the file is gone.
   */
  readonly kind: "unreadable-lines" | "missing-lines" | "additional-lines" | "changed" | "missing";
  /** How many lines; 0 where it is not known which. */
  readonly count: number;
  /** Numbers of the first of them, from 1. */
  readonly places: readonly number[];
}

/** The machine, its start and the process's own start. */
export interface ProcessOrigin {
  readonly host: string;
  readonly bootId?: string | undefined;
  /** Clock ticks since the boot. */
  readonly startTicks?: number | undefined;
}

/** Everything that a run left behind, as the later stages read it. */
export interface RunData {
  readonly run: RunRecord;
  readonly windows: readonly WindowRecord[];
  readonly observations: readonly Observation[];
  readonly events: readonly RunEvent[];
  /** Absent: every file is as it was written. */
  readonly damage?: readonly FileDamage[] | undefined;
}
