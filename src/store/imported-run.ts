/** A result of plain k6, kept as a directory of its own: `imported.json` in the place of a `run.json`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";
import { fromJson, toJson } from "../domain/json.ts";
import type { HistoryRun } from "../domain/history.ts";
import { createRunDirectory } from "./run-directory.ts";
import { writeWhole } from "./run-writer.ts";

export const importFile = "imported.json";

/** @returns `undefined` where the directory holds no import    @throws StoreError for half a file or a later version */
export function readImport(directory: string): HistoryRun | undefined {
  const file = path.join(directory, importFile);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  let json: unknown;
  try {
    json = fromJson(text);
  } catch (error) {
    throw new StoreError(`${file} cannot be read: ${String(error)}`, { code: "unreadable-import" });
  }
  if (
    typeof json !== "object" ||
    json === null ||
    !("entry" in json) ||
    !("schemaVersion" in json) ||
    json.schemaVersion !== 1
  )
    throw new StoreError(`${file} is not an import that this Headroom knows`, {
      code: "unreadable-import",
      hint: "Read it with the Headroom that wrote it, or a later one.",
    });
  return asEntry(json.entry);
}

export function writeImport(root: string, entry: HistoryRun): string {
  const directory = createRunDirectory(root, entry.id);
  writeWhole(directory, importFile, `${toJson({ schemaVersion: 1, entry }, 2)}\n`);
  return directory;
}

/* Our own file of a checked version. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asEntry = (value: unknown): HistoryRun => value as HistoryRun;
