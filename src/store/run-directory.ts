/** A run is a directory. Its files are append-only while the run goes on; every later stage reads them. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";

/** Where a run keeps what; one name, one file. Documented in docs/run-directory.md. */
export const runFiles = {
  record: "run.json",
  samples: "samples.csv.gz",
  windows: "windows.ndjson",
  observations: "observations.ndjson",
  events: "events.ndjson",
  verdicts: "verdicts.json",
  html: "report.html",
  markdown: "report.md",
  junit: "junit.xml",
  csv: "results.csv",
  openmetrics: "results.prom",
  scenario: "scenario.js",
} as const;

/** `20261123-165043-nightly-3fa9`: sorts by time, says what it was, never meets another. */
export function newRunId(profile: string, now: number): string {
  const stamp = new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, "")
    .replace("T", "-");
  return `${stamp}-${profile}-${randomBytes(2).toString("hex")}`;
}

/** @throws StoreError where the directory cannot be made */
export function createRunDirectory(root: string, id: string): string {
  const directory = path.join(root, id);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StoreError(`cannot create the run directory ${directory}: ${String(error)}`, {
      code: "run-directory",
      hint: "Choose another place with --runs.",
      cause: error,
    });
  }
  return directory;
}

/** Run ids under a root, oldest first; other folders are passed over. */
export function listRunIds(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => existsSync(path.join(root, name, runFiles.record)))
    .toSorted();
}

/** Gates and nights are made of runs; their own directories hold nothing to judge. */
const isSingleRun = (root: string, id: string): boolean =>
  /"kind":\s*"run"/.test(readFileSync(path.join(root, id, runFiles.record), "utf8"));

/**
 * The directory that a person means by a run id, a path, or `latest`.
 * @throws StoreError where there is no such run; names the runs there are
 */
export function findRunDirectory(root: string, reference: string): string {
  const ids = listRunIds(root);
  const id = reference === "latest" ? ids.findLast((each) => isSingleRun(root, each)) : reference;
  for (const candidate of id === undefined ? [] : [path.join(root, id), path.resolve(id)]) {
    if (existsSync(path.join(candidate, runFiles.record)) && statSync(candidate).isDirectory())
      return candidate;
  }
  const recent = ids.slice(-5).join(", ") || "none";
  throw new StoreError(`there is no run "${reference}" in ${root} (latest runs: ${recent})`, {
    code: "no-such-run",
    hint: "Name a run id, a run directory, or latest; --runs names another root.",
  });
}
