/**
 * Old raw data goes, results stay for ever. Nothing is removed without being named first, and nothing but the files of
 * `runFiles` in directories that hold a run of Headroom: directory names only, no symbolic link is followed.
 */
import { messageOf } from "../domain/errors.ts";
import { rmSync } from "node:fs";
import path from "node:path";
import type { LeftOut } from "../domain/history.ts";
import { listBaselineNames, readBaseline } from "./baselines.ts";
import { entryPath, entryStats } from "./entry-path.ts";
import { runFiles, samplesIn } from "./run-directory.ts";
import { readStoredRecord } from "./run-reader.ts";

export interface RetentionRules {
  /** Newest nightly runs of which raw samples are kept. */
  readonly keepSamplesRuns: number;
  /** … windows and observations, from which a run can be judged again. */
  readonly keepWindowsRuns: number;
}

/** A run, by the name of its directory, and how many nightly runs of its stream are newer. */
export interface AgedRun {
  readonly id: string;
  readonly newerNightlyRuns: number;
}

export interface Removal {
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

export interface PrunePlan {
  readonly removals: readonly Removal[];
  /** Runs that rules would have touched, but a baseline needs them. */
  readonly protectedIds: readonly string[];
  /** What the rules would have touched, and is not what Headroom wrote. */
  readonly leftAlone: readonly LeftOut[];
}

/** @throws StoreError where a baseline cannot be read: it is not known then which runs it needs */
export function planPrune(
  root: string,
  runs: readonly AgedRun[],
  rules: RetentionRules,
): PrunePlan {
  const needed = new Set(
    listBaselineNames(root).flatMap((name) => {
      const { current, earlier } = readBaseline(root, name);
      return [current, ...earlier].flatMap((promotion) => promotion.runs);
    }),
  );
  const leftAlone: LeftOut[] = [];
  const touched = runs.flatMap(({ id, newerNightlyRuns }) => {
    const files = filesOf(newerNightlyRuns, rules);
    const run = files.length === 0 ? undefined : ownRun(root, id, leftAlone);
    if (run === undefined) return [];
    const removals = files
      .flatMap((file) => (file === runFiles.samples ? samplesIn(entryPath(root, id)) : [file]))
      .flatMap((file) => removalOf(root, { id, file }, leftAlone));
    return removals.length === 0
      ? []
      : [{ id, removals, isNeeded: run.some((name) => needed.has(name)) }];
  });
  return {
    removals: touched.flatMap(({ removals, isNeeded }) => (isNeeded ? [] : removals)),
    protectedIds: touched.flatMap(({ id, isNeeded }) => (isNeeded ? [id] : [])),
    leftAlone,
  };
}

/** Looks at each file once more: what changed since the plan is left alone. @returns what was removed */
export function applyPrune(root: string, { removals }: PrunePlan): readonly Removal[] {
  return removals.filter(({ id, file }) => {
    if (!isOwnFile(root, id, file)) return false;
    rmSync(path.join(entryPath(root, id), file), { force: true });
    return true;
  });
}

function filesOf(newerNightlyRuns: number, rules: RetentionRules): string[] {
  return [
    ...(newerNightlyRuns >= rules.keepSamplesRuns ? [runFiles.samples] : []),
    ...(newerNightlyRuns >= rules.keepWindowsRuns ? [runFiles.windows, runFiles.observations] : []),
  ];
}

/**
 * A run that was never judged keeps everything: its results are not yet made.
 * @returns the names that a baseline may know it by; `undefined` where it is left alone
 */
function ownRun(root: string, id: string, leftAlone: LeftOut[]): readonly string[] | undefined {
  try {
    const directory = entryPath(root, id);
    if (entryStats(path.join(directory, runFiles.verdicts))?.isFile() !== true) return undefined;
    if (entryStats(directory)?.isDirectory() !== true)
      throw new Error(`${id} is a symbolic link: it is not followed`);
    const { kind, id: recorded } = readStoredRecord(directory);
    return kind === "run" ? [id, recorded] : undefined;
  } catch (error) {
    leftAlone.push({ name: id, reason: messageOf(error) });
    return undefined;
  }
}

function removalOf(
  root: string,
  { id, file }: Omit<Removal, "bytes">,
  leftAlone: LeftOut[],
): Removal[] {
  const stats = entryStats(path.join(entryPath(root, id), file));
  if (stats === undefined) return [];
  if (stats.isFile()) return [{ id, file, bytes: stats.size }];
  leftAlone.push({ name: `${id}/${file}`, reason: "it is not a file that Headroom wrote" });
  return [];
}

const isOwnFile = (root: string, id: string, file: string): boolean =>
  entryStats(entryPath(root, id))?.isDirectory() === true &&
  entryStats(path.join(entryPath(root, id), file))?.isFile() === true;
