/** What is handed in is bounded, however it was made. Every input here is made by the test and harmless. */
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { linesOf, readInput, readStandardInput, streamInput } from "./input-encoding.ts";
import { Problems } from "./problems.ts";
import { parseTable } from "./table.ts";

const folder = mkdtempSync(path.join(tmpdir(), "headroom-input-"));
const mebibyte = 1024 ** 2;

function fileOf(content: Buffer | string): string {
  const file = path.join(mkdtempSync(path.join(folder, "case-")), "input");
  writeFileSync(file, content);
  return file;
}

async function lengthOf(file: string): Promise<number> {
  let length = 0;
  for await (const chunk of streamInput(file, "f.gz")) length += chunk.length;
  return length;
}

/** Members of one gzip follow each other: small to write, large to unpack. */
const packed = (mebibytes: number): Buffer =>
  Buffer.concat(
    Array.from({ length: mebibytes / 16 }, () => gzipSync(Buffer.alloc(16 * mebibyte))),
  );

describe("a stream", () => {
  test("may unpack to 256 MiB, however well it packs", { timeout: 30_000 }, async () => {
    expect(await lengthOf(fileOf(packed(256)))).toBe(256 * mebibyte);
  });

  test.each<[string, () => Buffer]>([
    ["a gzip beyond it", () => packed(288)],
    ["a gzip in a gzip, measured by the file", () => gzipSync(packed(288))],
  ])("%s is refused with what was counted", { timeout: 30_000 }, async (_reason, make) => {
    await expect(lengthOf(fileOf(make()))).rejects.toThrow(
      /^f\.gz unpacks to more than 250 times its size \(\d{9} bytes so far, from \d{3,6}\)$/,
    );
  });
});

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield Buffer.alloc(mebibyte);
}

describe("a whole text", () => {
  test.runIf(existsSync("/dev/zero"))("of a file without an end is refused", () => {
    expect(() => readInput("/dev/zero", "zero")).toThrow("zero holds more than 64 MiB");
  });

  test("of standard input without an end is refused", async () => {
    await expect(readStandardInput(endless())).rejects.toThrow(
      "standard input holds more than 64 MiB",
    );
  });
});

describe("lines", () => {
  const text = "one\r\n\ntwo ä\nlast";
  const pieces = async (size: number, limit?: number) => {
    async function* chunks(): AsyncGenerator<Buffer> {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const found = [];
    for await (const line of linesOf(chunks(), limit)) found.push(line.text);
    return found;
  };

  test.each([1, 2, 3, 7, 100])("are the same in pieces of %d bytes", async (size) => {
    expect(await pieces(size)).toEqual(["one", "", "two ä", "last"]);
  });

  test.each([1, 5, 100])("beyond the limit have no text, in pieces of %d", async (size) => {
    expect(await pieces(size, 5)).toEqual(["one", "", undefined, "last"]);
  });
});

const lists = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"k${index}":[${"1,".repeat(999)}1]`).join()}}`;

describe("a table too large to be a person's is refused, and not read first", () => {
  test.each<[string, () => string, RegExp]>([
    ["empty lines", () => "\n".repeat(1_000_002), /f has more than 1000000 rows/],
    ["lines of a Macintosh", () => "1\r".repeat(1_000_002), /more than 1000000 rows/],
    ["a list", () => `[${"1,".repeat(1_000_000)}1]`, /more than 1000000 rows/],
    ["lists of a thousand", () => lists(10_001), /f has 1000 rows with 10001 columns/],
    [
      "a name of its own in each row",
      () => Array.from({ length: 4000 }, (_, index) => `{"k${index}":1}`).join("\n"),
      /f has 4000 rows with 4000 columns: more than 10000000 cells are not read/,
    ],
    ["a cell of 2 MiB", () => `a,b\n"${"x".repeat(2 ** 21)}",1\n`, /line 2: longer than 1048576/],
  ])("%s", (_reason, make, message) => {
    const problems = new Problems();
    expect(parseTable(make(), { shown: "f" }, problems)?.rows ?? []).toEqual([]);
    expect(() => problems.raise((text) => new Error(text) as never)).toThrow(message);
  });

  test("a value of 200,000 levels is a cell like another", () => {
    const problems = new Problems();
    const text = `{"a":1,"b":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(() => parseTable(`${text}\n${text}`, { shown: "f" }, problems)).not.toThrow();
  });
});
