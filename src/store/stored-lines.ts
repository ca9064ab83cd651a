/**
 * Files of one JSON object a line, written while a run goes on and sealed (lines, SHA-256) at its end. Only the last
 * line of an unsealed file may be half: every other line that cannot be read is damage, counted and named.
 */
import { createHash, type Hash } from "node:crypto";
import { readSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { lineShape } from "../domain/documents/schemas.ts";
import type { HistogramJson } from "../domain/histogram.ts";
import { clusterRecordSchema } from "../domain/kubernetes-records.ts";
import type { FileDamage, FileSeal, SealedFile } from "../domain/run.ts";
import type { FlowWindow, Window } from "../domain/window.ts";
import { migrateLine } from "./migrations/run/index.ts";
import { runFiles } from "./run-directory.ts";
import { sha256 } from "./hash.ts";
import { withInfinities, withStoredFile } from "./stored-document.ts";

/** Checks the bins themselves, too: their schema takes longer than all the rest of a line. */
function isCounted({ count, infinite, bins }: HistogramJson): boolean {
  let values = infinite;
  for (const run of bins) {
    if (!Array.isArray(run)) return false;
    for (let index = 0; index < run.length; index++) {
      const item: unknown = run[index];
      if (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0) return false;
      // The first is the index of a bin.
      if (index > 0) values += item;
    }
  }
  return values === count;
}

const miscounted = "its bins do not hold as many values as its count says";

/** The shape of a line of each file, by its type. */
const lineShapes: Readonly<Record<SealedFile, Readonly<Record<string, z.ZodType>>>> = {
  windows: {
    window: lineShape<Window>("Window", "bins").refine(
      (line) => isCounted(line.histogram),
      miscounted,
    ),
    flow: lineShape<FlowWindow>("FlowWindow", "bins").refine(
      (line) => isCounted(line.lag),
      miscounted,
    ),
  },
  observations: { "": lineShape("Observation") },
  events: {
    phase: lineShape("PhaseEvent"),
    "load-start": lineShape("LoadEvent"),
    "load-end": lineShape("LoadEvent"),
    abort: lineShape("AbortEvent"),
    failure: lineShape("FailureEvent"),
    gap: lineShape("GapEvent"),
    engine: lineShape("EngineEvent"),
    "resilience-begin": lineShape("ResilienceBeginEvent"),
    resilience: lineShape("ResilienceEvent"),
    "writes-read-back": lineShape("WritesReadBackEvent"),
    "traced-requests": lineShape("TracedRequestsEvent"),
  },
};

/** So many lines are named; the others are counted. */
const namedPlaces = 5;

export interface StoredLines<Line> {
  readonly lines: readonly Line[];
  readonly damage?: FileDamage | undefined;
}

/**
 * @param seal of the run's end; without one the file may end in half a line, and may not be there at all
 * @returns the lines that are whole, and what is wrong with the others
 */
export function readStoredLines<Line>(
  directory: string,
  file: SealedFile,
  seal: FileSeal | undefined,
): StoredLines<Line> {
  const lines: Line[] = [];
  const damage = eachStoredLine<Line>(directory, file, { seal, take: (line) => lines.push(line) });
  return { lines, damage };
}

/** The same, of a file whose lines need not be in memory all at once. @returns what is wrong with it */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as of `asLine`
export function eachStoredLine<Line>(
  directory: string,
  file: SealedFile,
  { seal, take }: { readonly seal: FileSeal | undefined; readonly take: (line: Line) => void },
): FileDamage | undefined {
  const name = runFiles[file];
  const unreadable: number[] = [];
  let written = 0;
  const hash = createHash("sha256");
  const isThere = withStoredFile(path.join(directory, name), kindOf(name), (descriptor) => {
    for (const { text: line, isWhole } of linesIn(descriptor, hash)) {
      written++;
      const kept = line === undefined ? undefined : lineOf(line, file);
      if (kept !== undefined) for (const each of kept) take(asLine<Line>(each));
      else if (isWhole || seal !== undefined) unreadable.push(written);
    }
    return true;
  });
  if (isThere === undefined) {
    const isGone = seal !== undefined && seal.lines > 0;
    return isGone ? damaged(name, "missing", [], seal.lines) : undefined;
  }
  return damageOf(name, unreadable, { seal, written, hash });
}

const pieceBytes = 1024 ** 2;
/** Far beyond any line of ours. */
const longestLine = 64 * 1024 ** 2;

const kindOf = (name: string) => ({
  what: `the ${name.split(".")[0]} of a run`,
  code: "unreadable-run",
  hint: "Restore the file from a copy, or remove the run's directory; no other run is affected.",
});

interface TextLine {
  /** Absent: too long to be one of ours. */
  readonly text: string | undefined;
  /** It ends with a line end. */
  readonly isWhole: boolean;
}

/** One after the other, piece by piece: a file may be longer than a buffer can be. */
function* linesIn(descriptor: number, hash: Hash): Generator<TextLine> {
  /** Of a line that goes on. */
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const textOf = (piece: Buffer): string | undefined => {
    const isTooLong = begunBytes + piece.length > longestLine;
    const whole = begun.length === 0 ? piece : Buffer.concat([...begun, piece]);
    begun = [];
    begunBytes = 0;
    return isTooLong ? undefined : whole.toString();
  };
  for (;;) {
    const piece = Buffer.alloc(pieceBytes);
    const bytes = readSync(descriptor, piece);
    if (bytes === 0) break;
    const read = piece.subarray(0, bytes);
    hash.update(read);
    let from = 0;
    for (let end = read.indexOf(10); end >= 0; end = read.indexOf(10, from)) {
      yield { text: textOf(read.subarray(from, end)), isWhole: true };
      from = end + 1;
    }
    if (from === bytes) continue;
    begunBytes += bytes - from;
    if (begunBytes <= longestLine) begun.push(read.subarray(from));
  }
  if (begunBytes > 0) yield { text: textOf(Buffer.alloc(0)), isWhole: false };
}

function damageOf(
  name: string,
  unreadable: readonly number[],
  {
    seal,
    written,
    hash,
  }: { readonly seal: FileSeal | undefined; readonly written: number; readonly hash: Hash },
): FileDamage | undefined {
  if (unreadable.length > 0)
    return damaged(name, "unreadable-lines", unreadable, unreadable.length);
  if (seal === undefined) return undefined;
  if (written < seal.lines) return damaged(name, "missing-lines", [], seal.lines - written);
  if (written > seal.lines) return damaged(name, "additional-lines", [], written - seal.lines);
  return hash.digest("hex") === seal.sha256 ? undefined : damaged(name, "changed", [], 0);
}

const damaged = (
  file: string,
  kind: FileDamage["kind"],
  places: readonly number[],
  lines: number,
): FileDamage => ({ file, kind, count: lines, places: places.slice(0, namedPlaces) });

/** @returns `undefined` for one that cannot be read, no line for what is not kept any more */
function lineOf(text: string, file: SealedFile): readonly object[] | undefined {
  try {
    const written: unknown = JSON.parse(text);
    if (!isRecord(written)) return undefined;
    const line = migrateLine(written, file);
    if (line === undefined) return [];
    const { type = "" } = line;
    const isOfCluster = file === "observations" && type !== "";
    const own = typeof type === "string" ? lineShapes[file][type] : undefined;
    const shape = isOfCluster ? clusterRecordSchema : own;
    if (shape?.safeParse(line).success !== true) return undefined;
    const value = text.includes('Infinity"') ? withInfinities(line) : line;
    return isRecord(value) ? [value] : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** The seal of a file with this content. */
export const sealOf = (content: string): FileSeal => ({
  lines: content.split("\n").length - 1,
  sha256: sha256(content),
});

/* Checked above, by shapes that are made from the types. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters
const asLine = <Line>(value: object): Line => value as Line;
