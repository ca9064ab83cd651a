import { readdirSync } from "node:fs";
import path from "node:path";
import type { GateDocument } from "../../reports/gate/document.ts";
import { messageOf } from "../domain/errors.ts";
import { gateFiles } from "../gate.ts";
import { isPlainName } from "../domain/plain-name.ts";
import { readStoredGate } from "./stored-gate.ts";

interface StoredGates {
  /** In order of their start. */
  readonly gates: readonly GateDocument[];
  /** Those that cannot be read, a sentence each. */
  readonly problems: readonly string[];
}

/** Every gate below a runs' root that came to an end. */
export function storedGates(root: string): StoredGates {
  const gates: GateDocument[] = [];
  const problems: string[] = [];
  for (const { name } of readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && isPlainName(entry.name),
  )) {
    try {
      const document = readStoredGate(path.join(root, name, gateFiles.document));
      // The directory's name, never one from a file in it.
      if (document !== undefined) gates.push({ ...document, id: name });
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  return { gates: gates.toSorted((one, other) => one.startedAt - other.startedAt), problems };
}
