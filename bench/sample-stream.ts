/**
 * What k6's rows cost to read, for a million simulated requests: beside k6 while a load goes on (CPU of the reader per
 * request), and again by `headroom analyse` (the whole command, against `gunzip` of the same file). Half a minute without
 * `--before`, three minutes with it.
 *
 *   node bench/run.mjs sample-stream                 # this build
 *   node bench/run.mjs sample-stream --before DIR    # and another checkout that stores all rows of k6, by turns
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { median } from "simple-statistics";
import { runFiles } from "../src/store/run-directory.ts";
import { nodeCost, type NodeCost } from "./shared/node-cost.ts";
import { readerProgram } from "./shared/reader-program.ts";
import { writeResult } from "./shared/results.ts";
import { simulatedRows, storeSimulatedRun } from "./shared/simulated-load.ts";

const { values } = parseArgs({
  options: { before: { type: "string" }, pairs: { type: "string", default: "5" } },
});
const load = { requests: 1_000_200, requestsPerSecond: 510, endpoints: 60 };
const liveLoad = { ...load, requests: 306_000, samples: "all" } as const;
const directory = mkdtempSync(path.join(tmpdir(), "headroom-sample-stream-"));
const runs = path.join(directory, "runs");

interface Build {
  /** What it stores. */
  readonly samples: "all" | "judged";
  readonly analyse: () => Promise<NodeCost>;
  /** Beside k6, per request. */
  readonly liveMicroseconds: () => Promise<number>;
}

async function buildOf(root: string, samples: "all" | "judged"): Promise<Build> {
  const command = [
    path.join(path.resolve(root), "bin/headroom.mjs"),
    "analyse",
    samples,
    "--runs",
    runs,
  ];
  const reader = await readerProgram(root, directory, samples);
  await storeSimulatedRun(runs, samples, { ...load, samples });
  return {
    samples,
    analyse: () => nodeCost(command),
    liveMicroseconds: async () => {
      const { cpuSeconds } = await nodeCost([reader], Readable.from(simulatedRows(liveLoad)));
      return (cpuSeconds * 1e6) / liveLoad.requests;
    },
  };
}

interface Measured {
  readonly analysed: NodeCost;
  readonly liveMicroseconds: number;
}

const measured = async ({ analyse, liveMicroseconds }: Build): Promise<Measured> => ({
  analysed: await analyse(),
  liveMicroseconds: await liveMicroseconds(),
});

const fileOf = ({ samples }: Build, name: string): string => path.join(runs, samples, name);
const rounded = (value: number): number => Math.round(value * 100) / 100;

function summary(build: Build, turns: readonly Measured[]) {
  const of = (value: (turn: Measured) => number): number => rounded(median(turns.map(value)));
  return {
    storedBytes: statSync(fileOf(build, runFiles.samples)).size,
    analyseCpuSeconds: of(({ analysed }) => analysed.cpuSeconds),
    analyseSeconds: of(({ analysed }) => analysed.seconds),
    analysePeakMegabytes: of(({ analysed }) => analysed.peakMegabytes),
    liveMicrosecondsPerRequest: of(({ liveMicroseconds }) => liveMicroseconds),
  };
}

try {
  const own = await buildOf(".", "judged");
  const before = values.before === undefined ? undefined : await buildOf(values.before, "all");
  const turns: { readonly own: Measured; readonly before?: Measured | undefined }[] = [];
  const gunzips: number[] = [];
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const began = performance.now();
    execFileSync("sh", ["-c", 'gunzip -c "$0" > /dev/null', fileOf(own, runFiles.samples)]);
    gunzips.push((performance.now() - began) / 1000);
    turns.push({
      own: await measured(own),
      before: before === undefined ? undefined : await measured(before),
    });
    process.stderr.write(`${JSON.stringify(turns.at(-1))}\n`);
  }
  const ratioOf = (value: (turn: Measured) => number): number =>
    rounded(
      median(
        turns.flatMap((turn) =>
          turn.before === undefined ? [] : [value(turn.own) / value(turn.before)],
        ),
      ),
    );
  const result = {
    ...load,
    pairs: turns.length,
    now: summary(
      own,
      turns.map((turn) => turn.own),
    ),
    againstGunzip: rounded(
      median(turns.map((turn, index) => turn.own.analysed.seconds / (gunzips[index] ?? 0))),
    ),
    ...(before === undefined
      ? {}
      : {
          before: summary(
            before,
            turns.flatMap((turn) => turn.before ?? []),
          ),
          sameWindows:
            readFileSync(fileOf(own, runFiles.windows), "utf8") ===
            readFileSync(fileOf(before, runFiles.windows), "utf8"),
          ratios: {
            analyseCpu: ratioOf(({ analysed }) => analysed.cpuSeconds),
            analyseDuration: ratioOf(({ analysed }) => analysed.seconds),
            liveCpu: ratioOf(({ liveMicroseconds }) => liveMicroseconds),
            target: 0.4,
          },
        }),
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  writeResult("sample-stream", result);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
