/** Runs that can be judged, or shown, from what is stored; of all others it is said why not. */
import { existsSync } from "node:fs";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";
import type { RunData, RunRecord } from "../domain/run.ts";
import { runFiles } from "./run-directory.ts";
import { readRun } from "./run-reader.ts";

/**
 * A run with what its judgement needs.
 * @throws StoreError where the run still goes on, where the directory is a gate, a nightly run or a plan, and where its
 * windows were pruned: judged without them it would be invalid, which it was not
 */
export function readJudgeableRun(directory: string): RunData {
  const data = readRun(directory);
  refuseRunning(data.run);
  refusePruned(directory, data.run);
  return data;
}

/**
 * A run whose recording is used as input: what is not as it was written would change the answer without a word.
 * @throws StoreError naming the files
 */
export function readIntactRun(directory: string): RunData {
  const data = readRun(directory);
  const damaged = (data.damage ?? []).map(({ file }) => file);
  if (damaged.length === 0) return data;
  throw new StoreError(`${damaged.join(", ")} in ${directory} is not as the run wrote it`, {
    code: "damaged-file",
    hint: "headroom analyse RUN says which lines; restore the file from a copy, or name another run.",
  });
}

/** Its process still writes what would be judged, or replaced. @throws StoreError */
export function refuseRunning({ id, state }: Pick<RunRecord, "id" | "state">): void {
  if (state !== "running") return;
  throw new StoreError(`${id} is still running`, {
    code: "still-running",
    hint: "Wait for its end, or name another run.",
  });
}

/** A run that measured nothing has its file of windows, an empty one. */
function refusePruned(directory: string, { id }: RunRecord): void {
  const has = (file: string): boolean => existsSync(path.join(directory, file));
  if (has(runFiles.windows) || !has(runFiles.verdicts)) return;
  throw new StoreError(`the windows of ${id} are gone; its verdict stands as it was written`, {
    code: "windows-gone",
    hint: `Read ${path.join(directory, runFiles.html)}.`,
  });
}
