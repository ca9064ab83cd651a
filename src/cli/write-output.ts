/** The one way to write a file that the command line names. */
import path from "node:path";
import { codeOf, StoreError, UsageError } from "../domain/errors.ts";
import { writeNamedFile } from "../secrets/private-files.ts";

/** Errors that another name would not have: the place is right, and has no room or does not work. */
const ofTheDisk: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO"]);

/**
 * @param named as typed, relative to `cwd` @param option for the message: `--output`
 * @throws UsageError where there can be no such file, StoreError where the disk is full or broken
 */
export function writeOutput(
  text: string,
  { option, named, cwd }: { readonly option: string; readonly named: string; readonly cwd: string },
): void {
  try {
    writeNamedFile(path.resolve(cwd, named), text);
  } catch (cause) {
    const message = `${option}: ${named} cannot be written: ${String(cause)}`;
    const isOfDisk = ofTheDisk.has(codeOf(cause));
    if (isOfDisk)
      throw new StoreError(message, {
        code: "cannot-write",
        hint: "Free some space, or name a file on another disk.",
        cause,
      });
    throw new UsageError(message, {
      code: "cannot-write",
      hint: "Name a file in a folder that exists and may be written to.",
      cause,
    });
  }
}
