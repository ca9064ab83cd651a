/** Files and standard input of the command; `-` is standard input. */
import { codeOf } from "../../../domain/errors.ts";
import { statSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import {
  decodedStream,
  linesOf,
  lineTooLong,
  readInput,
  readStandardInput,
  streamInput,
} from "../../../config/input-encoding.ts";
import type { Problems } from "../../../config/problems.ts";

export const shownName = (file: string): string => (file === "-" ? "standard input" : file);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "it may not be read",
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons[code] ?? String(error);
}

/** @returns `undefined` with the reason in `problems` */
export async function readWhole(
  file: string,
  source: { readonly cwd: string; readonly stdin: Readable },
  problems: Problems,
): Promise<string | undefined> {
  if (file === "-") return readStandardInput(source.stdin, shownName(file));
  return problems.attempt(() => readInput(path.resolve(source.cwd, file), file));
}

/** @returns `undefined` where there is no such file */
export function readIfThere(file: string, cwd: string): string | undefined {
  const location = path.resolve(cwd, file);
  return statSync(location, { throwIfNoEntry: false })?.isFile() === true
    ? readInput(location, file)
    : undefined;
}

/** A trace has a line of its own: a day of ticks of one autoscaler has some 10 MB. */
const longestTraceBytes = 64 * 1024 ** 2;

/** Line by line, so that a file of any size needs little memory. @returns `undefined` with the reason in `problems` */
export function openLines(
  file: string,
  source: { readonly cwd: string; readonly stdin: Readable },
  problems: Problems,
): AsyncIterable<string> | undefined {
  const shown = shownName(file);
  if (file === "-") return texts(decodedStream(source.stdin, shown), shown);
  const location = path.resolve(source.cwd, file);
  try {
    if (statSync(location).isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
    return texts(streamInput(location, shown), shown);
  } catch (error) {
    problems.add(`${file}: ${reasonOf(error)}`);
    return undefined;
  }
}

async function* texts(chunks: AsyncIterable<Buffer>, shown: string): AsyncGenerator<string> {
  for await (const { number, text } of linesOf(chunks, longestTraceBytes)) {
    if (text === undefined) throw lineTooLong(shown, number, longestTraceBytes);
    yield text;
  }
}
