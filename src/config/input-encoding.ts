/**
 * What people hand in as bytes, whatever wrote it: gzip (recognised by its first bytes, not by a name), a byte order
 * mark, UTF-16 as PowerShell's `>` writes it, Windows-1252 as old spreadsheets do. In the end all of it is UTF-8. The
 * only way to input of unknown size: what is read as a whole, and what an archive unpacks to, is bounded (docs/tables.md).
 */
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { codeOf, messageOf, ConfigError, UsageError } from "../domain/errors.ts";

/** A text that is read as a whole (a table, a summary) is no larger, also after unpacking. */
const largestTextBytes = 64 * 1024 ** 2;

/** A stream may unpack to this much, and beyond it to so many times its packed size: no real result packs better. */
const freeUnpackedBytes = 256 * 1024 ** 2;
const largestRatio = 250;
/** Whatever the ratio: a week of k6's CSV at the platform's peak. */
const largestUnpackedBytes = 256 * 1024 ** 3;

const containers: readonly (readonly [magic: readonly number[], name: string, advice: string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd", "unpack it with zstd -d first"],
  [[0xfd, 0x37, 0x7a, 0x58], "xz", "unpack it with xz -d first"],
  [[0x42, 0x5a, 0x68], "bzip2", "unpack it with bunzip2 first"],
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive", "unpack it, or save a spreadsheet as CSV, first"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel file", "save it as CSV first"],
  [[0xff, 0xfe, 0x00, 0x00], "UTF-32", "save it as UTF-8 first"],
  [[0x00, 0x00, 0xfe, 0xff], "UTF-32", "save it as UTF-8 first"],
];

const startsWith = (bytes: Buffer, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

const isGzip = (head: Buffer): boolean => startsWith(head, [0x1f, 0x8b]);

/** @throws ConfigError where the bytes begin a format that is not read here */
function refuseContainer(head: Buffer, shown: string): void {
  for (const [magic, name, advice] of containers)
    if (startsWith(head, magic))
      throw new ConfigError(`${shown} is ${name}, expected text or gzip`, {
        code: "unknown-encoding",
        hint: `${advice[0]?.toUpperCase()}${advice.slice(1)}.`,
      });
}

/** Without a mark, a text of UTF-16 has a zero in every other byte. */
function isUtf16(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  if (startsWith(head, [0xff, 0xfe])) return "utf-16le";
  if (startsWith(head, [0xfe, 0xff])) return "utf-16be";
  if (head.length < 4) return undefined;
  const [first, second, third, fourth] = head;
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return "utf-16le";
  return first === 0 && second !== 0 && third === 0 && fourth !== 0 ? "utf-16be" : undefined;
}

const unreadable = (shown: string, cause: unknown): ConfigError =>
  new ConfigError(`${shown} cannot be read to its end: ${messageOf(cause)}`, {
    code: "unreadable-import",
    hint: "Copy it again: what stands before the break is no whole file.",
    cause,
  });

const tooLarge = (shown: string, verb: "holds" | "unpacks to"): ConfigError =>
  new ConfigError(`${shown} ${verb} more than ${largestTextBytes / 1024 ** 2} MiB`, {
    code: "input-too-large",
    hint: "Name a smaller file.",
  });

/**
 * The text of a whole file's bytes, without a byte order mark.
 * @param shown how the file is called in messages
 * @throws ConfigError for an archive, a broken gzip, or more than 64 MiB
 */
function decodeInput(bytes: Buffer, shown: string): string {
  const content = isGzip(bytes) ? gunzipped(gunzipped(bytes, shown), shown) : bytes;
  if (content.length > largestTextBytes) throw tooLarge(shown, "holds");
  refuseContainer(content, shown);
  const wide = isUtf16(content);
  if (wide !== undefined) return new TextDecoder(wide).decode(content);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("windows-1252").decode(content);
  }
}

function gunzipped(bytes: Buffer, shown: string): Buffer {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largestTextBytes });
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(shown, "unpacks to") : unreadable(shown, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
};

/**
 * The text of a file, whatever its encoding.
 * @param shown as typed, for messages
 * @throws UsageError `no-such-file` where it cannot be opened; ConfigError as `decodeInput`
 */
export function readInput(location: string, shown: string): string {
  let bytes: Buffer;
  try {
    bytes = readBounded(location, shown);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = codeOf(error);
    throw new UsageError(`${shown} cannot be read: ${reasons[code] ?? messageOf(error)}`, {
      code: "no-such-file",
      cause: error,
    });
  }
  return decodeInput(bytes, shown);
}

/** A device or a pipe has no size: what it gives is counted as it comes. */
function readBounded(location: string, shown: string): Buffer {
  const descriptor = openSync(location, "r");
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const read = readSync(descriptor, piece, 0, pieceBytes, null);
      if (read === 0) return Buffer.concat(pieces, length);
      length += read;
      if (length > largestTextBytes) throw tooLarge(shown, "holds");
      pieces.push(piece.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
}

const pieceBytes = 1 << 18;

/** Whether reading it takes no time that matters. */
export const isSmall = (location: string): boolean =>
  (statSync(location, { throwIfNoEntry: false })?.size ?? 0) <= largestTextBytes;

/** The text of standard input, bounded like that of a file. @throws ConfigError as `decodeInput` */
export async function readStandardInput(
  stdin: AsyncIterable<unknown>,
  shown = "standard input",
): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const piece = bytesOf(chunk);
    length += piece.length;
    if (length > largestTextBytes) throw tooLarge(shown, "holds");
    pieces.push(piece);
  }
  return decodeInput(Buffer.concat(pieces, length), shown);
}

