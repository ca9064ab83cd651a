/** From a name to a path: the one way for every name that comes from a stored file or a command line. */
import { lstatSync, type Stats } from "node:fs";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";
import { isPlainName } from "../domain/plain-name.ts";

/**
 * The path of an entry directly below a directory.
 * @throws StoreError for a name that could lead elsewhere: with a separator, a leading dot, or a control character
 */
export function entryPath(directory: string, name: string): string {
  if (isPlainName(name)) return path.join(directory, name);
  throw new StoreError(
    `${JSON.stringify(name.slice(0, 200))} is not the name of an entry of ${directory}`,
    {
      code: "not-a-name",
      hint: "Names have no separators, no leading dot and no control characters, and 200 characters at most. Correct the file that holds this name, or restore it from a copy.",
    },
  );
}

/** Of the entry itself, never of what a symbolic link points to. @returns `undefined` where it cannot be looked at */
export function entryStats(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
