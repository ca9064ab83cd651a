/**
 * What Headroom's own process costs beside a run at 200 requests/s: `node bench/run.mjs overhead [duration]`
 * (30m by default). Reads /proc, so Linux only.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { linearRegression, max, mean } from "simple-statistics";

const duration = process.argv[2] ?? "30m";
const workplace = mkdtempSync(path.join(tmpdir(), "headroom-overhead-"));
const child = spawn(
  process.execPath,
  [
    path.resolve("bin/headroom.mjs"),
    "run",
    "gate",
    "--rate",
    "200/s",
    "--warm-up",
    "10s",
    "--duration",
    duration,
  ],
  { cwd: workplace, stdio: ["ignore", "ignore", "inherit"] },
);

/** Clock ticks a second, as Linux reports CPU time in /proc. */
const ticksPerSecond = 100;
const pageBytes = 4096;

interface Reading {
  readonly atMinutes: number;
  readonly megabytes: number;
  readonly cpuSeconds: number;
}

const readings: Reading[] = [];
const startedAt = Date.now();
const timer = setInterval(() => {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")
    .map(Number);
  readings.push({
    atMinutes: (Date.now() - startedAt) / 60_000,
    megabytes: ((fields[21] ?? 0) * pageBytes) / 1e6,
    cpuSeconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / ticksPerSecond,
  });
}, 5000);

child.once("exit", () => {
  clearInterval(timer);
  const steady = readings.slice(12, -4);
  const [first, last] = [steady[0], steady.at(-1)];
  if (first === undefined || last === undefined)
    throw new Error("the run was too short to measure");
  const cores = (last.cpuSeconds - first.cpuSeconds) / ((last.atMinutes - first.atMinutes) * 60);
  const growth = linearRegression(
    steady.map(({ atMinutes, megabytes }) => [atMinutes, megabytes]),
  ).m;
  const result = {
    duration,
    requestsPerSecond: 200,
    cpuShareOfOneCore: Number(cores.toFixed(4)),
    meanMegabytes: Math.round(mean(steady.map(({ megabytes }) => megabytes))),
    maxMegabytesWhileLoading: Math.round(max(steady.map(({ megabytes }) => megabytes))),
    maxMegabytesWhileJudging: Math.round(max(readings.map(({ megabytes }) => megabytes))),
    growthMegabytesPerMinute: Number(growth.toFixed(3)),
    everyMinute: readings
      .filter((_, index) => index % 12 === 0)
      .map(({ megabytes }) => Math.round(megabytes)),
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync("bench/results/overhead.json", `${JSON.stringify(result, undefined, 2)}\n`);
});
