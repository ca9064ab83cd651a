/** Reads `gate.json` of an earlier gate: its runs, its analyses, and what it recorded besides. */
import type { GateDocument } from "../../reports/gate/document.ts";
import { documentShape } from "../domain/documents/schemas.ts";
import { gateFieldNames } from "../store/migrations/gate/0002-field-names.ts";
import { readDocument } from "../store/stored-document.ts";

const kind = {
  what: "a gate",
  code: "unreadable-gate",
  hint: "Restore the file from a copy, or name the runs of the gate themselves: --baseline RUN,… --candidate RUN,…",
  shape: documentShape<GateDocument>("GateDocument"),
  migrate: gateFieldNames,
} as const;

/** @returns `undefined` where there is no such file    @throws StoreError with file, field and value */
export const readStoredGate = (file: string): GateDocument | undefined => readDocument(file, kind);
