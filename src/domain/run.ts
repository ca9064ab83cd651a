import type { Silence } from "./silence.ts";
import type { Amount, Count, Instant, Integer, PlainName } from "./written.ts";
import type { ClusterRecord } from "./kubernetes-records.ts";
import type { MeasuredByRunner } from "./measured-by-runner.ts";
import type { ClusterClock } from "./autoscaling.ts";
import type { Observation, RunEvent } from "./observation.ts";
import type { Plan } from "./plan.ts";
import type { WindowRecord } from "./window.ts";

export const interruptionCauses = [
  "platform-rule",
  "ceiling",
  "target",
  "engine",
  "user",
  "disk",
  "crash",
] as const;

/** Why a run ended before its plan did. */
export interface Interruption {
  /** `platform-rule` is a FAIL; all others leave an incomplete run. */
  readonly cause: (typeof interruptionCauses)[number];
  /** One sentence for people. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** The machine that made the load. Runs of unlike generators are not compared. */
export interface GeneratorFingerprint {
  /** Model of the processor. */
  readonly cpuModel: string;
  /** Number of cores. */
  readonly cpuCores: Amount;
  /** Memory of the machine, bytes. */
  readonly memoryBytes: Amount;
  /** Operating system and architecture. */
  readonly platform: string;
  /** Version of Node.js. */
  readonly nodeVersion: string;
}

/** What this generator can do against a no-op endpoint: `headroom doctor --calibrate`. */
export interface Calibration {
  /** Version of this document's format. */
  readonly schemaVersion: 1;
  /** When it was measured, ISO 8601. */
  readonly at: string;
  /** Version of k6. */
  readonly k6Version: string;
  /** Requests per second that were reached. */
  readonly requestsPerSecond: Amount;
  /** Cores that k6 used at that rate. */
  readonly cpuCores: Amount;
  /** The machine it was measured on. */
  readonly fingerprint: GeneratorFingerprint;
}

/** The format that this version writes; `src/store/migrations` reads older ones. */
export const runSchemaVersion = 3;

/** What every `run.json` says. Rewritten whole, never half (temporary file and rename). */
interface RecordHead {
  /** Version of the run's format: of this document and of the lines beside it. */
  readonly schemaVersion: typeof runSchemaVersion;
  /** Name of the directory. */
  readonly id: PlainName;
  /** `running` in a directory whose process is gone: the run died. */
  readonly state: "running" | "complete" | "interrupted";
  /** Why it ended early; absent where it did not. */
  readonly interruption?: Interruption;
  /** Versions of the tools. */
  readonly versions: {
    /** Version of Headroom. */
    readonly headroom: string;
  };
  /** Epoch milliseconds. */
  readonly startedAt: Instant;
  /** End, epoch milliseconds; absent while it is running. */
  readonly endedAt?: Instant;
  /** Process id of Headroom while `running`, so that a dead run is distinguished from a live one. */
  readonly pid: Integer;
  /** What tells that process from another of the same number; absent in runs from before it was kept. */
  readonly process?: ProcessOrigin;
  /** The command line, without secrets. */
  readonly command: string;
}

/** How one of several runners went. What it measured is in the windows that have its name as `generator`. */
export interface RunnerRecord {
  /** "1" to the number of runners. */
  readonly runner: string;
  /** When its load began, epoch milliseconds; absent where it did not. */
  readonly loadStartedAt?: Instant | undefined;
  /** When its k6 ended, epoch milliseconds. */
  readonly endedAt: Instant;
  /** Exit status of its k6; absent where a signal ended it. */
  readonly k6ExitCode?: Integer | undefined;
  /** Name of the signal that ended its k6. */
  readonly signal?: string | undefined;
}

/** A load run: what was meant, with what, and how it went. */
export interface RunRecord extends RecordHead {
  /** A load run. */
  readonly kind: "run";
  /** Exactly what was to be sent. */
  readonly plan: Plan;
  /** Hashes of what was executed. */
  readonly hashes: {
    /** SHA-256 of the load plan. */
    readonly plan: string;
    /** SHA-256 of the bundled scenarios. */
    readonly scenario: string;
  };
  /** Versions of the tools. */
  readonly versions: {
    /** Version of Headroom. */
    readonly headroom: string;
    /** Version of k6. */
    readonly k6: string;
  };
  /** The machine that made the load. */
  readonly generator: GeneratorFingerprint;
  /** The machine's measured ceiling; absent where it was not calibrated. */
  readonly calibration?: Calibration;
  /** `sandbox`, or the environment's name; and what the target said of itself. */
  readonly target: {
    /** The embedded sandbox, or an environment's targets. */
    readonly kind: "sandbox" | "live";
    /** What the target reports of itself: version, fault. */
    readonly labels: Readonly<Record<string, string>>;
    /** Absent: the cluster's clocks are ours. */
    readonly clock?: ClusterClock;
  };
  /** Start of the load after sign-in, epoch milliseconds; absent where it did not start. */
  readonly loadStartedAt?: Instant;
  /** Exit status of k6; of several runners the first that did not end as planned, else 0. */
  readonly k6ExitCode?: Integer | undefined;
  /** In the order of their names; absent where one runner made the load. */
  readonly runners?: readonly RunnerRecord[] | undefined;
  /** Rows of k6's samples that were no rows: what they measured counts nowhere. Absent: none. */
  readonly unreadableSampleRows?: Count;
  /** Assets that pages named beyond the limit and that were not requested. Absent: none. */
  readonly assetsCut?: AssetsCut | undefined;
  /** Findings that its environment silences. Absent: none. */
  readonly silence?: readonly Silence[] | undefined;
  /** As the run left its files; absent where it did not come to its end, and in runs from before it was kept. */
  readonly files?: FileSeals;
}

/** A release gate; its answer is in `gate.json`. */
export interface GateRecord extends RecordHead {
  /** A release gate. */
  readonly kind: "gate";
  /** Ids of its runs, in order of their start. */
  readonly members: readonly PlainName[];
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: string;
}

/** A nightly run; its answer is in `nightly.json`. */
export interface NightlyRecord extends RecordHead {
  /** A nightly run. */
  readonly kind: "nightly";
  /** Ids of its runs, those that were repeated among them, in order of their start. */
  readonly members: readonly PlainName[];
  /** Name of the load profile. */
  readonly profile: string;
  /** Name of the environment. */
  readonly environment: string;
}

/** A capacity plan; it is in `plan.json`. */
export interface PlanRecord extends RecordHead {
  /** A capacity plan. */
  readonly kind: "plan";
  /** Ids of the runs that capacity and scaling were read from. */
  readonly members: readonly PlainName[];
}

/** Any `run.json`. */
export type StoredRecord = RunRecord | GateRecord | NightlyRecord | PlanRecord;

/** Pages that were not loaded whole, because they name more assets than the environment allows. */
export interface AssetsCut {
  /** Pages that named more assets than allowed. */
  readonly pages: Count;
  /** Assets that were not requested. */
  readonly assets: Count;
}

/** The files that a judgement reads, line by line. */
export const sealedFiles = ["windows", "observations", "events"] as const;
export type SealedFile = (typeof sealedFiles)[number];

/** What a file held when the run ended. */
export interface FileSeal {
  /** Lines of the file. */
  readonly lines: Count;
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
  /** Name of the machine. */
  readonly host: string;
  /** Id of the machine's boot. */
  readonly bootId?: string | undefined;
  /** Clock ticks since the boot. */
  readonly startTicks?: Count | undefined;
}

/** Everything that a run left behind, as the later stages read it. */
export interface RunData {
  readonly run: RunRecord;
  /** Of several runners added up, where they were read from files. */
  readonly windows: readonly WindowRecord[];
  /** Of several runners each by itself; absent: as the windows say. */
  readonly byRunner?: MeasuredByRunner | undefined;
  /** Numbers that observers measured. */
  readonly observations: readonly Observation[];
  /**
   * What the Kubernetes observer recorded.
   * @hidden from the JSON Schemas of documents: its type is made from a schema
   */
  readonly cluster: readonly ClusterRecord[];
  readonly events: readonly RunEvent[];
  /** Absent: every file is as it was written. */
  readonly damage?: readonly FileDamage[] | undefined;
}
