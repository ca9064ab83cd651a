/** Reads `gate.json` of an earlier gate: its runs, its looks, and what it knew besides. */
import { gate } from "../reports/schema/gate.ts";
import type { GateDocument } from "../reports/gate/document.ts";
import { readDocument } from "./store/stored-document.ts";

const kind = {
  what: "a gate",
  code: "unreadable-gate",
  hint: "Restore the file from a copy, or name the runs of the gate themselves: --baseline RUN,… --candidate RUN,…",
  shape: gate,
} as const;

/** @returns `undefined` where there is no such file    @throws StoreError with file, field and value */
export const readStoredGate = (file: string): GateDocument | undefined =>
  asGate(readDocument(file, kind));

/* Checked above; infinities are numbers again. */
const asGate = (document: unknown): GateDocument | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  document as GateDocument | undefined;
