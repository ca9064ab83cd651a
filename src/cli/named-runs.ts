/** Runs that flags name: found, and each but once. */
import type { GateMember } from "../../analysis/comparison/gate-members.ts";
import type { Problems } from "../config/problems.ts";
import { StoreError, UsageError } from "../domain/errors.ts";
import { findRunDirectory } from "../store/run-directory.ts";

/** @throws UsageError with the hint where no such run exists */
export function namedRunDirectory(
  root: string,
  name: string,
  { before = "", hint }: { readonly before?: string; readonly hint: string },
): string {
  try {
    return findRunDirectory(root, name);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "no-such-run") throw error;
    throw new UsageError(`${before}${error.message}`, { code: "no-such-run", hint, cause: error });
  }
}

/**
 * The directory of the run that a command is about.
 * @throws UsageError for a name that no run has; StoreError for `latest` where there is no run yet: nobody named a wrong one
 */
export function chosenRunDirectory(root: string, reference: string): string {
  if (reference === "latest") return findRunDirectory(root, reference);
  return namedRunDirectory(root, reference, {
    hint: "Name a run id, a run directory, or latest; --runs names another root.",
  });
}

/** @param consequence what is wrong with naming a run twice, after its id */
export function refuseRepeated(
  ids: readonly string[],
  problems: Problems,
  consequence = "a run compared with itself proves nothing",
): void {
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index)))
    problems.add(`run ${id} is named twice: ${consequence}`);
}

/** What became of each run, a line each. */
export const outcomeLines = (members: readonly GateMember[]): string =>
  members
    .map(({ run, outcome, sentence }) => `run ${run.id} is ${outcome}: ${sentence}`)
    .join("\n");
