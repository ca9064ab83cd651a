/**
 * Time per line of every reader of people's files, at two sizes: the ratio of lines a second shows whether time is
 * linear in the input. `node bench/run.mjs input-lines`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { readInput } from "../src/config/input-encoding.ts";
import { Problems } from "../src/config/problems.ts";
import { parseTable } from "../src/config/table.ts";
import { measureMix } from "../src/mix/read-log.ts";
import { readK6File } from "../src/store/k6-output.ts";
import { readSummary } from "../src/store/k6-summary.ts";
import { writeResult } from "./shared/results.ts";

const small = 20_000;
const factor = 8;
const repetitions = 3;
/** Per line at the larger size over that at the smaller one; 1 is linear, `factor` is quadratic. */
const largestRatio = 3;

const header = "metric_name,timestamp,metric_value,check,error,status,url,extra_tags,metadata\n";
const second = (index: number): number => 1_767_578_400 + Math.floor(index / 100);
const csvRow = (index: number): string =>
  `http_req_duration,${second(index)},${100 + (index % 97)},,,200,,surface=api,\n`;
const jsonRow = (index: number): string =>
  `{"metric":"http_req_duration","type":"Point","data":{"time":"${new Date(second(index) * 1000).toISOString()}","value":${100 + (index % 97)},"tags":{"status":"200"}}}\n`;
const logRow = (index: number): string =>
  `10.0.0.1 - - [05/Jan/2026:02:${String(Math.floor(index / 1000) % 60).padStart(2, "0")}:00 +0000] "GET /token/0x1 HTTP/1.1" 200 512 "-" "agent"\n`;
const lines = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join("");

type Read = (file: string) => Promise<unknown>;
const table: Read = async (file) =>
  parseTable(readInput(file, file), { shown: file }, new Problems());
const k6: Read = async (file) => {
  const read = await readK6File(file).catch(() => undefined);
  if (read?.kind === "document") readSummary(read.document, undefined);
};
const mix: Read = (file) =>
  measureMix({ files: [file], cwd: "/", hosts: [] }).catch(() => undefined);

const cases: readonly (readonly [name: string, read: Read, text: (count: number) => string])[] = [
  ["import, CSV", k6, (count) => header + lines(count, csvRow)],
  [
    "import, CSV with an open quote in each row",
    k6,
    (count) => header + lines(count, (i) => `"${csvRow(i)}`),
  ],
  ["import, JSON", k6, (count) => lines(count, jsonRow)],
  [
    "import, JSON over several lines",
    k6,
    (count) => lines(count, (i) => jsonRow(i).replaceAll(",", ",\n")),
  ],
  ["import, one long line", k6, (count) => header + "x".repeat(count * 40)],
  [
    "import, a summary with a long name",
    k6,
    (count) => `{"metrics":{"http_req_duration{${"a".repeat(count)}":{}}}`,
  ],
  ["table, two columns", table, (count) => `a,b\n${lines(count, (i) => `${i},2\n`)}`],
  ["table, empty lines", table, (count) => `${"\n".repeat(count)}a,b\n1,2\n`],
  ["table, spaces", table, (count) => `p95\n${" ".repeat(count)}1\n`],
  ["table, quotes", table, (count) => `a,b\n${'" '.repeat(count)}`],
  ["table, a long number", table, (count) => `a\n${"9".repeat(count)} x\n`],
  ["table, JSON lines", table, (count) => lines(count, (i) => `{"p95":${i}}\n`)],
  ["mix, access log", mix, (count) => lines(count, logRow)],
  ["mix, one long line", mix, (count) => "x".repeat(count * 40)],
];

const folder = mkdtempSync(path.join(tmpdir(), "headroom-lines-"));

async function msOf(read: Read, text: string): Promise<number> {
  const file = path.join(folder, "input.gz");
  writeFileSync(file, gzipSync(text, { level: 1 }));
  const times: number[] = [];
  for (let index = 0; index < repetitions; index++) {
    const from = performance.now();
    await read(file);
    times.push(performance.now() - from);
  }
  return Math.min(...times);
}

const results = [];
for (const [name, read, textOf] of cases) {
  const [few, many] = [textOf(small), textOf(small * factor)];
  await msOf(read, few);
  const [smallMs, largeMs] = [await msOf(read, few), await msOf(read, many)];
  const ratio = largeMs / smallMs / (many.length / few.length);
  results.push({
    name,
    smallMs: Number(smallMs.toFixed(1)),
    largeMs: Number(largeMs.toFixed(1)),
    perSecondAtLarge: Math.round((small * factor * 1000) / largeMs),
    ratio: Number(ratio.toFixed(2)),
    // What takes no time at all shows its overhead only.
    isLinear: ratio < largestRatio || largeMs < 50,
  });
}
rmSync(folder, { recursive: true });
for (const { name, smallMs, largeMs, ratio, isLinear } of results)
  process.stdout.write(
    `${name.padEnd(45)} ${String(smallMs).padStart(8)} ms ${String(largeMs).padStart(8)} ms  ${ratio.toFixed(2)}${isLinear ? "" : "  NOT LINEAR"}\n`,
  );
const summary = { schemaVersion: 1, small, factor, largestRatio, results };
writeResult("input-lines", summary);
if (results.some(({ isLinear }) => !isLinear)) process.exitCode = 1;
