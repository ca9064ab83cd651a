/**
 * Every file that Headroom writes goes through here. Secrets are removed from text. Files and directories of runs belong to their
 * owner alone, regardless of the umask and of existing modes; a file named by the user has the default mode.
 */
import { codeOf } from "../domain/errors.ts";
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { knownSecrets } from "./known-secrets.ts";

export const privateFileMode = 0o600;
export const privateDirectoryMode = 0o700;

/** With all that are missing above it. @param isOurs it holds nothing else: one that is there becomes private as well */
export function makePrivateDirectory(directory: string, isOurs = true): void {
  mkdirSync(directory, { recursive: true, mode: privateDirectoryMode });
  if (isOurs) unlessRefused(() => chmodSync(directory, privateDirectoryMode));
}

/** Of files that another program wrote. */
export function makePrivateBelow(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const mode = entry.isDirectory() ? privateDirectoryMode : privateFileMode;
    if (entry.isDirectory() || entry.isFile())
      unlessRefused(() => chmodSync(path.join(entry.parentPath, entry.name), mode));
  }
}

/** Files of another user keep their modes; some file systems have none. */
function unlessRefused(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(codeOf(error))) throw error;
  }
}

/**
 * @param content bytes are written as they are: code that runs must not change
 * On the disk when it returns.
 * @param flag as of `fs.open`: `w`, `wx`
 */
export function writePrivateFile(file: string, content: string | Uint8Array, flag = "w"): void {
  const descriptor = openSync(file, flag, privateFileMode);
  try {
    unlessRefused(() => fchmodSync(descriptor, privateFileMode));
    writeFileSync(descriptor, typeof content === "string" ? knownSecrets.clean(content) : content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A file whose name the user gave. */
export function writeNamedFile(file: string, text: string, flag: "w" | "a" = "w"): void {
  writeFileSync(file, knownSecrets.clean(text), { flag });
}
