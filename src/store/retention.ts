/** Old raw data goes, results stay for ever. Nothing is removed without being named first. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { runFiles } from "./run-directory.ts";

export interface RetentionRules {
  /** Newest nights of which raw samples are kept. */
  readonly keepSamplesNights: number;
  /** … windows and observations, from which a run can be judged again. */
  readonly keepWindowsNights: number;
}

/** A run and how many nights of its stream are newer. */
export interface AgedRun {
  readonly id: string;
  readonly nightsAgo: number;
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
}

export function planPrune(
  root: string,
  runs: readonly AgedRun[],
  rules: RetentionRules,
): PrunePlan {
  const baselines = baselineTexts(root);
  const isProtected = ({ id }: AgedRun): boolean =>
    baselines.some((text) => text.includes(`"${id}"`));
  const touched = runs.flatMap((run) => {
    const removals = removalsOf(root, run, rules);
    return removals.length === 0 ? [] : [{ run, removals }];
  });
  return {
    removals: touched.filter(({ run }) => !isProtected(run)).flatMap(({ removals }) => removals),
    protectedIds: touched.filter(({ run }) => isProtected(run)).map(({ run }) => run.id),
  };
}

export function applyPrune(root: string, { removals }: PrunePlan): void {
  for (const { id, file } of removals) rmSync(path.join(root, id, file), { force: true });
}

/** A run that was never judged keeps everything: its results are not yet made. */
function removalsOf(root: string, { id, nightsAgo }: AgedRun, rules: RetentionRules): Removal[] {
  if (!existsSync(path.join(root, id, runFiles.verdicts))) return [];
  const old = [
    ...(nightsAgo >= rules.keepSamplesNights ? [runFiles.samples] : []),
    ...(nightsAgo >= rules.keepWindowsNights ? [runFiles.windows, runFiles.observations] : []),
  ];
  return old.flatMap((file): Removal[] => {
    const bytes = statSync(path.join(root, id, file), { throwIfNoEntry: false })?.size;
    return bytes === undefined ? [] : [{ id, file, bytes }];
  });
}

/** Whatever the shape of a baseline: a run whose id it names is its member. */
function baselineTexts(root: string): string[] {
  const folder = path.join(root, "baselines");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));
}
