import { createReadStream } from "node:fs";
import { constants, createGunzip } from "node:zlib";
import { HeadroomError, StoreError } from "../domain/errors.ts";
import { SampleReader } from "./sample-reader.ts";
import type { SampleSink } from "./sample-sink.ts";

export interface ReadSamples {
  readonly rows: number;
  readonly malformed: number;
  /** The file is truncated (detected by gzip's length trailer): its run crashed. The data before was read. */
  readonly truncated: boolean;
}

/**
 * Reads `samples.csv.gz` of a stored run into a sink, in constant memory. A truncated file is read as far as it goes.
 * @throws StoreError `samples-unreadable` where the file is missing or is no gzip; EngineError `unknown-csv`
 */
export async function readSamples(file: string, sink: SampleSink): Promise<ReadSamples> {
  const reader = new SampleReader(sink);
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  // Z_SYNC_FLUSH: the end of the input is no error, so what was decoded until there still arrives.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 18 });
  raw.on("error", (error) => gunzip.destroy(error));
  let compressedEnd: Buffer = Buffer.alloc(0);
  raw.on("data", (chunk) => {
    compressedEnd = Buffer.concat([compressedEnd, asBuffer(chunk).subarray(-4)]).subarray(-4);
  });
  let bytes = 0;
  try {
    for await (const chunk of raw.pipe(gunzip)) {
      const piece = asBuffer(chunk);
      bytes += piece.length;
      reader.push(piece);
    }
  } catch (error) {
    throw fileError(file, error);
  } finally {
    raw.destroy();
  }
  reader.end();
  const truncated = compressedEnd.length < 4 || compressedEnd.readUInt32LE() !== bytes % 2 ** 32;
  return { rows: reader.rows, malformed: reader.malformed, truncated };
}

/** Errors of the file and of zlib carry a code; errors of the reader and of the sink are passed on. */
function fileError(file: string, error: unknown): unknown {
  const known = error instanceof Error && "code" in error && !(error instanceof HeadroomError);
  if (!known) return error;
  return new StoreError(`${file} cannot be read: ${error.message}`, {
    code: "samples-unreadable",
    hint: "windows.ndjson beside it has the same run, aggregated",
    cause: error,
  });
}

function asBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new TypeError("expected a stream of bytes");
}