/**
 * A file as a stream of UTF-8, in constant memory, for results of any size.
 * @throws ConfigError, from the stream, for an archive, for a gzip that is broken off or unpacks without end
 */
export async function* streamInput(file: string, shown = file): AsyncGenerator<Buffer> {
  yield* decodedStream(createReadStream(file), shown);
}

/** The same of a stream that is open already: standard input. */
export async function* decodedStream(stream: Readable, shown: string): AsyncGenerator<Buffer> {
  const counted: Counted = { packed: 0, unpacked: 0 };
  let source = await peeked(counting(chunksOf(stream, shown), counted, "packed"));
  for (let layers = 0; isGzip(source.head) && layers < 2; layers++) {
    // Whoever reads the chunks gets the error of either stream.
    const unpacked = pipeline(Readable.from(source.chunks), createGunzip(), () => undefined);
    source = await peeked(bounded(chunksOf(unpacked, shown), counted, shown));
  }
  refuseContainer(source.head, shown);
  const wide = isUtf16(source.head);
  if (wide !== undefined) yield* recoded(source.chunks, new TextDecoder(wide));
  else yield* withoutMark(source.chunks);
}

/** A line beyond this is none of a log, a table or an output of k6. */
const longestLineBytes = 1 << 20;

export interface InputLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; absent: longer than the limit, of which nothing was kept. */
  readonly text: string | undefined;
}

/** The lines of a stream, one after the other; time and memory do not depend on how the stream is cut. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  limitBytes = longestLineBytes,
): AsyncGenerator<InputLine> {
  let held: Buffer[] = [];
  let length = 0;
  let number = 0;
  const line = (rest: Buffer): InputLine => {
    number++;
    const isTooLong = length + rest.length > limitBytes;
    const bytes = held.length === 0 || isTooLong ? rest : Buffer.concat([...held, rest]);
    const text = isTooLong ? undefined : bytes.toString("utf8");
    held = [];
    length = 0;
    return { number, text: text?.endsWith("\r") === true ? text.slice(0, -1) : text };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield line(chunk.subarray(from, end));
      from = end + 1;
    }
    length += chunk.length - from;
    if (length <= limitBytes) held.push(chunk.subarray(from));
    else held = [];
  }
  if (length > 0) yield line(Buffer.alloc(0));
}

/** @throws ConfigError with file and number of the line */
export function lineTooLong(shown: string, number: number, limitBytes = longestLineBytes) {
  return new ConfigError(
    `${shown}: line ${number} is longer than ${limitBytes / 1024 ** 2} MiB (${limitBytes} bytes)`,
    { code: "line-too-long", hint: "Check where the file is from; lines are far shorter." },
  );
}

async function* chunksOf(stream: Readable, shown: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<unknown>) yield bytesOf(chunk);
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadable(shown, error);
  }
}

const bytesOf = (chunk: unknown): Buffer =>
  Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));

interface Counted {
  packed: number;
  unpacked: number;
}

async function* counting(
  chunks: AsyncIterable<Buffer>,
  counted: Counted,
  what: keyof Counted,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    counted[what] += chunk.length;
    yield chunk;
  }
}

/** All layers together: an archive in an archive is measured by the file itself. */
async function* bounded(
  chunks: AsyncIterable<Buffer>,
  counted: Counted,
  shown: string,
): AsyncGenerator<Buffer> {
  for await (const chunk of counting(chunks, counted, "unpacked")) {
    const { packed, unpacked } = counted;
    const counts = `(${unpacked} bytes so far, from ${packed})`;
    if (unpacked > freeUnpackedBytes && unpacked > largestRatio * packed)
      throw new ConfigError(
        `${shown} unpacks to more than ${largestRatio} times its size ${counts}`,
        { code: "input-too-large", hint: "No result of k6 packs so well: check where it is from." },
      );
    if (unpacked > largestUnpackedBytes)
      throw new ConfigError(
        `${shown} unpacks to more than ${largestUnpackedBytes / 1024 ** 3} GiB ${counts}`,
        { code: "input-too-large", hint: "Unpack it yourself, and name the unpacked file." },
      );
    yield chunk;
  }
}

/** The first four bytes at least, and all chunks. */
export async function peeked(
  chunks: AsyncGenerator<Buffer>,
): Promise<{ readonly head: Buffer; readonly chunks: AsyncGenerator<Buffer> }> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return {
    head,
    chunks: (async function* () {
      if (head.length > 0) yield head;
      yield* chunks;
    })(),
  };
}

async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of chunks) {
    yield isFirst && startsWith(chunk, [0xef, 0xbb, 0xbf]) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

async function* recoded(
  chunks: AsyncIterable<Buffer>,
  decoder: TextDecoder,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
