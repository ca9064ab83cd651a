/** Writes a run as it happens. What was written stays readable whatever ends the process. */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type WriteStream,
} from "node:fs";
import path from "node:path";
import { finished } from "node:stream/promises";
import { codeOf, StoreError } from "../domain/errors.ts";
import { toJson } from "../domain/json.ts";
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import type { RunEvent } from "../domain/observation.ts";
import { samplesFileOf } from "../domain/plan.ts";
import {
  sealedFiles,
  type FileSeal,
  type FileSeals,
  type SealedFile,
  type StoredRecord,
} from "../domain/run.ts";
import type { WindowRecord } from "../domain/window.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { privateFileMode, writePrivateFile } from "../secrets/private-files.ts";
import { keepTouched } from "./process-identity.ts";
import { runFiles } from "./run-directory.ts";
import { SampleFile } from "./sample-file.ts";
import { sealedText } from "./stored-document.ts";

export interface RunWriterOptions {
  readonly directory: string;
  readonly keepSamples: boolean;
  /** Their names; absent: there is one. */
  readonly runners?: readonly string[];
  /** Called once, with the first write that failed (a full disk): the load should stop. */
  readonly onFailure: (error: Error) => void;
}

/** Bytes of each file. */
export type FileSizes = Readonly<Record<SealedFile, number>>;

/** Of a directory that holds files already, it goes on where they end. */
export class RunWriter {
  readonly #options: RunWriterOptions;
  readonly #files: Readonly<Record<SealedFile, WriteStream>>;
  /** By the name of their runner. */
  readonly #samples: ReadonlyMap<string, SampleFile>;
  readonly #seals: Readonly<Record<SealedFile, RunningSeal>>;
  #failed = false;

  constructor(options: RunWriterOptions) {
    this.#options = options;
    const sealOf = (name: string) => new RunningSeal(path.join(options.directory, name));
    this.#seals = {
      windows: sealOf(runFiles.windows),
      observations: sealOf(runFiles.observations),
      events: sealOf(runFiles.events),
    };
    this.#files = {
      windows: this.#open(runFiles.windows),
      observations: this.#open(runFiles.observations),
      events: this.#open(runFiles.events),
    };
    const { runners = ["0"] } = options;
    this.#samples = new Map(
      (options.keepSamples ? runners : []).map((runner) => [
        runner,
        new SampleFile(this.#open(samplesFileOf(runner)), (error) => this.#fail(error)),
      ]),
    );
  }

  window(record: WindowRecord): void {
    this.#line("windows", record);
  }

  observation(observation: ObservationLine): void {
    this.#line("observations", observation);
  }

  event(event: RunEvent): void {
    this.#line("events", event);
  }

  /** Raw rows of k6, as they come. */
  samples(rows: Buffer, runner = "0"): void {
    if (!this.#failed) this.#samples.get(runner)?.add(rows);
  }

  /** What each file holds once all that was given so far is in it. */
  sizes(): FileSizes {
    const { windows, observations, events } = this.#seals;
    return { windows: windows.bytes, observations: observations.bytes, events: events.bytes };
  }

  /** Is so much of each file in it? */
  hasWritten(sizes: FileSizes): boolean {
    return sealedFiles.every(
      (file) => this.#seals[file].bytesBefore + this.#files[file].bytesWritten >= sizes[file],
    );
  }

  /** @returns what each file held, unless one could not be written */
  async close(): Promise<FileSeals | undefined> {
    const streams = Object.values(this.#files);
    for (const stream of streams) stream.end();
    for (const samples of this.#samples.values()) streams.push(samples.end());
    // A stream that failed has been reported through onFailure; the others still close.
    await Promise.allSettled(streams.map((stream) => finished(stream)));
    if (this.#failed) return undefined;
    const { windows, observations, events } = this.#seals;
    return { windows: windows.seal(), observations: observations.seal(), events: events.seal() };
  }

  #open(name: string): WriteStream {
    const stream = createWriteStream(path.join(this.#options.directory, name), {
      flags: "a",
      flush: true,
      mode: privateFileMode,
    });
    stream.on("error", (error) => this.#fail(error));
    return stream;
  }

  #line(file: SealedFile, value: unknown): void {
    const stream = this.#files[file];
    if (stream.destroyed) return;
    const line = `${knownSecrets.clean(toJson(value))}\n`;
    stream.write(line);
    this.#seals[file].add(line);
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#options.onFailure(error);
  }
}

/** Lines, bytes and hash of a file while it is written. */
class RunningSeal {
  readonly #hash = createHash("sha256");
  #lines = 0;
  #bytes = 0;
  /** What the file held when it was opened. */
  readonly bytesBefore: number;

  constructor(file: string) {
    const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    this.#hash.update(content);
    this.#bytes = this.bytesBefore = content.length;
    for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, end + 1)) this.#lines++;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(line: string): void {
    this.#hash.update(line);
    this.#lines++;
    this.#bytes += Buffer.byteLength(line);
  }

  seal(): FileSeal {
    return { lines: this.#lines, sha256: this.#hash.digest("hex") };
  }
}

/**
 * Whole or not at all, also where two processes write the same name or the power fails: a reader never meets half a
 * `run.json`. @throws StoreError, and leaves what was there before
 */
export function writeWhole(directory: string, name: string, text: string): void {
  const target = path.join(directory, name);
  const partial = `${target}.${randomBytes(6).toString("hex")}.partial`;
  try {
    writePrivateFile(partial, text, "wx");
    renameSync(partial, target);
    syncDirectory(directory);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new StoreError(`${target} cannot be written: ${String(error)}`, {
      code: "cannot-write",
      hint: "Free some space or choose another place with --runs; what was written before stays readable.",
      cause: error,
    });
  }
}

/** The new name is on the disk as well. Some file systems know no such thing: the file itself is there then. */
function syncDirectory(directory: string): void {
  const opened = openSync(directory, "r");
  try {
    fsyncSync(opened);
  } catch (error) {
    if (codeOf(error) !== "EINVAL") throw error;
  } finally {
    closeSync(opened);
  }
}

/** Shows that the process still works on a run: `run.json` is touched. @returns what ends it */
export const startHeartbeat = (directory: string): (() => void) =>
  keepTouched(path.join(directory, runFiles.record));

export function writeRunRecord(directory: string, record: StoredRecord): void {
  writeWhole(directory, runFiles.record, sealedText(record));
}
