/** The lines that a runner has written so far: kept in a file, so that whoever collects them may come late, or again. */
import { closeSync, fdatasync, openSync, readSync, writeSync } from "node:fs";
import { toJson } from "../domain/json.ts";

/** Bytes of one answer at most; a longer line is answered whole. */
const chunkBytes = 1024 * 1024;

/** @param from a place that an earlier answer ended at, or 0 @param bytes of the file @returns whole lines; empty where there is no further one yet */
export function wholeLines(file: number, from: number, bytes: number): Buffer {
  for (let size = chunkBytes; ; size *= 2) {
    const read = Buffer.alloc(Math.max(0, Math.min(size, bytes - from)));
    readSync(file, read, 0, read.length, from);
    const end = read.lastIndexOf(0x0a) + 1;
    if (end > 0 || read.length < size) return read.subarray(0, end);
  }
}

export class Spool {
  readonly #file: number;
  #bytes = 0;
  #flushedBytes = 0;
  #isClosed = false;

  /** @param file is replaced */
  constructor(file: string) {
    this.#file = openSync(file, "w+", 0o600);
  }

  /** Everything is written: whoever has read to the end has all. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(line: object): void {
    if (this.#isClosed) return;
    const bytes = Buffer.from(`${toJson(line)}\n`);
    writeSync(this.#file, bytes, 0, bytes.length, this.#bytes);
    this.#bytes += bytes.length;
  }

  /** No line follows. */
  close(): void {
    this.#isClosed = true;
  }

  read(from: number): Buffer {
    return wholeLines(this.#file, from, this.#bytes);
  }

  /** A file of a network reaches its server: before, other machines do not see what was written. */
  flush(): void {
    if (this.#flushedBytes === this.#bytes) return;
    this.#flushedBytes = this.#bytes;
    fdatasync(this.#file, () => undefined);
  }

  remove(): void {
    this.close();
    closeSync(this.#file);
  }
}
