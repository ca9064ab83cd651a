/**
 * Seeded damage to stored runs: whatever happened to the files, a judgement is made from whole data, or it is INVALID
 * or refused. Never a verdict that the undamaged run did not have.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { testRun } from "../analysis/testdata/test-run.ts";
import { HeadroomError } from "../src/domain/errors.ts";
import type { RunOutcome } from "../src/domain/exit-status.ts";
import { toJson } from "../src/domain/json.ts";
import { seededRandom, type Random } from "../src/domain/random.ts";
import type { RunData, SealedFile } from "../src/domain/run.ts";
import { judge } from "../src/pipeline.ts";
import { runFiles } from "../src/store/run-directory.ts";
import { sealOf } from "../src/store/stored-lines.ts";
import { writeRunRecord } from "../src/store/run-writer.ts";
import { pick } from "./faults-mutate-simulation.ts";

export interface StorageResult {
  readonly kind: string;
  readonly faults: number;
  /** A report was written. */
  readonly judged: number;
  /** Refused with a clear error; nothing is claimed. */
  readonly refused: number;
  /** Changed nothing that a judgement rests on: the verdict is that of the undamaged run. */
  readonly same: number;
  readonly invalid: number;
  /** PASS or FAIL that the undamaged run did not have, or any verdict of a run that was cut short or damaged. */
  readonly wrong: number;
  /** Errors that are bugs: exit status 70. */
  readonly crashes: number;
  /** The first wrong ones, to look at. */
  readonly examples: readonly string[];
}

const sealed: readonly SealedFile[] = ["windows", "observations", "events"];

const writeLines = (directory: string, file: SealedFile, lines: readonly unknown[]): string => {
  const text = lines.map((line) => `${toJson(line)}\n`).join("");
  writeFileSync(path.join(directory, runFiles[file]), text);
  return text;
};

/** As a run leaves them: a healthy one and one whose API is too slow, both sealed. */
function writeRun(root: string, name: string, data: RunData): string {
  const directory = path.join(root, name);
  mkdirSync(directory);
  const seals = Object.fromEntries(
    sealed.map((file) => [file, sealOf(writeLines(directory, file, data[file]))]),
  ) as Record<SealedFile, ReturnType<typeof sealOf>>;
  writeRunRecord(directory, { ...data.run, id: name, files: seals });
  return directory;
}

interface Base {
  readonly directory: string;
  readonly data: RunData;
  readonly outcome: RunOutcome;
}

interface Fault {
  readonly kind: string;
  /** May the verdict of the undamaged run be given? Only where the damage may lie outside of what is judged. */
  readonly mayBeSame: boolean;
  readonly act: (directory: string, base: Base, random: Random) => void;
  /** Before the directory is removed. */
  readonly undo?: (directory: string) => void;
}

const anyFile = (random: Random): string => runFiles[pick(sealed, random)];

function edit(directory: string, name: string, change: (bytes: Buffer) => Buffer): void {
  const file = path.join(directory, name);
  writeFileSync(file, change(readFileSync(file)));
}

const place = (bytes: Buffer, random: Random): number => Math.floor(random() * bytes.length);

function flipBit(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const at = place(bytes, random);
  changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return changed;
}

function zeroBlock(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const from = place(bytes, random);
  return changed.fill(0, from, Math.min(from + 4096, bytes.length));
}

const linesOf = (bytes: Buffer): string[] => bytes.toString("utf8").split("\n").slice(0, -1);
const fromLines = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(""));

/** The process is gone: no seals, no end, `running`. */
function asKilled(directory: string, { data }: Base): void {
  const { endedAt: _endedAt, k6ExitCode: _exit, ...record } = data.run;
  // A process id that there is never.
  writeRunRecord(directory, {
    ...record,
    id: path.basename(directory),
    state: "running",
    pid: 2 ** 30,
  });
}

