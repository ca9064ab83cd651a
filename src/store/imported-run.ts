/** A result of plain k6, kept as a directory of its own: `imported.json` in the place of a `run.json`. */
import path from "node:path";
import { z } from "zod";
import { documentShape } from "../domain/documents/schemas.ts";
import type { HistoryRun } from "../domain/history.ts";
import { createRunDirectory } from "./run-directory.ts";
import { writeWhole } from "./run-writer.ts";
import { readDocument, sealedText } from "./stored-document.ts";

export const importFile = "imported.json";

const kind = {
  what: "an imported result",
  code: "unreadable-import",
  hint: "Import the result again, or remove the directory; no other run is affected.",
  shape: z.object({
    schemaVersion: z.literal(1),
    entry: documentShape<HistoryRun>("HistoryRun").refine(
      ({ source }) => source === "import",
      "expected a result that was imported",
    ),
  }),
} as const;

/**
 * @returns the result under the name of its directory; `undefined` where the directory holds no import
 * @throws StoreError for half a file, a wrong field or a later version
 */
export function readImport(directory: string): HistoryRun | undefined {
  const document = readDocument(path.join(directory, importFile), kind);
  if (document === undefined) return undefined;
  const { at, profile, environment, outcome, source, values, traits } = document.entry;
  const id = path.basename(directory);
  return { id, at, profile, environment, outcome, source, values, traits };
}

export function writeImport(root: string, entry: HistoryRun): string {
  const directory = createRunDirectory(root, entry.id);
  writeWhole(directory, importFile, sealedText({ schemaVersion: 1, entry }));
  return directory;
}
