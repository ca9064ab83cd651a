/** Reads what a run left behind, also one that died; what is not as it was written is named as damage. */
import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { run } from "../domain/documents/run.ts";
import { StoreError } from "../domain/errors.ts";
import { fromJson } from "../domain/json.ts";
import type { Observation, RunEvent } from "../domain/observation.ts";
import type { RunData, RunRecord } from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import { isAlive } from "./process-identity.ts";
import { migrate } from "./migrations/index.ts";
import { runFiles } from "./run-directory.ts";
import { readStoredLines } from "./stored-lines.ts";

/** @throws StoreError where `run.json` is missing, unreadable or of another version */
export function readRunRecord(directory: string): RunRecord {
  const file = path.join(directory, runFiles.record);
  let json: unknown;
  try {
    json = fromJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw new StoreError(`${file} cannot be read: ${String(error)}`, {
      code: "unreadable-run",
      hint: "A run directory holds a run.json; without it the run cannot be judged.",
      cause: error,
    });
  }
  if (!isRecord(json)) {
    throw new StoreError(`${file}: expected a JSON object`, { code: "unreadable-run" });
  }
  const touchedAt = statSync(file).mtimeMs;
  return withDeadProcess(checkedRecord(migrate(json, file), file), touchedAt);
}

/** Record, windows, observations and events of a run; `running` with a dead process becomes an interrupted run. */
export function readRun(directory: string): RunData {
  const record = readRunRecord(directory);
  const windows = readStoredLines<WindowRecord>(directory, "windows", record.files?.windows);
  const observations = readStoredLines<Observation>(
    directory,
    "observations",
    record.files?.observations,
  );
  const events = readStoredLines<RunEvent>(directory, "events", record.files?.events);
  const damage = [windows, observations, events].flatMap((file) => file.damage ?? []);
  return {
    run: record,
    windows: windows.lines,
    observations: observations.lines,
    events: events.lines,
    damage,
  };
}

/** What a later Headroom of the same version added is left alone. @throws StoreError naming every field that is wrong */
function checkedRecord(record: Record<string, unknown>, file: string): RunRecord {
  const shape = record["kind"] === "run" ? run : recordOfRuns;
  const problems = (shape.safeParse(record).error?.issues ?? [])
    .filter(({ code }) => code !== "unrecognized_keys")
    .map(({ path: field, message }) => `${field.join(".")}: ${message}`);
  if (problems.length === 0) return asRunRecord(record);
  throw new StoreError(`${file} is damaged: ${problems.join("; ")}`, {
    code: "unreadable-run",
    hint: "Restore the file from a copy, or remove the run's directory; no other run is affected.",
  });
}

/** Gates, nightly runs and plans: what all kinds share. */
const recordOfRuns = run
  .pick({ id: true, state: true, startedAt: true, command: true })
  .extend({ kind: z.enum(["gate", "nightly", "plan"]) });

/** `host` is absent in runs from before it was kept. @param touchedAt last heartbeat of `run.json`, epoch ms */
function withDeadProcess(record: RunRecord, touchedAt: number): RunRecord {
  if (record.state !== "running") return record;
  const { pid, process: identity } = record;
  if (isAlive({ host: hostname(), ...identity, pid }, touchedAt, Date.now())) return record;
  return {
    ...record,
    state: "interrupted",
    interruption: {
      cause: "crash",
      message: "Headroom was killed before the run ended; this is what it had written",
      hint: "Run it again where the whole plan is needed.",
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/* Our own files of a checked version: their shape is asserted here, and here only. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asRunRecord = (value: Record<string, unknown>): RunRecord => value as unknown as RunRecord;
