/**
 * An hour of soak at the nightly rate: CPU, memory and open files of Headroom's own process and of k6, and whether they
 * grow: `node bench/run.mjs overhead [duration]` (60m by default). Reads /proc, so Linux only.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { linearRegression, max, mean } from "simple-statistics";
import { childNamed } from "./faults-process-simulation.ts";
import { writeResult } from "./shared/results.ts";

const duration = process.argv[2] ?? "60m";
const workplace = mkdtempSync(path.join(tmpdir(), "headroom-overhead-"));
const load = `run gate --rate 10500/min --warm-up 10s --duration ${duration}`.split(" ");
const child = spawn(process.execPath, [path.resolve("bin/headroom.mjs"), ...load], {
  cwd: workplace,
  stdio: ["ignore", "ignore", "inherit"],
});

/** Clock ticks a second, as Linux reports CPU time in /proc. */
const ticksPerSecond = 100;
const pageBytes = 4096;
/** Memory is level only after the windows, caches and virtual users have been made. */
const settledAfterMinutes = 5;

interface Reading {
  readonly atMinutes: number;
  readonly megabytes: number;
  readonly cpuSeconds: number;
  readonly openFiles: number;
}

const startedAt = Date.now();

function readingOf(pid: number): Reading | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ")
      .map(Number);
    return {
      atMinutes: (Date.now() - startedAt) / 60_000,
      megabytes: ((fields[21] ?? 0) * pageBytes) / 1e6,
      cpuSeconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / ticksPerSecond,
      openFiles: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** The k6 that sends the load, not the probe that a k6 of PATH is given first. */
const loadingK6 = /k6\0run(?!.*headroom-probe-)/s;

const readings = { headroom: [] as Reading[], k6: [] as Reading[] };
let k6: number | undefined;
const timer = setInterval(() => {
  k6 ??= childNamed(child.pid ?? 0, loadingK6);
  for (const [name, pid] of [["headroom", child.pid] as const, ["k6", k6] as const]) {
    const reading = pid === undefined ? undefined : readingOf(pid);
    if (reading !== undefined) readings[name].push(reading);
  }
}, 5000);

child.once("exit", (status) => {
  clearInterval(timer);
  const result = {
    duration,
    requestsPerMinute: 10_500,
    exitStatus: status,
    headroom: summary(readings.headroom),
    k6: summary(readings.k6),
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  writeResult("overhead", result);
});

/** Growth is the slope of a least-squares line through the settled part, without the judgement at the end. */
function summary(all: readonly Reading[]): object {
  const settled = all.filter(({ atMinutes }) => atMinutes >= settledAfterMinutes).slice(0, -4);
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined)
    throw new Error("the run was too short to measure");
  const cores = (last.cpuSeconds - first.cpuSeconds) / ((last.atMinutes - first.atMinutes) * 60);
  const growth = (value: "megabytes" | "openFiles"): number =>
    Number(
      linearRegression(
        settled.map((reading) => [reading.atMinutes / 60, reading[value]]),
      ).m.toFixed(1),
    );
  const values = (value: "megabytes" | "openFiles"): number[] =>
    settled.map((reading) => reading[value]);
  return {
    cores: Number(cores.toFixed(4)),
    meanMegabytes: Math.round(mean(values("megabytes"))),
    maxMegabytesWhileLoading: Math.round(max(values("megabytes"))),
    maxMegabytes: Math.round(max(all.map(({ megabytes }) => megabytes))),
    growthMegabytesPerHour: growth("megabytes"),
    meanOpenFiles: Math.round(mean(values("openFiles"))),
    maxOpenFiles: max(values("openFiles")),
    growthOpenFilesPerHour: growth("openFiles"),
    megabytesEveryFiveMinutes: all
      .filter((_, index) => index % 60 === 0)
      .map(({ megabytes }) => Math.round(megabytes)),
  };
}
