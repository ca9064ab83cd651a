/**
 * Several runners are one load, and what that costs: `node bench/run.mjs runners` (about four minutes; k6 of PATH, nothing
 * else may run meanwhile).
 *
 * 1. 1, 2, 4 and 8 runners at the same total rate against a counting endpoint: requests by the windows, by the raw samples
 *    and by the endpoint; planned against completed and dropped; quantiles of the merged windows against those of all samples.
 * 2. 2,000 requests/s held by two runners.
 * 3. The judgement of a run of 100 runners × 1 hour from its files, in a process of its own.
 */
import { execFile } from "node:child_process";
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { build } from "esbuild";
import { testRun } from "../analysis/testdata/test-run.ts";
import { Histogram } from "../src/domain/histogram.ts";
import { fromJson, toJson } from "../src/domain/json.ts";
import type { Report } from "../src/domain/report.ts";
import { milliseconds } from "../src/domain/units.ts";
import type { Window, WindowRecord } from "../src/domain/window.ts";
import { readSamples } from "../src/engine/read-samples.ts";
import type { SampleSink } from "../src/engine/sample-sink.ts";
import { seededRandom } from "../src/domain/random.ts";
import { writeRunRecord } from "../src/store/run-writer.ts";
import { startCountingEndpoint } from "./shared/counting-endpoint.ts";
import { nodeCost } from "./shared/node-cost.ts";
import { writeResult } from "./shared/results.ts";

const workplace = mkdtempSync(path.join(tmpdir(), "headroom-runners-"));
const run = promisify(execFile);
const ignore = (): void => undefined;

/** Values of the judged requests. */
class Values implements SampleSink {
  readonly judged: number[] = [];
  requests = 0;
  readonly response: SampleSink["response"] = ({ phase }, _at, valueMs) => {
    this.requests++;
    if (phase === "hold") this.judged.push(valueMs);
  };
  readonly iteration = ignore;
  readonly dropped = ignore;
  readonly lag = ignore;
  readonly users = ignore;
  readonly loadStart = ignore;
  readonly failure = ignore;
}

interface Loaded {
  readonly report: Report;
  readonly directory: string;
  readonly served: number;
}

/** @param flags of `run smoke` against the endpoint with the no-op scenario */
async function load(name: string, flags: Readonly<Record<string, string>>): Promise<Loaded> {
  const endpoint = await startCountingEndpoint();
  const root = path.join(workplace, name);
  const all = { ...flags, runs: root, target: `api=${endpoint.url.replace(/\/$/, "")}` };
  const words = Object.entries(all).flatMap(([flag, value]) => [`--${flag}`, value]);
  try {
    const { stdout } = await run(
      process.execPath,
      [path.resolve("bin/headroom.mjs"), "run", "smoke", "--scenario=noop", "--json", ...words],
      { env: { ...process.env, HEADROOM_PASSWORD: "unused" }, maxBuffer: 1 << 28 },
    ).catch((error: { stdout: string }) => error);
    const id = readdirSync(root).find((entry) => !entry.endsWith(".lock")) ?? "";
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Headroom wrote
    const report = fromJson(stdout) as Report;
    return { report, directory: path.join(root, id), served: await endpoint.count() };
  } finally {
    endpoint.stop();
  }
}

const windowsIn = (directory: string): readonly WindowRecord[] =>
  readFileSync(path.join(directory, "windows.ndjson"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Headroom wrote
    .map((line) => fromJson(line) as WindowRecord);

const exactQuantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;

const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits));

/** A no-op load judges nothing, which is the scenario's; what counts here is the generator. */
const isGeneratorValid = ({ validity }: Report): boolean =>
  validity.state === "valid" || validity.reasons.every(({ fault }) => fault !== "generator");

const same = { perSecond: 400, seconds: 15 };

async function equality(runners: number) {
  const { report, directory, served } = await load(`equal-${runners}`, {
    runners: String(runners),
    rate: `${same.perSecond}/s`,
    samples: "judged",
    "warm-up": "1s",
    duration: `${same.seconds}s`,
  });
  const all = new Histogram();
  let [requests, completed, dropped] = [0, 0, 0];
  for (const window of windowsIn(directory)) {
    if (window.type === "flow") {
      requests += window.requests;
      completed += window.completed;
      dropped += window.dropped;
    } else if (window.endpoint === undefined && window.phase === "hold")
      all.mergeJson(window.histogram);
  }
  const values = new Values();
  for (const name of readdirSync(directory).filter((each) => each.startsWith("samples")))
    await readSamples(path.join(directory, name), values);
  const sorted = values.judged.toSorted((one, other) => one - other);
  const quantiles = [0.5, 0.95, 0.99].map((q) => {
    const [ofWindows = Number.NaN, ofSamples] = [all.quantile(q), exactQuantile(sorted, q)];
    return {
      q,
      windowsMs: rounded(ofWindows),
      samplesMs: rounded(ofSamples),
      difference: rounded(Math.abs(ofWindows / ofSamples - 1), 6),
    };
  });
  const { plannedIterations: planned, runners: rows = [] } = report.generator;
  return {
    runners,
    planned,
    completed,
    dropped,
    requests: { windows: requests, samples: values.requests, endpoint: served },
    // k6 may start one iteration more or less in each of its scenarios.
    isExact: requests === values.requests && requests === served,
    quantiles,
    isWithin: quantiles.every(({ difference }) => difference <= 0.005),
    shares: rows.map(({ share = 0 }) => rounded(share)),
    startDelaysMs: rows.map(({ startDelayMs }) => startDelayMs),
    isGeneratorValid: isGeneratorValid(report),
  };
}

