/**
 * What one process of Headroom collects from runners in pods: `node bench/run.mjs collector` (under a minute). Eight runners
 * serve the windows of a simulated load over loopback, from a process of their own; the collector asks them side by
 * side, as in a run, and writes what comes to a run's directory.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { LiveView } from "../src/engine/live-view.ts";
import { SampleReader } from "../src/engine/sample-reader.ts";
import { WindowBuilder } from "../src/engine/window-builder.ts";
import { WindowsTogether } from "../src/engine/windows-together.ts";
import { askDirectly } from "../src/runners/ask-directly.ts";
import { RunnerClient } from "../src/runners/runner-client.ts";
import type { RunnerLine } from "../src/runners/runner-line.ts";
import { startRunnerServer } from "../src/runners/runner-server.ts";
import { runnerPort } from "../src/runners/runner-protocol.ts";
import { Spool } from "../src/runners/spool.ts";
import { runFiles } from "../src/store/run-directory.ts";
import { RunWriter } from "../src/store/run-writer.ts";
import { simulatedRows } from "./shared/simulated-load.ts";
import { writeResult } from "./shared/results.ts";

const runners = 8;
const token = "of-this-bench";
const load = {
  requests: 60_000,
  requestsPerSecond: 500,
  endpoints: 60,
  samples: "judged",
} as const;
const seconds = load.requests / load.requestsPerSecond;
/** Beside the number of the process, so that two of these do not meet. */
const hostOf = (runner: number, parent: number): string =>
  `127.${200 + runner}.${parent & 255}.${(parent >> 8) & 255 || 1}`;

const nothing = (): void => undefined;

/** The other process: every runner has all its lines from the start. */
async function serve(parent: number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-spools-"));
  for (let runner = 1; runner <= runners; runner++) {
    const spool = new Spool(path.join(folder, `${runner}.ndjson`));
    const builder = new WindowBuilder({
      generator: String(runner),
      emit: (record) => spool.write({ kind: "window", record } satisfies RunnerLine),
    });
    const reader = new SampleReader(builder);
    for (const rows of simulatedRows(load)) reader.push(rows);
    reader.end();
    builder.close();
    spool.close();
    await startRunnerServer({
      host: hostOf(runner, parent),
      port: runnerPort,
      token,
      spool,
      now: Date.now,
      onBegin: nothing,
      onRelease: nothing,
      onStop: nothing,
    });
  }
  process.send?.("ready");
  await once(process, "disconnect");
  rmSync(folder, { recursive: true });
  process.exit();
}

async function collect(): Promise<void> {
  const [program = ""] = process.argv.slice(1);
  const served = fork(program, ["serve", String(process.pid)]);
  await once(served, "message");
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-collected-"));
  const names = Array.from({ length: runners }, (_, index) => String(index + 1));
  const writer = new RunWriter({
    directory,
    keepSamples: false,
    runners: names,
    onFailure: (error) => {
      throw error;
    },
  });
  const live = new LiveView();
  let windows = 0;
  const together = new WindowsTogether(names, () => undefined);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(
    names.map(async (name) => {
      const ask = askDirectly(hostOf(Number(name), process.pid), token);
      const client = new RunnerClient({ ask, now: Date.now });
      await client.lines((line) => {
        if (line.kind !== "window") return;
        const { record } = line;
        windows++;
        live.window(record);
        writer.window(record);
        together.add(record);
      });
      together.end(name);
    }),
  );
  await writer.close();
  const elapsedMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpuBefore);
  served.disconnect();
  const cpuSeconds = (user + system) / 1e6;
  const bytes = statSync(path.join(directory, runFiles.windows)).size;
  rmSync(directory, { recursive: true });
  const result = {
    schemaVersion: 1,
    command: "node bench/run.mjs collector",
    runners,
    load: { ...load, seconds },
    windows,
    windowsPerRunnerAndSecond: Math.round(windows / runners / seconds),
    bytesPerWindow: Math.round(bytes / windows),
    windowsPerCpuSecond: Math.round(windows / cpuSeconds),
    windowsPerSecond: Math.round((windows / elapsedMs) * 1000),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
  };
  process.stdout.write(
    `${result.windows} windows of ${runners} runners collected: ${result.windowsPerCpuSecond} per second of one core, ` +
      `${result.windowsPerSecond} per second beside their server; ${result.bytesPerWindow} bytes each, ` +
      `${result.windowsPerRunnerAndSecond} per runner and second of load; ${result.peakMegabytes} MB at most\n`,
  );
  writeResult("collector", result);
}

const [, , role, parent] = process.argv;
await (role === "serve" ? serve(Number(parent)) : collect());
