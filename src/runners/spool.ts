/** The lines that a runner has written so far: kept in a file, so that whoever collects them may come late, or again. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { toJson } from "../domain/json.ts";

/** Bytes of one answer at most; a longer line is answered whole. */
const chunkBytes = 1024 * 1024;

export class Spool {
  readonly #file: number;
  #bytes = 0;
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

  /** @param from a place that an earlier answer ended at, or 0 @returns whole lines; empty where there is no further one yet */
  read(from: number): Buffer {
    for (let size = chunkBytes; ; size *= 2) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(size, this.#bytes - from)));
      readSync(this.#file, bytes, 0, bytes.length, from);
      const end = bytes.lastIndexOf(0x0a) + 1;
      if (end > 0 || bytes.length < size) return bytes.subarray(0, end);
    }
  }

  remove(): void {
    this.close();
    closeSync(this.#file);
  }
}
