/**
 * How far a run's runners in a cluster were collected, beside the run: another Headroom goes on from there where this one
 * dies. Written once the files hold what it says, so that they hold at least as much.
 */
import { rmSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { StoreError } from "../domain/errors.ts";
import { sealedFiles } from "../domain/run.ts";
import { runFiles } from "./run-directory.ts";
import { writeWhole, type FileSizes, type RunWriter } from "./run-writer.ts";
import { readDocument, sealedText } from "./stored-document.ts";

const collectedShape = z.object({
  /** When it was so, epoch milliseconds. */
  at: z.number(),
  /** By the name of the runner. */
  runners: z.record(
    z.string(),
    z.object({
      /** Of its lines. */
      bytes: z.int().min(0),
      /** Its last line, where that has come. */
      end: z.unknown().optional(),
    }),
  ),
  /** Bytes of the files that hold what came of these lines. */
  files: z.object({ windows: z.int(), observations: z.int(), events: z.int() }),
});
export type Collected = z.output<typeof collectedShape>;

const everyMs = 500;

const kind = {
  what: "how far a run was collected",
  code: "unreadable-run",
  hint: "headroom analyse RUN judges what was collected.",
  shape: collectedShape,
} as const;

/** @returns what ends it, and removes the file */
export function keepCollected(
  directory: string,
  writer: Pick<RunWriter, "sizes" | "hasWritten">,
  { runners, now }: { readonly runners: () => Collected["runners"]; readonly now: () => number },
): () => void {
  let next: Collected | undefined;
  const keep = (): void => {
    next ??= { at: now(), runners: runners(), files: writer.sizes() };
    if (!writer.hasWritten(next.files)) return;
    try {
      writeWhole(directory, runFiles.collected, sealedText(next));
    } catch {
      // The earlier one is there; a full disk ends the run by its own files.
    }
    next = undefined;
  };
  keep();
  const timer = setInterval(keep, everyMs);
  return () => {
    clearInterval(timer);
    rmSync(path.join(directory, runFiles.collected), { force: true });
  };
}

/** @returns `undefined` where the run has none: it has ended, or its runners were processes @throws StoreError */
export const readCollected = (directory: string): Collected | undefined =>
  readDocument(path.join(directory, runFiles.collected), kind);

/** What came after it comes again. @throws StoreError where a file has lost some of it */
export function cutBack(directory: string, sizes: FileSizes): void {
  const files = sealedFiles.map((name) => {
    const file = path.join(directory, runFiles[name]);
    const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (size < sizes[name])
      throw new StoreError(`${file} holds ${size} bytes; ${sizes[name]} were collected`, kind);
    return { file, size, kept: sizes[name] };
  });
  for (const { file, size, kept } of files) if (size > kept) truncateSync(file, kept);
}
