/**
 * How long does a short run take beyond its load, and where? Stages of `headroom run` against the embedded sandbox, by the
 * clock of its progress lines and events; medians of five runs.
 *
 *   node bench/run.mjs run-overhead [runs]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { median } from "simple-statistics";
import { writeResult } from "./shared/results.ts";

const runs = Number(process.argv[2] ?? 5);
const load = "run smoke --rate 2400/min --warm-up 2s --duration 10s".split(" ");
const loadMs = 12_000;
const root = process.cwd();

const stages = [
  "start: plan, k6, sandbox, bundle",
  "before the load: k6, sign-in, discovery",
  "after the load: last iterations",
  "end: judgement, reports, sandbox",
  "all, without the load",
] as const;

async function measuredRun(): Promise<readonly number[]> {
  const workplace = mkdtempSync(path.join(tmpdir(), "headroom-run-overhead-"));
  const startedAt = Date.now();
  const child = spawn(process.execPath, [path.join(root, "bin/headroom.mjs"), ...load], {
    cwd: workplace,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let loadingAt = Number.NaN;
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (line.includes("loading smoke for")) loadingAt = Date.now();
  });
  const endedAt = await new Promise<number>((resolve) =>
    child.once("close", () => resolve(Date.now())),
  );
  const events = eventsOf(path.join(workplace, ".runs"));
  rmSync(workplace, { recursive: true });
  const [loadStart = Number.NaN, loadEnd = Number.NaN] = ["load-start", "load-end"].map(
    (type) => events.find((event) => event.type === type)?.at,
  );
  return [
    loadingAt - startedAt,
    loadStart - loadingAt,
    loadEnd - loadStart - loadMs,
    endedAt - loadEnd,
    endedAt - startedAt - loadMs,
  ];
}

function eventsOf(
  runsDirectory: string,
): readonly { readonly type: string; readonly at: number }[] {
  const run = readdirSync(runsDirectory).find((name) => name.includes("-smoke-")) ?? "";
  return readFileSync(path.join(runsDirectory, run, "events.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line): { type: string; at: number } => JSON.parse(line));
}

const seconds = (ms: number): number => Math.round(ms / 10) / 100;
const measured: (readonly number[])[] = [];
for (let run = 0; run < runs; run++) {
  // oxlint-disable-next-line no-await-in-loop -- one at a time: they share the machine
  measured.push(await measuredRun());
}
const rows = stages.map((stage, place) => {
  const values = measured.map((run) => run[place] ?? Number.NaN);
  return {
    stage,
    medianSeconds: seconds(median(values)),
    minSeconds: seconds(Math.min(...values)),
  };
});
for (const { stage, medianSeconds, minSeconds } of rows)
  process.stdout.write(`${stage.padEnd(42)} ${medianSeconds} s (least ${minSeconds})\n`);
writeResult("run-overhead", { command: `headroom ${load.join(" ")}`, runs, rows });
