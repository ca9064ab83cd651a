/** A run is a directory. Its files are append-only while the run goes on; every later stage reads them. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";
import { makePrivateDirectory, privateDirectoryMode } from "../secrets/private-files.ts";

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

/** `20261123-165043-nightly-3fa9`: sorts by time, says what it was. */
export function newRunId(profile: string, now: number): string {
  const stamp = new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, "")
    .replace("T", "-");
  return `${stamp}-${profile}-${randomBytes(2).toString("hex")}`;
}

/** So many names in use are no chance any more. */
const mostNames = 20;

/**
 * A directory that no other run has, however many begin in the same second. Its name is the run's id.
 * @throws StoreError where it cannot be made
 */
export function newRunDirectory(
  root: string,
  profile: string,
  now: number,
  idOf: (profile: string, now: number) => string = newRunId,
): string {
  for (let names = 0; names < mostNames; names++) {
    const directory = path.join(root, idOf(profile, now));
    try {
      makePrivateDirectory(root, false);
      mkdirSync(directory, { mode: privateDirectoryMode });
      return directory;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
        throw notCreated(directory, error);
    }
  }
  throw notCreated(root, `${mostNames} names of this second are in use`);
}

/** The directory of an id that is known already. @throws StoreError where the directory cannot be made */
export function createRunDirectory(root: string, id: string): string {
  const directory = path.join(root, id);
  try {
    makePrivateDirectory(directory);
  } catch (error) {
    throw notCreated(directory, error);
  }
  return directory;
}

const notCreated = (directory: string, cause: unknown): StoreError =>
  new StoreError(`cannot create the run directory ${directory}: ${String(cause)}`, {
    code: "run-directory",
    hint: "Choose another place with --runs.",
    cause,
  });

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
