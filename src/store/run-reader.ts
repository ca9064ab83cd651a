/** Reads what a run left behind, also one that died: half-written last lines are passed over. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";
import { fromJson } from "../domain/json.ts";
import type { Observation, RunEvent } from "../domain/observation.ts";
import type { RunData, RunRecord } from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import { migrate } from "./migrations/index.ts";
import { runFiles } from "./run-directory.ts";

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
  return withDeadProcess(asRunRecord(migrate(json, file)));
}

/** Record, windows, observations and events of a run; `running` with a dead process becomes an interrupted run. */
export function readRun(directory: string): RunData {
  return {
    run: readRunRecord(directory),
    windows: readLines<WindowRecord>(directory, runFiles.windows),
    observations: readLines<Observation>(directory, runFiles.observations),
    events: readLines<RunEvent>(directory, runFiles.events),
  };
}

function withDeadProcess(record: RunRecord): RunRecord {
  if (record.state !== "running" || isAlive(record.pid)) return record;
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function readLines<Line>(directory: string, name: string): Line[] {
  const file = path.join(directory, name);
  if (!existsSync(file)) return [];
  const lines: Line[] = [];
  for (const text of readFileSync(file, "utf8").split("\n")) {
    const line = text === "" ? undefined : parsedOrAbsent(text);
    if (isRecord(line)) lines.push(asLine<Line>(line));
  }
  return lines;
}

function parsedOrAbsent(text: string): unknown {
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/* Our own files of a checked version: their shape is asserted here, and here only. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asRunRecord = (value: Record<string, unknown>): RunRecord => value as unknown as RunRecord;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters
const asLine = <Line>(value: Record<string, unknown>): Line => value as Line;
