import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { RunData } from "../../../../domain/run.ts";
import { readRun } from "../../../run-reader.ts";

/** The run that version 1 stored, as the present version reads it. */
export function readVersion1(): RunData {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-version-1-"));
  copyFileSync(path.join(import.meta.dirname, "run.json"), path.join(directory, "run.json"));
  for (const name of ["windows.ndjson", "observations.ndjson", "events.ndjson"]) {
    const packed = readFileSync(path.join(import.meta.dirname, `${name}.gz`));
    writeFileSync(path.join(directory, name), gunzipSync(packed));
  }
  return readRun(directory);
}
