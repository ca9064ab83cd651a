import { toJson } from "../../domain/json.ts";
import type { RunData } from "../../domain/run.ts";
import { createRunDirectory, runFiles } from "../run-directory.ts";
import { writeRunRecord, writeWhole } from "../run-writer.ts";

/** A run as `headroom run` leaves it, not yet judged. @returns its directory */
export function storeRun(root: string, data: RunData): string {
  const directory = createRunDirectory(root, data.run.id);
  writeRunRecord(directory, data.run);
  const { windows, observations, cluster, events } = data;
  const lines = { windows, observations: [...observations, ...cluster], events };
  for (const kind of ["windows", "observations", "events"] as const)
    writeWhole(directory, runFiles[kind], lines[kind].map((line) => `${toJson(line)}\n`).join(""));
  return directory;
}