const faults: readonly Fault[] = [
  {
    kind: "a file cut off at a random offset",
    mayBeSame: false,
    act: (directory, _base, random) =>
      edit(directory, anyFile(random), (bytes) => bytes.subarray(0, place(bytes, random))),
  },
  {
    kind: "one bit flipped",
    mayBeSame: false,
    act: (directory, _base, random) =>
      edit(directory, anyFile(random), (bytes) => flipBit(bytes, random)),
  },
  {
    kind: "a block of zeros",
    mayBeSame: false,
    act: (directory, _base, random) =>
      edit(directory, anyFile(random), (bytes) => zeroBlock(bytes, random)),
  },
  {
    kind: "a line gone",
    mayBeSame: false,
    act: (directory, _base, random) =>
      edit(directory, runFiles.windows, (bytes) => {
        const lines = linesOf(bytes);
        return fromLines(lines.toSpliced(Math.floor(random() * lines.length), 1));
      }),
  },
  {
    kind: "a line twice",
    mayBeSame: false,
    act: (directory, _base, random) =>
      edit(directory, runFiles.windows, (bytes) => {
        const lines = linesOf(bytes);
        const at = Math.floor(random() * lines.length);
        return fromLines(lines.toSpliced(at, 0, lines[at] ?? ""));
      }),
  },
  {
    kind: "a file gone",
    mayBeSame: false,
    act: (directory, _base, random) => rmSync(path.join(directory, anyFile(random))),
  },
  {
    kind: "run.json cut off",
    mayBeSame: false,
    act: (directory, _base, random) =>
      edit(directory, runFiles.record, (bytes) => bytes.subarray(0, place(bytes, random))),
  },
  {
    kind: "run.json with one bit flipped",
    mayBeSame: true,
    act: (directory, _base, random) =>
      edit(directory, runFiles.record, (bytes) => flipBit(bytes, random)),
  },
  {
    kind: "killed while it wrote: files cut off, no seals",
    mayBeSame: false,
    act: (directory, base, random) => {
      asKilled(directory, base);
      for (const file of sealed)
        edit(directory, runFiles[file], (bytes) =>
          bytes.subarray(0, Math.floor(bytes.length * (0.2 + 0.8 * random()))),
        );
    },
  },
  {
    kind: "the clock stepped during the run",
    mayBeSame: true,
    act: (directory, { data }, random) => {
      const stepMs = Math.round((random() - 0.5) * 2 * 7_200_000);
      const { loadStartedAt = 0, plan } = data.run;
      const from = loadStartedAt + random() * plan.durationMs;
      const stepped = <Line extends { readonly at: number }>(line: Line): Line =>
        line.at >= from ? { ...line, at: line.at + stepMs - (stepMs % 1000) } : line;
      const files = {
        windows: sealOf(writeLines(directory, "windows", data.windows.map(stepped))),
        observations: sealOf(writeLines(directory, "observations", data.observations.map(stepped))),
        events: sealOf(writeLines(directory, "events", data.events.map(stepped))),
      };
      const { endedAt = 0 } = data.run;
      writeRunRecord(directory, {
        ...data.run,
        id: path.basename(directory),
        endedAt: endedAt + stepMs,
        files,
      });
    },
  },
];

/** Faults that need a file system of their own; without the right to mount one they are left out. */
const mounted: readonly Fault[] = [
  {
    kind: "the disk is full when it is judged",
    mayBeSame: false,
    act: (directory) => fill(directory),
  },
  {
    kind: "the directory is read-only when it is judged",
    mayBeSame: false,
    act: (directory) => execFileSync("mount", ["-o", "remount,ro", directory]),
    undo: (directory) => execFileSync("mount", ["-o", "remount,rw", directory]),
  },
];

/** Every byte that is left. */
export function fill(directory: string): void {
  const file = path.join(directory, "filler");
  try {
    for (;;) writeFileSync(file, Buffer.alloc(4096), { flag: "a" });
  } catch {
    // Full.
  }
}

