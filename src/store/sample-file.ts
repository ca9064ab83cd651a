import type { WriteStream } from "node:fs";
import { constants, createGzip, type Gzip } from "node:zlib";
import { knownSecrets } from "../secrets/known-secrets.ts";

/** How often the compressed samples are made readable up to here: what `kill -9` can cost at most. */
const flushEveryMs = 1000;
const lineFeed = 0x0a;
/** Whatever it is, it is no row of k6. */
const longestRow = 1024 * 1024;

/** Raw rows of one k6 process, compressed; whole ones are written, so that no secret lies across two parts. */
export class SampleFile {
  readonly #file: WriteStream;
  readonly #gzip: Gzip;
  readonly #timer: NodeJS.Timeout;
  /** A row that k6 has not written to its end. */
  #partialRow = Buffer.alloc(0);

  constructor(file: WriteStream, onFailure: (error: Error) => void) {
    this.#file = file;
    this.#gzip = createGzip({ level: constants.Z_BEST_SPEED });
    this.#gzip.on("error", onFailure);
    this.#gzip.pipe(file);
    this.#timer = setInterval(() => this.#gzip.flush(constants.Z_SYNC_FLUSH), flushEveryMs);
    this.#timer.unref();
  }

  add(rows: Buffer): void {
    const end = rows.lastIndexOf(lineFeed) + 1;
    if (end === 0 && this.#partialRow.length < longestRow) {
      this.#partialRow = Buffer.concat([this.#partialRow, rows]);
      return;
    }
    const whole = Buffer.concat([this.#partialRow, rows.subarray(0, end)]);
    this.#partialRow = Buffer.from(rows.subarray(end));
    this.#gzip.write(knownSecrets.cleanRows(whole));
  }

  /** @returns the stream that then comes to its end */
  end(): WriteStream {
    clearInterval(this.#timer);
    this.#gzip.write(knownSecrets.cleanRows(this.#partialRow));
    this.#gzip.end();
    return this.#file;
  }
}