async function held() {
  const { report } = await load("held", {
    runners: "2",
    rate: "2000/s",
    "warm-up": "2s",
    duration: "20s",
  });
  const { generator, validity } = report;
  const requestsPerSecond = (generator.runners ?? []).reduce(
    (sum, each) => sum + each.requestsPerSecond,
    0,
  );
  return {
    offered: 2000,
    requestsPerSecond: rounded(requestsPerSecond, 1),
    dropped: generator.droppedIterations,
    k6CpuP95Ratio: generator.k6CpuP95Ratio,
    hostIdleP5Ratio: generator.hostIdleP5Ratio,
    lagP99Ms: generator.lagP99Ms,
    isGeneratorValid: isGeneratorValid(report),
    reasons: validity.state === "valid" ? [] : validity.reasons.map(({ message }) => message),
    runners: generator.runners,
  };
}

const merging = { runners: 100, seconds: 3600, requestsPerSecond: 20, endpoints: 8 };
const begin = 1_795_452_480_000;

/** The lines of one second of one runner with an API load: a surface, a flow, the users, and its endpoints every ten seconds. */
function linesOf(runner: number): { readonly second: string; readonly tenth: string } {
  const random = seededRandom(runner);
  const histogramOf = (count: number): Window["histogram"] => {
    const histogram = new Histogram();
    for (let index = 0; index < count; index++)
      histogram.record(Math.exp(random() + random() + random()) * 20);
    return histogram.toJSON();
  };
  const shared = { at: "AT" as never, generator: String(runner), phase: "hold" };
  const window = (count: number, endpoint?: string): string =>
    toJson({
      ...shared,
      type: "window",
      durationMs: milliseconds(endpoint === undefined ? 1000 : 10_000),
      metric: "response",
      surface: "api",
      kind: "read",
      endpoint,
      histogram: histogramOf(count),
      failures: {},
    });
  const flow = (name: string, count: number): string =>
    toJson({
      ...shared,
      type: "flow",
      durationMs: milliseconds(1000),
      flow: name,
      completed: count,
      dropped: 0,
      requests: count,
      lag: histogramOf(count),
      users: name === "*" ? 12 : undefined,
    });
  const { requestsPerSecond, endpoints } = merging;
  const perEndpoint = Math.round((10 * requestsPerSecond) / endpoints);
  return {
    second: [window(requestsPerSecond), flow("api-reads", requestsPerSecond), flow("*", 0)]
      .map((line) => `${line}\n`)
      .join(""),
    tenth: Array.from({ length: endpoints }, (_, index) => index)
      .map((index) => `${window(perEndpoint, `token.read${index}`)}\n`)
      .join(""),
  };
}

function* hourOfLines(): Generator<string> {
  const lines = Array.from({ length: merging.runners }, (_, index) => linesOf(index + 1));
  for (let second = 0; second < merging.seconds; second++) {
    const at = String(begin + second * 1000);
    const texts = lines.map((each) => each.second + (second % 10 === 0 ? each.tenth : ""));
    yield texts.join("").replaceAll('"AT"', at);
  }
}

/** The judgement of a run, from its files. */
const program = `import { writeFileSync } from "node:fs";
import { assess } from "./analysis/assess.ts";
import { readJudgeableRun } from "./src/store/judgeable-run.ts";
writeFileSync(process.argv[3], JSON.stringify(assess(readJudgeableRun(process.argv[2]))));`;

async function judged() {
  const [directory, output] = [path.join(workplace, "hour"), path.join(workplace, "report.json")];
  const outfile = path.resolve("dist/bench/judge-hour.mjs");
  await build({
    stdin: { contents: program, resolveDir: path.resolve("."), loader: "ts" },
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
  });
  const { runners, seconds, requestsPerSecond, endpoints } = merging;
  const { run: record } = testRun({ holdSeconds: seconds, plan: { runners } });
  mkdirSync(directory);
  writeRunRecord(directory, { ...record, loadStartedAt: begin - 5000 });
  const input = path.join(directory, "windows.ndjson");
  await pipeline(Readable.from(hourOfLines()), createWriteStream(input));
  const cost = await nodeCost([outfile, directory, output]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the judgement wrote
  const { generator } = fromJson(readFileSync(output, "utf8")) as Report;
  const rows = generator.runners ?? [];
  return {
    ...merging,
    windows: Math.round(runners * seconds * (3 + endpoints / 10)),
    inputMegabytes: Math.round(statSync(input).size / 1e6),
    isExact:
      rows.length === runners &&
      rows.every((each) => each.requests === seconds * requestsPerSecond),
    tookSeconds: rounded(cost.seconds, 2),
    cpuSeconds: rounded(cost.cpuSeconds, 2),
    peakMegabytes: Math.round(cost.peakMegabytes),
    targets: { seconds: 10, peakMegabytes: 300 },
  };
}

try {
  const only = process.argv[2];
  const equal = [];
  if (only === undefined || only === "equality")
    for (const runners of [1, 2, 4, 8]) {
      equal.push(await equality(runners));
      process.stderr.write(`${JSON.stringify(equal.at(-1))}\n`);
    }
  const result = {
    load: same,
    equality: equal,
    held: only === undefined || only === "held" ? await held() : undefined,
    merge: only === undefined || only === "merge" ? await judged() : undefined,
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (only === undefined) writeResult("runners", result);
} finally {
  rmSync(workplace, { recursive: true, force: true });
}
