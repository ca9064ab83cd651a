/**
 * How long a stored run of a million requests takes to read again, against `gunzip` of the same file to
 * nowhere, and at which peak memory. Targets: at most 3 times, below 300 MB.
 */
import { median } from "simple-statistics";
import { seededRandom } from "../src/domain/random.ts";
import { execFile, fork } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { readSamples } from "../src/engine/read-samples.ts";
import { WindowBuilder } from "../src/engine/window-builder.ts";
import { writeResult } from "./shared/results.ts";

const requestCount = 1_000_000;
const requestsPerSecond = 500;
const repetitions = 3;

const header =
  "metric_name,timestamp,metric_value,check,error_code,expected_response,group,method,name,scenario,status,extra_tags,metadata\n";
const surfaces = ["web", "api", "subgraph"] as const;
/** k6's own trends of one request, each with a row. */
const timings = ["duration", "blocked", "connecting", "tls_handshaking", "sending", "waiting"];

/** Fourteen rows, as one API-like iteration of the pinned k6 writes them. */
function requestRows(index: number, uniform: () => number): string {
  const at = 1_795_000_000_000 + Math.floor((index * 1000) / requestsPerSecond);
  const surface = surfaces[index % 3] ?? "api";
  const endpoint = `${surface}.operation${Math.floor(uniform() * 20)}`;
  const phase = index < requestCount / 10 ? "warm-up" : "hold";
  const scenario = `${phase}_${surface}-read`;
  const ms = (Math.exp(uniform() + uniform() + uniform()) * 20).toFixed(6);
  const ok = uniform() > 0.002;
  const web = surface === "web";
  const request = `,,${ok},,POST,${endpoint},${scenario},${ok ? 200 : 500},,`;
  const plain = `,,,,,,${scenario},,,`;
  const tags = [
    `surface=${surface}`,
    `endpoint=${endpoint}`,
    `kind=${web ? "page" : "read"}`,
    `outcome=${ok ? "ok" : "http_500"}`,
  ].toSorted(() => uniform() - 0.5);
  const row = (name: string, value: string, rest: string): string =>
    `${name},${at},${value},${rest}\n`;
  return [
    row("http_reqs", "1.000000", request),
    ...timings.map((timing) => row(`http_req_${timing}`, ms, request)),
    row("http_req_failed", ok ? "0.000000" : "1.000000", request),
    row(web ? "page" : "response", ms, `,,,,,,${scenario},,${tags.join("&")},`),
    row("lag", (uniform() * 2).toFixed(6), plain),
    row("data_sent", "412.000000", plain),
    row("data_received", "2113.000000", plain),
    row("iteration_duration", ms, plain),
    row("iterations", "1.000000", plain),
  ].join("");
}

function* csv(): Generator<string> {
  const uniform = seededRandom(1);
  yield header;
  let piece = "";
  for (let index = 0; index < requestCount; index++) {
    piece += requestRows(index, uniform);
    if (index % 200 === 199) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

interface Reading {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rows: number;
  readonly malformed: number;
  readonly windows: number;
  readonly peakMemoryBytes: number;
}

async function read(file: string): Promise<Reading> {
  let windows = 0;
  const builder = new WindowBuilder({ generator: "0", emit: () => windows++ });
  const start = performance.now();
  const { rows, malformed } = await readSamples(file, builder);
  builder.close();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage();
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  return { ms, cpuMs: (user + system) / 1000, rows, malformed, windows, peakMemoryBytes };
}

/** In a process of its own, so that its peak memory is the reader's. */
async function readInChild(file: string): Promise<Reading> {
  const child = fork(fileURLToPath(import.meta.url), ["read", file], { execArgv: [] });
  return new Promise((resolve, reject) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file's own message
    child.once("message", (reading) => resolve(reading as Reading));
    child.once("error", reject);
    child.once("exit", (code) => code !== 0 && reject(new Error(`the reader ended with ${code}`)));
  });
}

async function gunzip(file: string): Promise<number> {
  const start = performance.now();
  await promisify(execFile)("sh", ["-c", `gunzip -c "$0" > /dev/null`, file]);
  return performance.now() - start;
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "headroom-bench-"));
  try {
    const file = join(directory, "samples.csv.gz");
    await pipeline(csv, createGzip({ level: 6 }), createWriteStream(file));
    const gunzips: number[] = [];
    const readings: Reading[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, or they disturb each other
      gunzips.push(await gunzip(file));
      // oxlint-disable-next-line no-await-in-loop
      readings.push(await readInChild(file));
    }
    const readMs = median(readings.map(({ ms }) => ms));
    const gunzipMs = median(gunzips);
    const [first] = readings;
    const result = {
      requests: requestCount,
      rows: first?.rows,
      malformed: first?.malformed,
      windows: first?.windows,
      fileBytes: (await stat(file)).size,
      gunzipMs: Math.round(gunzipMs),
      readMs: Math.round(readMs),
      readCpuMs: Math.round(median(readings.map(({ cpuMs }) => cpuMs))),
      ratio: Number((readMs / gunzipMs).toFixed(2)),
      peakMemoryMegabytes: Math.round(
        Math.max(...readings.map(({ peakMemoryBytes }) => peakMemoryBytes)) / 1e6,
      ),
      targets: { ratio: 3, peakMemoryMegabytes: 300 },
    };
    for (const [name, value] of Object.entries(result))
      process.stdout.write(`${name.padEnd(22)} ${JSON.stringify(value)}\n`);
    writeResult("sample-stream", result);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const [role, file] = process.argv.slice(2);
if (role === "read" && file !== undefined) process.send?.(await read(file));
else await main();
