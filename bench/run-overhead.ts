/**
 * How long does a short run take beyond its load, and where? Stages of `headroom run` against the embedded sandbox, from its
 * stored record and events, and the CPU of all its processes; medians of five runs.
 *
 *   node bench/run.mjs run-overhead [runs]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { median } from "simple-statistics";
import { processCost } from "./shared/process-cost.ts";
import { writeResult } from "./shared/results.ts";

const runs = Number(process.argv[2] ?? 5);
const load = "run smoke --rate 2400/min --warm-up 2s --duration 10s";
const loadMs = 12_000;

async function measuredRun(): Promise<Readonly<Record<string, number>>> {
  const root = mkdtempSync(path.join(tmpdir(), "headroom-run-overhead-"));
  const beganAt = Date.now();
  const { cpuSeconds } = await processCost(
    `node bin/headroom.mjs ${load} --runs ${root} > ${root}/output 2>&1`,
    process.env,
  );
  const endedAt = Date.now();
  const run = readdirSync(root).find((name) => name.includes("-smoke-")) ?? "";
  const linesOf = (file: string): string[] =>
    readFileSync(path.join(root, run, file), "utf8")
      .trim()
      .split("\n");
  const { startedAt } = JSON.parse(linesOf("run.json").join("")) as { startedAt: number };
  const events = linesOf("events.ndjson").map(
    (line) => JSON.parse(line) as { type: string; at: number },
  );
  rmSync(root, { recursive: true });
  const atOf = (type: string): number =>
    events.find((event) => event.type === type)?.at ?? Number.NaN;
  return {
    "start: plan, k6, sandbox, bundle, s": (startedAt - beganAt) / 1000,
    "before the load: k6, sign-ins, discovery, s": (atOf("load-start") - startedAt) / 1000,
    "after the load: last iterations, s": (atOf("load-end") - atOf("load-start") - loadMs) / 1000,
    "end: judgement, reports, sandbox, s": (endedAt - atOf("load-end")) / 1000,
    "all of these, s": (endedAt - beganAt - loadMs) / 1000,
    "CPU of all processes, with the load, s": cpuSeconds,
  };
}

const measured: Readonly<Record<string, number>>[] = [];
for (let run = 0; run < runs; run++) {
  // oxlint-disable-next-line no-await-in-loop -- one at a time: they share the machine
  measured.push(await measuredRun());
}
const round = (value: number): number => Math.round(value * 100) / 100;
const rows = Object.keys(measured[0] ?? {}).map((what) => {
  const values = measured.map((each) => each[what] ?? Number.NaN);
  return { what, median: round(median(values)), least: round(Math.min(...values)) };
});
for (const row of rows)
  process.stdout.write(`${row.what.padEnd(46)} ${row.median} (least ${row.least})\n`);
writeResult("run-overhead", { command: `headroom ${load}`, runs, rows });
