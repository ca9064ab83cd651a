/**
 * How cost grows: CPU time and peak memory of a stage, each in a process of its own, against the size of what it is
 * given, with the exponent of a power law fitted to it (least squares of the logarithms; 1 is proportional).
 *
 *   node bench/run.mjs scale                    # all axes, about four minutes
 *   node bench/run.mjs scale --only requests    # one of them; the others stay in the result as they are
 *   node bench/run.mjs scale --long             # also 10⁸ requests: some minutes more
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { linearRegression } from "simple-statistics";
import { assess } from "../analysis/assess.ts";
import { reporters } from "../reports/index.ts";
import { rebuildWindows } from "../src/pipeline.ts";
import { readJudgeableRun } from "../src/store/judgeable-run.ts";
import { writeSyntheticYear } from "../src/store/testdata/synthetic-year.ts";
import { nodeCost, type NodeCost } from "./shared/node-cost.ts";
import { readerProgram } from "./shared/reader-program.ts";
import { writeResult } from "./shared/results.ts";
import { simulatedRows, storeSimulatedRun } from "./shared/simulated-load.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, long: { type: "boolean", default: false } },
});
const directory = mkdtempSync(path.join(tmpdir(), "headroom-scale-"));
const headroom = path.resolve("bin/headroom.mjs");

interface Axis {
  /** What is measured, and what grows. */
  readonly stage: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly costOf: (size: number) => Promise<NodeCost>;
}

/** @param perSecond 3 is the least: one to each surface */
async function analysed(name: string, requests: number, perSecond: number, endpoints: number) {
  await storeSimulatedRun(directory, name, {
    requests,
    requestsPerSecond: perSecond,
    endpoints,
    samples: "judged",
  });
  const cost = await nodeCost([headroom, "analyse", name, "--runs", directory]);
  rmSync(path.join(directory, name), { recursive: true });
  return cost;
}

const reader = await readerProgram(".", directory, "reader");
const axes = {
  requests: {
    stage: "reader of samples, 60 endpoints, 600/s",
    unit: "requests",
    sizes: [1e4, 1e5, 1e6, 1e7, ...(values.long ? [1e8] : [])],
    costOf: async (requests) =>
      nodeCost(
        [reader],
        Readable.from(
          simulatedRows({ requests, requestsPerSecond: 600, endpoints: 60, samples: "judged" }),
        ),
      ),
  },
  endpoints: {
    stage: "analyse, 300,000 requests at 600/s",
    unit: "endpoints",
    sizes: [12, 60, 240, 600, 2000],
    costOf: async (endpoints) => analysed(`endpoints-${endpoints}`, 300_000, 600, endpoints),
  },
  duration: {
    stage: "analyse, 12 endpoints, 3 requests/s",
    unit: "hours",
    sizes: [1, 3, 8, 24],
    costOf: async (hours) => analysed(`hours-${hours}`, hours * 3600 * 3, 3, 12),
  },
  nights: {
    stage: "history, index and trends, one run a night",
    unit: "nightly runs",
    sizes: [10, 100, 500, 2000],
    costOf: async (nightlyRuns) => {
      const root = path.join(directory, `nights-${nightlyRuns}`);
      writeSyntheticYear(root, { nightlyRuns, runsPerNight: 1 });
      return nodeCost([headroom, "history", "--nightly-runs", String(nightlyRuns), "--runs", root]);
    },
  },
  paths: {
    stage: "plan, simulated paths",
    unit: "paths",
    sizes: [1e3, 1e4, 1e5],
    costOf: async (paths) => {
      const root = path.join(directory, `paths-${paths}`);
      return nodeCost([headroom, "plan", "--paths", String(paths), "--runs", root]);
    },
  },
} as const satisfies Record<string, Axis>;

interface Point extends NodeCost {
  readonly size: number;
}

/** @param points at least two */
const exponent = (points: readonly Point[], of: (point: Point) => number): number =>
  rounded(linearRegression(points.map((point) => [Math.log(point.size), Math.log(of(point))])).m);

const rounded = (value: number): number => Math.round(value * 100) / 100;

async function measure({ stage, unit, sizes, costOf }: Axis) {
  const points: Point[] = [];
  process.stdout.write(`${stage}\n`);
  for (const size of sizes) {
    const { cpuSeconds, peakMegabytes, seconds } = await costOf(size);
    const point = {
      size,
      cpuSeconds: rounded(cpuSeconds),
      peakMegabytes: Math.round(peakMegabytes),
      seconds: rounded(seconds),
    };
    points.push(point);
    process.stdout.write(
      `  ${size.toLocaleString("en").padStart(12)} ${unit}: ${point.cpuSeconds.toFixed(2)} s of CPU, ${point.peakMegabytes} MB\n`,
    );
  }
  const upper = points.slice(-2);
  const exponents = {
    cpu: exponent(points, ({ cpuSeconds }) => cpuSeconds),
    cpuOfTheLastTwo: exponent(upper, ({ cpuSeconds }) => cpuSeconds),
    memory: exponent(points, ({ peakMegabytes }) => peakMegabytes),
    memoryOfTheLastTwo: exponent(upper, ({ peakMegabytes }) => peakMegabytes),
  };
  process.stdout.write(`  exponents ${JSON.stringify(exponents)}\n`);
  return { stage, unit, points, exponents };
}

function readResult(): Record<string, unknown> {
  const file = "bench/results/scale.json";
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file's own
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)
    : {};
}

/** The page of a run of one hour. */
async function page(endpoints: number) {
  const run = await storeSimulatedRun(directory, `hour-${endpoints}`, {
    requests: 108_000,
    requestsPerSecond: 30,
    endpoints,
    samples: "judged",
  });
  await rebuildWindows(run);
  const report = assess(readJudgeableRun(run));
  const began = performance.now();
  const html = reporters.html(report);
  const result = {
    endpoints,
    seconds: rounded((performance.now() - began) / 1000),
    kilobytes: Math.round(Buffer.byteLength(html) / 1000),
  };
  process.stdout.write(`report.html of one hour: ${JSON.stringify(result)}\n`);
  return result;
}

try {
  const measured: Record<string, unknown> = {};
  for (const [name, axis] of Object.entries(axes))
    if (values.only === undefined || values.only === name) measured[name] = await measure(axis);
  if (values.only === undefined || values.only === "page")
    measured["page"] = {
      points: [await page(60), await page(600), await page(2000)],
      targets: { endpoints: 60, seconds: 1, kilobytes: 400 },
    };
  const others = values.only === undefined ? {} : readResult();
  writeResult("scale", { ...others, ...measured, node: process.versions.node });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