/** @returns whether a small file system could be mounted there */
export function mountSmall(directory: string, size: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", directory], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

interface Counted {
  faults: number;
  judged: number;
  refused: number;
  same: number;
  invalid: number;
  wrong: number;
  crashes: number;
  readonly examples: string[];
}

/** @returns a row for each kind of fault, and whether some were left out */
export function storageFaults(
  seed: number,
  count: number,
): { readonly rows: readonly StorageResult[]; readonly leftOut: readonly string[] } {
  const random = seededRandom(seed);
  const root = mkdtempSync(path.join(tmpdir(), "headroom-faults-"));
  const bases = (
    [
      ["healthy", testRun()],
      ["slow", testRun({ p95Ms: { api: 900 } })],
    ] as const
  ).map(([name, data]): Base => {
    const directory = writeRun(root, name, data);
    return { directory, data, outcome: judge(directory).report.outcome };
  });
  const outcomes = bases.map(({ outcome }) => outcome).join();
  if (outcomes !== "pass,fail")
    throw new Error(`the undamaged runs are ${outcomes}, not pass,fail`);
  const hasMounts = canMount(root);
  const kinds = hasMounts ? [...faults, ...mounted] : faults;
  const counted = new Map<string, Counted>();
  for (let index = 0; index < count; index++) {
    const fault = kinds[index % kinds.length];
    const base = pick(bases, random);
    if (fault === undefined) continue;
    const row = counted.get(fault.kind) ?? emptyCounts();
    counted.set(fault.kind, row);
    oneFault(fault, base, { row, random, directory: path.join(root, `fault-${index}`) });
  }
  rmSync(root, { recursive: true });
  return {
    rows: [...counted].map(([kind, row]) => ({ kind, ...row })),
    leftOut: hasMounts ? [] : mounted.map(({ kind }) => `${kind}: no right to mount a file system`),
  };
}

const emptyCounts = (): Counted => ({
  faults: 0,
  judged: 0,
  refused: 0,
  same: 0,
  invalid: 0,
  wrong: 0,
  crashes: 0,
  examples: [],
});

function canMount(root: string): boolean {
  const directory = path.join(root, "mount");
  mkdirSync(directory);
  const isMounted = mountSmall(directory, "64k");
  if (isMounted) execFileSync("umount", [directory]);
  return isMounted;
}

function oneFault(
  fault: Fault,
  base: Base,
  {
    row,
    random,
    directory,
  }: { readonly row: Counted; readonly random: Random; readonly directory: string },
): void {
  row.faults++;
  const needsMount = mounted.includes(fault);
  mkdirSync(directory);
  if (needsMount) mountSmall(directory, "2m");
  cpSync(base.directory, directory, {
    recursive: true,
    filter: (from) => !/verdicts|report|junit|results/.test(path.basename(from)),
  });
  fault.act(directory, base, random);
  try {
    const { outcome } = judge(directory).report;
    row.judged++;
    if (outcome === "invalid" || outcome === "incomplete") row.invalid++;
    else if (outcome === base.outcome && fault.mayBeSame) row.same++;
    else wrong(row, `${base.outcome} became ${outcome}`);
  } catch (error) {
    if (!(error instanceof HeadroomError)) {
      row.crashes++;
      row.examples.push(error instanceof Error ? (error.stack ?? "") : String(error));
    } else row.refused++;
    if (hasPartial(directory)) wrong(row, "a temporary file was left");
  } finally {
    fault.undo?.(directory);
    if (needsMount) execFileSync("umount", [directory]);
    rmSync(directory, { recursive: true });
  }
}

const hasPartial = (directory: string): boolean =>
  readdirSync(directory).some((name) => name.endsWith(".partial"));

function wrong(row: Counted, example: string): void {
  row.wrong++;
  if (row.examples.length < 3) row.examples.push(example);
}
