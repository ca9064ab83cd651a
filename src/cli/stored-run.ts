import { findRunDirectory } from "../store/run-directory.ts";
import { namedRunDirectory } from "./named-runs.ts";

/**
 * The directory of the run that a command is about.
 * @throws UsageError for a name that no run has; StoreError for `latest` where there is no run yet: nobody named a wrong one
 */
export function storedRunDirectory(root: string, reference: string): string {
  if (reference === "latest") return findRunDirectory(root, reference);
  return namedRunDirectory(root, reference, {
    hint: "Name a run id, a run directory, or latest; --runs names another root.",
  });
}
