/** Reads what a run left behind, also one that died; what is not as it was written is named as damage. */
import { existsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { documentShape } from "../domain/documents/schemas.ts";
import { StoreError } from "../domain/errors.ts";
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import { addMeasured, type MeasuredByRunner } from "../domain/measured-by-runner.ts";
import { WindowMerge } from "../domain/merge-windows.ts";
import { runnerNames } from "../domain/plan.ts";
import type { RunEvent } from "../domain/observation.ts";
import type {
  GateRecord,
  NightlyRecord,
  PlanRecord,
  RunData,
  RunRecord,
  StoredRecord,
} from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import { isAlive } from "./process-identity.ts";
import { migrate } from "./migrations/run/index.ts";
import { runFiles } from "./run-directory.ts";
import { checkShape, readObject, withInfinities } from "./stored-document.ts";
import { eachStoredLine, readStoredLines, type StoredLines } from "./stored-lines.ts";

const kind = {
  what: "the record of a run",
  code: "unreadable-run",
  hint: "Restore the file from a copy, or remove the run's directory; no other run is affected.",
} as const;

/**
 * @returns the record of a load run, of a gate, a nightly run or a plan
 * @throws StoreError where `run.json` is missing, unreadable, not as it was written, or of another version
 */
export function readStoredRecord(directory: string): StoredRecord {
  const file = path.join(directory, runFiles.record);
  const json = readObject(file, kind);
  if (json === undefined)
    throw new StoreError(`${file} cannot be read: there is no such file`, {
      code: "unreadable-run",
      hint: "A run directory holds a run.json; without it the run cannot be judged.",
    });
  const touchedAt = statSync(file).mtimeMs;
  const isCollected = existsSync(path.join(directory, runFiles.collected));
  return withDeadProcess(checkedRecord(migrate(json, file), file), { touchedAt, isCollected });
}

/** The record of a load run. @throws StoreError as above, and where the directory is a gate, a nightly run or a plan */
export function readRunRecord(directory: string): RunRecord {
  const record = readStoredRecord(directory);
  if (record.kind === "run") return record;
  const report = [runFiles.html, `${record.kind}.html`]
    .map((name) => path.join(directory, name))
    .find((file) => existsSync(file));
  const runs = record.members.length === 0 ? "" : `; its runs are ${record.members.join(", ")}`;
  throw new StoreError(`${record.id} is a ${record.kind}${runs}`, {
    code: "not-a-run",
    hint: report === undefined ? "Name a run." : `Read ${report}, or name a run.`,
  });
}

/** Record, windows, observations and events of a run; `running` with a dead process becomes an interrupted run. */
export function readRun(directory: string): RunData {
  const record = readRunRecord(directory);
  const windows = readWindows(directory, record);
  const observations = readStoredLines<ObservationLine>(
    directory,
    "observations",
    record.files?.observations,
  );
  const events = readStoredLines<RunEvent>(directory, "events", record.files?.events);
  const damage = [windows, observations, events].flatMap((file) => file.damage ?? []);
  return {
    run: record,
    windows: windows.lines,
    byRunner: windows.byRunner,
    observations: observations.lines.filter((line) => "unit" in line),
    cluster: observations.lines.filter((line) => "type" in line),
    events: events.lines,
    damage,
  };
}

/** Windows of runners differ by as much before the later ones are waited for no longer, milliseconds. */
const mergedWithinMs = 30_000;

/** Of several runners they are added up as they are read: one by one those of an hour do not fit into memory. */
function readWindows(
  directory: string,
  { plan, files }: RunRecord,
): StoredLines<WindowRecord> & Pick<RunData, "byRunner"> {
  const seal = files?.windows;
  if (runnerNames(plan).length === 1) return readStoredLines(directory, "windows", seal);
  const lines: WindowRecord[] = [];
  const byRunner: MeasuredByRunner = new Map();
  const merge = new WindowMerge();
  let takenAt = -Infinity;
  const damage = eachStoredLine<WindowRecord>(directory, "windows", {
    seal,
    take: (record) => {
      addMeasured(byRunner, record);
      merge.add(record);
      if (record.at <= takenAt + mergedWithinMs) return;
      for (const each of merge.take(takenAt)) lines.push(each);
      takenAt = record.at;
    },
  });
  for (const each of merge.take(Infinity)) lines.push(each);
  return { lines, damage, byRunner };
}

/** What a later Headroom of the same version added is left alone. @throws StoreError naming every field that is wrong */
function checkedRecord(record: Record<string, unknown>, file: string): StoredRecord {
  checkShape(record, file, { ...kind, shape: anyKind });
  const shape = Object.entries(shapes).find(([name]) => name === record["kind"])?.[1] ?? anyKind;
  checkShape(record, file, { ...kind, shape });
  return asRecord(withInfinities(record));
}

const shapes = {
  run: documentShape<RunRecord>("RunRecord"),
  gate: documentShape<GateRecord>("GateRecord"),
  nightly: documentShape<NightlyRecord>("NightlyRecord"),
  plan: documentShape<PlanRecord>("PlanRecord"),
} as const satisfies { readonly [Kind in StoredRecord["kind"]]: z.ZodType };
const anyKind = z.object({ kind: z.enum(["run", "gate", "nightly", "plan"]) });

/**
 * `host` is absent in runs from before it was kept.
 * @param sign last heartbeat of `run.json`, epoch ms; and whether its runners are in a cluster
 */
function withDeadProcess(
  record: StoredRecord,
  { touchedAt, isCollected }: { readonly touchedAt: number; readonly isCollected: boolean },
): StoredRecord {
  if (record.state !== "running") return record;
  const { pid, process: identity } = record;
  if (isAlive({ host: hostname(), ...identity, pid }, touchedAt, Date.now())) return record;
  return {
    ...record,
    state: "interrupted",
    interruption: {
      cause: "crash",
      message: "Headroom was killed before the run ended; this is what it had written",
      hint: isCollected
        ? `headroom attach ${record.id} goes on with it while its runners are there.`
        : "Run it again where the whole plan is needed.",
    },
  };
}

/* Our own files of a checked version: their shape is asserted here, and here only. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asRecord = (value: unknown): StoredRecord => value as StoredRecord;
