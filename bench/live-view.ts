/**
 * What the live view costs Headroom's own process: CPU while nobody, one viewer, five, and one that never reads look on, in
 * blocks of one load that follow one another, so that each is compared with its neighbours; and the lag of iteration starts
 * meanwhile. Then the same load with and without --live, nobody looking on: `node bench/run.mjs live-view [cycles]`. Takes
 * under 6 minutes with 4 cycles (the default). Reads /proc, so Linux only.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { max, mean, median } from "simple-statistics";
import { Histogram } from "../src/domain/histogram.ts";
import { fromJson } from "../src/domain/json.ts";
import type { WindowRecord } from "../src/domain/window.ts";
import { writeResult } from "./shared/results.ts";

const cycles = Number(process.argv[2] ?? 4);
const blockMs = 10_000;
/** Viewers come and go before it is measured. */
const settleMs = 1000;
const ticksPerSecond = 100;
const alone = 40;

/** How many look on; the last one's never reads. */
const conditions = [
  { name: "nobody", viewers: 0, deaf: 0 },
  { name: "1 viewer", viewers: 1, deaf: 0 },
  { name: "5 viewers", viewers: 5, deaf: 0 },
  { name: "1 that never reads", viewers: 0, deaf: 1 },
] as const;

interface Load {
  readonly pid: number;
  readonly workplace: string;
  readonly url: string | undefined;
  readonly ended: Promise<void>;
}

/** Resolves when the load goes on and is warm. */
async function start(seconds: number, ...more: readonly string[]): Promise<Load> {
  const workplace = mkdtempSync(path.join(tmpdir(), "headroom-live-"));
  const words =
    `run gate --rate 10500/min --warm-up 10s --duration ${seconds}s --samples none`.split(" ");
  const child = spawn(process.execPath, [path.resolve("bin/headroom.mjs"), ...words, ...more], {
    cwd: workplace,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  while (!/hold ·/.test(err)) {
    if (child.exitCode !== null) throw new Error(`the load did not begin: ${err}`);
    await wait(200);
  }
  return { pid: child.pid ?? 0, workplace, url: /^Live: (\S+)/m.exec(err)?.[1], ended };
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .map(Number);
  return ((fields[11] ?? 0) + (fields[12] ?? 0)) / ticksPerSecond;
}

function viewer(url: string, isReading: boolean): Socket {
  const { port, pathname } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  if (isReading) socket.resume();
  else socket.pause();
  socket.write(`GET ${pathname}events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

interface Block {
  readonly name: string;
  readonly cores: number;
  readonly from: number;
  readonly to: number;
}

/** CPU of the process over one block. */
async function block(load: Load, name: string, sockets: readonly Socket[]): Promise<Block> {
  await wait(settleMs);
  const [from, before] = [Date.now(), cpuSecondsOf(load.pid)];
  await wait(blockMs - settleMs);
  const [to, after] = [Date.now(), cpuSecondsOf(load.pid)];
  for (const socket of sockets) socket.destroy();
  return { name, cores: (after - before) / ((to - from) / 1000), from, to };
}

function lagP95In(windows: readonly WindowRecord[], { from, to }: Block): number {
  const lag = new Histogram();
  for (const each of windows)
    if (each.type === "flow" && each.at >= from && each.at + each.durationMs <= to)
      lag.mergeJson(each.lag);
  return lag.quantile(0.95) ?? Number.NaN;
}

function windowsOf({ workplace }: Load): WindowRecord[] {
  const runs = path.join(workplace, ".runs");
  const run = readdirSync(runs).find((each) => each.includes("-gate-")) ?? "";
  return readFileSync(path.join(runs, run, "windows.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => fromJson(line) as WindowRecord);
}

async function alternating(): Promise<{ blocks: readonly Block[]; load: Load }> {
  const load = await start(cycles * conditions.length * (blockMs / 1000) + 10, "--live");
  const blocks: Block[] = [];
  for (let cycle = 0; cycle < cycles; cycle++)
    // Another order each time: what drifts meets all of them.
    for (let index = 0; index < conditions.length; index++) {
      const { name, viewers, deaf } =
        conditions[(index + cycle) % conditions.length] ?? conditions[0];
      const sockets = [
        ...Array.from({ length: viewers }, () => viewer(load.url ?? "", true)),
        ...Array.from({ length: deaf }, () => viewer(load.url ?? "", false)),
      ];
      blocks.push(await block(load, name, sockets));
    }
  await load.ended;
  return { blocks, load };
}

async function nobody(...more: readonly string[]): Promise<number> {
  const load = await start(alone, ...more);
  const { cores } = await block(load, "", []);
  const again = await block(load, "", []);
  await load.ended;
  return mean([cores, again.cores]);
}

const { blocks, load } = await alternating();
const windows = windowsOf(load);
const percentOfCore = (cores: number): number => Math.round(cores * 10_000) / 100;
const rows = conditions.map(({ name }) => {
  const own = blocks.filter((each) => each.name === name);
  const byCycle = Array.from({ length: cycles }, (_, cycle) => {
    const group = blocks.slice(cycle * conditions.length, (cycle + 1) * conditions.length);
    const coresOf = (of: string) => group.find((each) => each.name === of)?.cores ?? Number.NaN;
    return coresOf(name) - coresOf("nobody");
  });
  const lags = own.map((each) => lagP95In(windows, each));
  return {
    name,
    percentOfOneCore: percentOfCore(median(own.map(({ cores }) => cores))),
    moreThanNobody: percentOfCore(median(byCycle)),
    mostMoreThanNobody: percentOfCore(max(byCycle)),
    lagP95Ms: Math.round(median(lags) * 100) / 100,
  };
});
const without = percentOfCore(await nobody());
const withLive = percentOfCore(await nobody("--live"));
const result = {
  requestsPerMinute: 10_500,
  cycles,
  blockSeconds: blockMs / 1000,
  rows,
  nobodyLooksOn: { withoutLive: without, withLive },
};
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
writeResult("live-view", result);
