/** Seeded broken lines and files through every reader of stored and imported data. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { readHistoryFile } from "../src/config/history-file.ts";
import { loadEnvironment } from "../src/config/environment-file.ts";
import { parseManifests } from "../src/config/hpa-file.ts";
import { readMix } from "../src/config/mix-file.ts";
import { readPoints } from "../src/config/points-file.ts";
import { readPrices } from "../src/config/price-file.ts";
import { Problems } from "../src/config/problems.ts";
import { parseSeries } from "../src/config/series-file.ts";
import { parseValues } from "../src/config/values-file.ts";
import { HeadroomError } from "../src/domain/errors.ts";
import { seededRandom } from "../src/domain/random.ts";
import { SampleReader } from "../src/engine/sample-reader.ts";
import { WindowBuilder } from "../src/engine/window-builder.ts";
import { measureMix } from "../src/mix/read-log.ts";
import { decisionsOf } from "../src/store/decisions.ts";
import { readHistory } from "../src/store/history.ts";
import { importK6 } from "../src/store/import-k6.ts";
import { importFile } from "../src/store/imported-run.ts";
import { runFiles } from "../src/store/run-directory.ts";
import { readRun } from "../src/store/run-reader.ts";
import { readStoredLines } from "../src/store/stored-lines.ts";
import type { SealedFile } from "../src/domain/run.ts";
import { mutated, pick } from "./faults-mutate-simulation.ts";

export interface FuzzResult {
  readonly inputs: number;
  /** Refused, or counted as damage, with words. */
  readonly refused: number;
  /** Read without complaint: the change did not matter, or made another valid input. */
  readonly read: number;
  /** Anything thrown that is no HeadroomError: exit status 70. The first of each message. */
  readonly crashes: readonly {
    readonly reader: string;
    readonly error: string;
    readonly input: string;
  }[];
  readonly crashCount: number;
  /** Of one input (files) or of 1000 lines, milliseconds. */
  readonly longestMs: number;
  readonly longestReader: string;
  /** Heap after a collection, at the end minus after the first tenth, MiB. */
  readonly heapGrowthMib: number;
}

setFlagsFromString("--expose-gc");
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- V8's own function, switched on above
const collect = runInNewContext("gc") as () => void;
const heapMib = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

class Tally {
  inputs = 0;
  refused = 0;
  read = 0;
  crashCount = 0;
  readonly crashes: { reader: string; error: string; input: string }[] = [];
  longestMs = 0;
  longestReader = "";
  #heap: number | undefined;
  readonly #planned: number;

  constructor(planned: number) {
    this.#planned = planned;
  }

