/** Files and standard input of the command; `-` is standard input. */
import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { decodeInput, readInput, takeInput } from "../../../config/input-encoding.ts";
import type { Problems } from "../../../config/problems.ts";

export const shownName = (file: string): string => (file === "-" ? "standard input" : file);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "it may not be read",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? String(error);
}

/** @returns `undefined` with the reason in `problems` */
export async function readWhole(
  file: string,
  source: { readonly cwd: string; readonly stdin: Readable },
  problems: Problems,
): Promise<string | undefined> {
  if (file === "-") return decodeInput(await buffer(source.stdin), shownName(file));
  return takeInput(path.resolve(source.cwd, file), file, problems);
}

/** @returns `undefined` where there is no such file */
export function readIfThere(file: string, cwd: string): string | undefined {
  const location = path.resolve(cwd, file);
  return statSync(location, { throwIfNoEntry: false })?.isFile() === true
    ? readInput(location, file)
    : undefined;
}

/** Line by line, so that a file of any size needs little memory. @returns `undefined` with the reason in `problems` */
export async function openLines(
  file: string,
  source: { readonly cwd: string; readonly stdin: Readable },
  problems: Problems,
): Promise<AsyncIterable<string> | undefined> {
  if (file === "-") return createInterface({ input: source.stdin, crlfDelay: Infinity });
  const location = path.resolve(source.cwd, file);
  try {
    if (statSync(location).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    const handle = await open(location);
    return handle.readLines();
  } catch (error) {
    problems.add(`${file}: ${reasonOf(error)}`);
    return undefined;
  }
}
