/**
 * Every file that Headroom writes goes through here. Text holds no secret. Files and directories of runs are for their
 * owner alone, whatever the umask and whatever was there before; a file that somebody named has the usual rights.
 */
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

/** What another user made stays as that user made it; some file systems have no modes. */
function unlessRefused(change: () => void): void {
  try {
    change();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
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

/** What a person asked for under a name of their own. */
export function writeNamedFile(file: string, text: string, flag: "w" | "a" = "w"): void {
  writeFileSync(file, knownSecrets.clean(text), { flag });
}