  async measure(reader: string, input: string, inputs: number, work: () => unknown): Promise<void> {
    const began = performance.now();
    try {
      const refused = await work();
      const count = typeof refused === "number" ? refused : 0;
      this.refused += count;
      this.read += inputs - count;
    } catch (error) {
      if (error instanceof HeadroomError) this.refused += inputs;
      else this.#crash(reader, error, input);
    }
    const ms = performance.now() - began;
    if (ms > this.longestMs) [this.longestMs, this.longestReader] = [ms, reader];
    this.inputs += inputs;
    if (this.#heap === undefined && this.inputs >= this.#planned / 10) this.#heap = heapMib();
  }

  result(): FuzzResult {
    const { inputs, refused, read, crashes, crashCount, longestMs, longestReader } = this;
    return {
      inputs,
      refused,
      read,
      crashes,
      crashCount,
      longestMs: Math.round(longestMs),
      longestReader,
      heapGrowthMib: Math.round((heapMib() - (this.#heap ?? 0)) * 10) / 10,
    };
  }

  #crash(reader: string, error: unknown, input: string): void {
    this.crashCount++;
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const short = said.split("\n").slice(0, 2).join(" ").trim();
    if (!this.crashes.some((each) => each.reader === reader && each.error === short))
      this.crashes.push({ reader, error: short, input: input.slice(0, 400) });
  }
}

const linesOf = (file: string): string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
const storedRun = "src/store/testdata/damaged-run";
const batch = 1000;

/** Lines of windows, observations and events, and rows of k6's samples, as many of each. */
export async function fuzzLines(seed: number, lines: number): Promise<FuzzResult> {
  const random = seededRandom(seed);
  const tally = new Tally(lines);
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-fuzz-"));
  const rows = linesOf("src/engine/testdata/k6-samples.csv");
  const [header = ""] = rows;
  const kinds: readonly SealedFile[] = ["windows", "observations", "events"];
  const bases = Object.fromEntries(
    kinds.map((kind) => [kind, linesOf(path.join(storedRun, runFiles[kind]))]),
  );
  for (let turn = 0; tally.inputs < lines; turn++) {
    const kind = kinds[turn % 4];
    if (kind === undefined) {
      const text = Array.from({ length: batch }, () => mutated(pick(rows, random), random)).join(
        "\n",
      );
      await tally.measure("samples", text, batch, () => {
        const builder = new WindowBuilder({ generator: "0", emit: () => undefined });
        const reader = new SampleReader(builder);
        reader.push(Buffer.from(`${header}\n`));
        const bytes = Buffer.from(text);
        const half = Math.floor(random() * bytes.length);
        reader.push(bytes.subarray(0, half));
        reader.push(bytes.subarray(half));
        reader.end();
        builder.close();
        return reader.malformed;
      });
      continue;
    }
    const text = Array.from({ length: batch }, () =>
      mutated(pick(bases[kind] ?? [], random), random),
    ).join("\n");
    writeFileSync(path.join(directory, runFiles[kind]), text);
    await tally.measure(
      kind,
      text,
      batch,
      () => batch - readStoredLines(directory, kind, undefined).lines.length,
    );
  }
  rmSync(directory, { recursive: true });
  return tally.result();
}

interface FileReader {
  readonly name: string;
  readonly bases: readonly string[];
  /** @param file with the broken text, alone in its directory */
  readonly read: (text: string, file: string) => unknown;
  readonly fileName?: string;
}

const textsIn = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));

const raise = (problems: Problems): void =>
  problems.raise((message) => new HeadroomError(message, { code: "fuzz" }));

const environmentText = JSON.stringify({
  targets: { api: "https://api.example.test" },
  allowedHosts: ["api.example.test"],
  allowedNetworks: ["10.0.0.0/8"],
  ceilings: { rate: "100/s", duration: "10m", hoursUtc: [0, 5] },
  abort: [{ errors: "2%", for: "20s" }],
  identities: { count: 3, emailPattern: "load-{n}@example.test", roles: { issuer: "1-2" } },
  observers: { prometheus: { url: "https://metrics.example.test", labels: { namespace: "kit" } } },
  overrides: { rate: "50/s", shares: { api: "60%", web: 0.4 } },
});

const importedText = JSON.stringify({
  schemaVersion: 1,
  entry: {
    id: "20261122-020000-import-00000001",
    at: 1_795_312_800_000,
    profile: "smoke",
    environment: "staging",
    outcome: "inconclusive",
    source: "import",
    values: [{ metric: "api.response.p95", value: 130, unit: "ms" }],
    traits: { target: "imported" },
  },
});

const decisionsText = JSON.stringify({
  schemaVersion: 1,
  accepted: [
    {
      profile: "nightly",
      environment: "staging",
      because: "new hardware",
      by: "ada",
      decidedAt: 1_795_312_800_000,
      metric: "api.response.p95",
      at: 1_795_312_800_000,
    },
  ],
  references: [],
});

const { mix } = await measureMix({
  files: ["src/mix/testdata/ingress-nginx.log"],
  cwd: process.cwd(),
  hosts: [],
});
const mixText = JSON.stringify(mix);

const fileReaders: readonly FileReader[] = [
  {
    name: "run.json",
    bases: [readFileSync(path.join(storedRun, runFiles.record), "utf8")],
    fileName: runFiles.record,
    read: (_text, file) => readRun(path.dirname(file)),
  },
  {
    name: "history of runs",
    bases: [readFileSync(path.join(storedRun, runFiles.record), "utf8")],
    fileName: path.join("a-run", runFiles.record),
    read: (_text, file) => readHistory(path.dirname(path.dirname(file))).leftOut.length,
  },
  {
    name: "imported.json",
    bases: [importedText],
    fileName: path.join("a-run", importFile),
    read: (_text, file) => readHistory(path.dirname(path.dirname(file))).leftOut.length,
  },
  {
    name: "decisions.json",
    bases: [decisionsText],
    fileName: "decisions.json",
    read: (_text, file) =>
      decisionsOf(path.dirname(file), { profile: "nightly", environment: "staging" }),
  },
  {
    name: "import of k6",
    bases: textsIn("src/store/testdata/k6", /\.(?:csv|json)$/),
    read: (_text, file) =>
      importK6({ file, profile: "smoke", environment: "staging", surface: "api", at: 1 }),
  },
  {
    name: "environment file",
    bases: [environmentText],
    read: (_text, file) => loadEnvironment("staging", path.dirname(file), file),
  },
  {
    name: "access log or HAR",
    bases: textsIn("src/mix/testdata", /\.(?:log|har)$/),
    read: (_text, file) => measureMix({ files: [file], cwd: path.dirname(file), hosts: [] }),
  },
  {
    name: "mix document",
    bases: [mixText],
    read: (_text, file) => readMix(path.basename(file), path.dirname(file)),
  },
  {
    name: "values",
    bases: textsIn("src/config/testdata/tables", /\.csv$/),
    read: (text) => parseValues(text, "values.csv"),
  },
  {
    name: "points",
    bases: ["load,throughput,latency\n1,10,5ms\n2,19,6ms\n4,36,8ms\n8,60,12ms\n"],
    read: (text) => readPoints(text, "points.csv"),
  },
  {
    name: "series",
    bases: [readFileSync("src/cli/testdata/detect-nights.csv", "utf8")],
    read: (text) => {
      const problems = new Problems();
      const series = parseSeries(text, { shown: "series.csv" }, problems);
      raise(problems);
      return series;
    },
  },
  {
    name: "history of use",
    bases: [
      "date,compute,storage\n2026-01-01,41%,1.3TB\n2026-02-01,43%,1.4TB\n2026-03-01,44%,1.6TB\n",
    ],
    read: (text) => readHistoryFile(text, "history.csv", ["compute", "storage"]),
  },
  {
    name: "prices",
    bases: [
      '{"currency": "EUR", "nodes": {"application": {"perMonth": 280}}, "storagePerGbMonth": 0.1}',
    ],
    read: (text) => readPrices(text, "prices.json", ["application", "data"]),
  },
  {
    name: "autoscaler manifests",
    bases: [
      '{"apiVersion":"v1","kind":"List","items":[{"metadata":{"name":"api"},"spec":{"minReplicas":2,"maxReplicas":8}}]}',
    ],
    read: (text) => {
      const problems = new Problems();
      const documents = parseManifests(text, "hpa.json", problems);
      raise(problems);
      return documents;
    },
  },
];

/** Whole files, as many for each reader. */
export async function fuzzFiles(
  seed: number,
  files: number,
): Promise<FuzzResult & { readonly readers: number }> {
  const random = seededRandom(seed);
  const tally = new Tally(files);
  for (let turn = 0; turn < files; turn++) {
    const reader = pick(fileReaders, random);
    const directory = mkdtempSync(path.join(tmpdir(), "headroom-fuzz-"));
    const file = path.join(directory, reader.fileName ?? "input");
    const text = mutated(pick(reader.bases, random), random);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    await tally.measure(reader.name, text, 1, () => reader.read(text, file));
    rmSync(directory, { recursive: true });
  }
  return { ...tally.result(), readers: fileReaders.length };
}
