/**
 * Seeded faults: damage to stored runs, faults of processes and disks while the real command loads a loopback target, and
 * broken lines and files through every reader. Parts are kept apart in the result, so that they can be measured in pieces:
 *
 *   node bench/run.mjs faults --part storage --count 160
 *   node bench/run.mjs faults --part process --count 200
 *   node bench/run.mjs faults --part lines --count 10000000
 *   node bench/run.mjs faults --part files --count 100000
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fuzzFiles, fuzzLines, type FuzzResult } from "./faults-fuzz-simulation.ts";
import { processFaults, type ProcessFault } from "./faults-process-simulation.ts";
import { storageFaults } from "./faults-storage-simulation.ts";

const resultFile = "bench/results/faults.json";

const { values } = parseArgs({
  options: {
    part: { type: "string", default: "storage" },
    count: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const seed = Number(values.seed);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const countOr = (usual: number): number => Number(values.count ?? usual);

const parts = {
  storage: async () => storage(countOr(160)),
  process: () => processes(countOr(24)),
  lines: async () => fuzzed("lines", await fuzzLines(seed, countOr(1_000_000))),
  files: async () => fuzzed("files", await fuzzFiles(seed, countOr(10_000))),
} as const;

const part = Object.keys(parts).find((name): name is keyof typeof parts => name === values.part);
if (part === undefined) {
  process.stderr.write(`--part: one of ${Object.keys(parts).join(", ")}\n`);
  process.exit(2);
}
const measured = await parts[part]();
const before: unknown = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, "utf8")) : {};
const all = { ...(typeof before === "object" ? before : {}), [part]: { seed, ...measured } };
writeFileSync(resultFile, `${JSON.stringify(all, undefined, 2)}\n`);
print(`${resultFile}: ${part}`);

function storage(count: number): object {
  const { rows, leftOut } = storageFaults(seed, count);
  for (const { kind, examples, ...counts } of rows) {
    const totals = Object.entries(counts).map(([name, number]) => `${name} ${number}`);
    print(
      `${kind}: ${totals.join(", ")}${examples.length === 0 ? "" : `\n  ${examples.join("\n  ")}`}`,
    );
  }
  const sum = (name: "faults" | "wrong" | "crashes"): number =>
    rows.reduce((total, row) => total + row[name], 0);
  return { faults: sum("faults"), wrong: sum("wrong"), crashes: sum("crashes"), leftOut, rows };
}

async function processes(count: number): Promise<object> {
  const { faults, leftOut } = await processFaults(seed, count, showFault);
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const of = faults.filter((fault) => fault.kind === kind);
    const stops = of.flatMap(({ loadStoppedAfterMs }) => loadStoppedAfterMs ?? []);
    return {
      kind,
      faults: of.length,
      longestStopMs: stops.length === 0 ? undefined : Math.max(...stops),
      exitStatuses: [...new Set(of.map(({ exitStatus }) => exitStatus))],
      claims: [...new Set(of.flatMap(({ claims }) => claims))],
      unreadable: of.filter(({ isReadable }) => !isReadable).length,
      wrong: of.filter(({ isWrong }) => isWrong).length,
      crashes: of.filter(({ isCrash }) => isCrash).length,
    };
  });
  return { faults: faults.length, leftOut, rows };
}

function showFault({ kind, loadStoppedAfterMs, exitStatus, claims, ...more }: ProcessFault): void {
  const stop =
    loadStoppedAfterMs === undefined ? "" : `, load stopped after ${loadStoppedAfterMs} ms`;
  const marks = Object.entries(more).flatMap(([name, is]) =>
    is === (name === "isReadable") ? [] : [`  ${name}: ${String(is)}`],
  );
  print(`${kind}: status ${exitStatus}${stop}; ${claims.join("; ")}${marks.join("")}`);
}

function fuzzed(what: string, result: FuzzResult): object {
  const { inputs, refused, read, crashCount, crashes, longestMs, longestReader, heapGrowthMib } =
    result;
  print(
    `${inputs} ${what}: ${refused} refused, ${read} read, ${crashCount} crashes; longest ${longestMs} ms (${longestReader}), heap ${heapGrowthMib} MiB`,
  );
  for (const { reader, error, input } of crashes)
    print(`  ${reader}: ${error}\n    ${input.slice(0, 200)}`);
  return result;
}
