/** Ctrl-C and SIGTERM end every command, also in the middle of a calculation that never gives way to a handler. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commands } from "./commands.ts";
import { bundleProgram } from "../testdata/bundle.ts";

const packageRoot = path.resolve(import.meta.dirname, "../..");
const program = path.join(packageRoot, "dist", "test", "headroom.js");
const folder = mkdtempSync(path.join(tmpdir(), "headroom-signals-"));

const header = "metric_name,timestamp,metric_value,check,error,status,url,extra_tags,metadata\n";
/** Seconds of work for the command that reads it; of rows that are as k6 writes them. */
const samples = path.join(folder, "samples.csv.gz");
const series = path.join(folder, "series.csv");

function* rows(): Generator<string> {
  yield header;
  for (let second = 0; second < 6000; second++) {
    let text = "";
    for (let index = 0; index < 500; index++)
      text += `http_req_duration,${1_767_578_400 + second},${100 + (index % 97)},,,200,,surface=api,\n`;
    yield text;
  }
}

beforeAll(async () => {
  await bundleProgram(fileURLToPath(new URL("testdata/headroom.ts", import.meta.url)), program);
  await pipeline(rows, createGzip({ level: 1 }), createWriteStream(samples));
  const values = Array.from({ length: 60_000 }, (_, i) => 100 + ((i * 7919) % 997) / 100);
  writeFileSync(series, `p95\n${values.join("\n")}\n`);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface End {
  readonly status: number | string | null;
  readonly afterMs: number;
}

/** As a shell would report it: the number, or 128 and the signal's. */
const shellStatus = { SIGINT: 130, SIGTERM: 143 } as const;

async function endedBy(signal: keyof typeof shellStatus, argv: readonly string[]): Promise<End> {
  const child = spawn(process.execPath, [program, packageRoot, ...argv], {
    cwd: folder,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.once("exit", (code, by) => resolve(by ?? code));
  });
  await sleep(1500);
  expect(child.exitCode, `${argv.join(" ")} ended by itself`).toBeNull();
  const from = performance.now();
  child.kill(signal);
  return { status: await ended, afterMs: performance.now() - from };
}

test.each([
  ["import of a large result", ["import", samples]],
  ["a calculation without an end to wait for", ["detect", series]],
  ["standard input that never comes", ["fit", "-"]],
] as const)("%s", { timeout: 30_000 }, async (_reason, argv) => {
  const signals = ["SIGTERM", "SIGINT"] as const;
  const ends = await Promise.all(signals.map((signal) => endedBy(signal, argv)));
  for (const [index, signal] of signals.entries()) {
    expect([signal, shellStatus[signal]]).toContain(ends[index]?.status);
    expect(ends[index]?.afterMs).toBeLessThan(1000);
  }
});

/** Here, not in the test: reading all of Headroom takes its time. */
const loaded = await Promise.all(commands.map(({ load }) => load()));

test("only commands with something of their own to end have handlers", () => {
  const gently = loaded.filter((command) => command.stopsGently !== undefined);
  expect(gently.map(({ name }) => name)).toEqual([
    "demo",
    "run",
    "nightly",
    "attach",
    "gate",
    "sandbox",
  ]);
});
