/** A run is a directory. Its files are append-only while the run goes on; every later stage reads them. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { codeOf, StoreError } from "../domain/errors.ts";
import { makePrivateDirectory, privateDirectoryMode } from "../secrets/private-files.ts";
import { samplesFileOf } from "../domain/plan.ts";
import { isPlainName } from "../domain/plain-name.ts";
import { entryPath, entryStats } from "./entry-path.ts";
import { readObject } from "./stored-document.ts";

/** Where a run keeps what; one name, one file. Documented in docs/run-directory.md. */
export const runFiles = {
  record: "run.json",
  samples: samplesFileOf("0"),
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
  /** While runners in a cluster go on. */
  collected: "collected.json",
} as const;

/** Names of the files with raw rows of a run, of all its runners. */
export const samplesIn = (directory: string): readonly string[] =>
  readdirSync(directory).filter((name) => /^samples(?:-\d+)?\.csv\.gz$/.test(name));

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
    const directory = entryPath(root, idOf(profile, now));
    try {
      makePrivateDirectory(root, false);
      mkdirSync(directory, { mode: privateDirectoryMode });
      return directory;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw notCreated(directory, error);
    }
  }
  throw notCreated(root, `${mostNames} names of this second are in use`);
}

/** The directory of an id that is known already. @throws StoreError where it cannot be made, or the id is no plain name */
export function createRunDirectory(root: string, id: string): string {
  const directory = entryPath(root, id);
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
  return namesIn(root)
    .filter((name) => entryStats(path.join(root, name, runFiles.record)) !== undefined)
    .toSorted();
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root).filter(isPlainName);
  } catch {
    return [];
  }
}

const madeOfRuns: ReadonlySet<unknown> = new Set(["gate", "nightly", "plan"]);

/**
 * Gates and nightly runs are made of runs; their own directories hold nothing to judge. A record that cannot be read is not
 * passed over: the latest run would silently be an older one.
 */
function isSingleRun(root: string, id: string): boolean {
  const record = { what: "the record of a run", code: "unreadable-run", hint: "" };
  try {
    return !madeOfRuns.has(readObject(path.join(root, id, runFiles.record), record)?.["kind"]);
  } catch {
    return true;
  }
}

/**
 * The directory of a run that a stored file names by its id.
 * @throws StoreError for an id that is no plain name, and where there is no such run
 */
export function storedRunDirectory(root: string, id: string): string {
  const directory = entryPath(root, id);
  if (isRun(directory)) return directory;
  throw noSuchRun(root, id);
}

const isRun = (directory: string): boolean =>
  existsSync(path.join(directory, runFiles.record)) && statSync(directory).isDirectory();

/**
 * The directory that a person means by a run id, a path, or `latest`.
 * @throws StoreError where there is no such run; names the runs there are
 */
export function findRunDirectory(root: string, reference: string): string {
  const id =
    reference === "latest"
      ? listRunIds(root).findLast((each) => isSingleRun(root, each))
      : reference;
  const candidates = id === undefined ? [] : [path.join(root, id), path.resolve(id)];
  const found = candidates.find(isRun);
  if (found !== undefined) return found;
  throw noSuchRun(root, reference);
}

function noSuchRun(root: string, reference: string): StoreError {
  const recent = listRunIds(root).slice(-5).join(", ") || "none";
  return new StoreError(`there is no run "${reference}" in ${root} (latest runs: ${recent})`, {
    code: "no-such-run",
    hint: "Name a run id, a run directory, or latest; --runs names another root.",
  });
}
