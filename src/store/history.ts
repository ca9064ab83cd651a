/**
 * The history of all runs, derived from their directories. `history.json` beside them is a cache: delete it, and the
 * next reader writes it anew.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { HistoryRun } from "../domain/history.ts";
import { toJson } from "../domain/json.ts";
import type { Report } from "../domain/report.ts";
import type { RunRecord } from "../domain/run.ts";
import { storedNumber, valuesOf } from "./history-values.ts";
import { importFile, readImport } from "./imported-run.ts";
import { runFiles } from "./run-directory.ts";
import { readRunRecord } from "./run-reader.ts";
import { writeWhole } from "./run-writer.ts";

export interface History {
  /** In order of their start. */
  readonly runs: readonly HistoryRun[];
  /** Directories that could not be read, and why; they are left out. */
  readonly problems: readonly string[];
}

const indexFile = "history.json";
/** Counts up when more is kept of a run: a cache of before is made anew. */
const indexVersion = 3;

/** A night names its members and has no values of its own; a run that still goes on is nothing yet. */
type Indexed =
  | { readonly kind: "run"; readonly entry: HistoryRun }
  | { readonly kind: "night"; readonly members: readonly string[] };

interface Index {
  readonly schemaVersion: typeof indexVersion;
  readonly runs: Readonly<Record<string, { readonly mtime: number; readonly indexed: Indexed }>>;
}

/** Never throws for a single bad directory: one bad night must not cost the others. */
export function readHistory(root: string): History {
  const known = readIndex(root);
  const problems: string[] = [];
  const runs: Record<string, Index["runs"][string]> = {};
  let isNew = false;
  for (const id of directoriesOf(root)) {
    const mtime = latestChange(path.join(root, id));
    if (mtime === undefined) continue;
    const cached = known?.runs[id];
    if (cached?.mtime === mtime) {
      runs[id] = cached;
      continue;
    }
    try {
      const indexed = indexRun(root, id);
      if (indexed === undefined) continue;
      runs[id] = { mtime, indexed };
      isNew = true;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  const isSmaller = Object.keys(known?.runs ?? {}).length > Object.keys(runs).length;
  if (isNew || isSmaller) keepIndex(root, { schemaVersion: indexVersion, runs });
  return { runs: entriesOf(runs), problems };
}

function entriesOf(runs: Index["runs"]): HistoryRun[] {
  const nights = new Map<string, string>();
  for (const [id, { indexed }] of Object.entries(runs))
    if (indexed.kind === "night") for (const member of indexed.members) nights.set(member, id);
  return Object.values(runs)
    .flatMap(({ indexed }) => (indexed.kind === "run" ? [indexed.entry] : []))
    .map((entry) => {
      const night = nights.get(entry.id);
      return night === undefined ? entry : { ...entry, night };
    })
    .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

function directoriesOf(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((each) => each.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Of the file that decides what the history knows. @returns `undefined` where the directory is no run */
function latestChange(directory: string): number | undefined {
  const changes = [runFiles.verdicts, runFiles.record, importFile]
    .map((name) => statSync(path.join(directory, name), { throwIfNoEntry: false })?.mtimeMs)
    .filter((each) => each !== undefined);
  return changes.length === 0 ? undefined : Math.max(...changes);
}

/** @returns `undefined` for a run that goes on    @throws where the directory cannot be read */
function indexRun(root: string, id: string): Indexed | undefined {
  const directory = path.join(root, id);
  const imported = readImport(directory);
  if (imported !== undefined) return { kind: "run", entry: imported };
  const record = readRunRecord(directory);
  if (record.kind !== "run")
    return { kind: "night", members: record.kind === "nightly" ? (record.members ?? []) : [] };
  if (record.state === "running") return undefined;
  const report = readReport(directory);
  return {
    kind: "run",
    entry: report === undefined ? unjudged(record) : judged(id, record, report),
  };
}

function readReport(directory: string): Report | undefined {
  const file = path.join(directory, runFiles.verdicts);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const report: unknown = parsed(text);
  if (!isRecord(report)) throw new Error(`${file} is not whole; headroom analyse writes it anew`);
  if (report["schemaVersion"] !== 1)
    throw new Error(
      `${file}: schemaVersion is ${JSON.stringify(report["schemaVersion"])}, this Headroom knows 1; a later one wrote it`,
    );
  return asReport(report);
}

const head = (
  record: RunRecord,
): Pick<
  HistoryRun,
  "at" | "profile" | "environment" | "interruptionCause" | "source" | "traits"
> => ({
  at: record.startedAt,
  profile: record.plan.profile,
  environment: record.plan.environment,
  ...(record.interruption === undefined ? {} : { interruptionCause: record.interruption.cause }),
  source: "run",
  traits: traitsOf(record),
});

const unjudged = (record: RunRecord): HistoryRun => ({
  ...head(record),
  id: record.id,
  outcome: "incomplete",
  values: [],
});

const judged = (id: string, record: RunRecord, report: Report): HistoryRun => ({
  ...head(record),
  id,
  outcome: report.outcome,
  report: `${id}/${runFiles.html}`,
  values: valuesOf(report),
});

/** What a later reader compares from night to night. */
function traitsOf({ versions, hashes, generator, target }: RunRecord): Record<string, string> {
  const labels = Object.entries(target.labels).map(([name, value]): [string, string] => [
    name,
    value,
  ]);
  return {
    Headroom: versions.headroom,
    k6: versions.k6,
    plan: hashes.plan.slice(0, 12),
    scenario: hashes.scenario.slice(0, 12),
    generator: `${generator.cpuModel}, ${generator.cpuCores} cores`,
    target: target.kind,
    ...Object.fromEntries(labels),
  };
}

function readIndex(root: string): Index | undefined {
  try {
    const index = parsed(readFileSync(path.join(root, indexFile), "utf8"), true);
    return isRecord(index) && index["schemaVersion"] === indexVersion && isRecord(index["runs"])
      ? asIndex(index)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be kept costs the next reader a second, no more. */
function keepIndex(root: string, index: Index): void {
  try {
    writeWhole(root, indexFile, toJson(index));
  } catch {
    // A root that may only be read is fine.
  }
}

function parsed(text: string, withInfinities = false): unknown {
  try {
    return withInfinities
      ? JSON.parse(text, (_key, value: unknown) =>
          value === "Infinity" || value === "-Infinity" ? storedNumber(value) : value,
        )
      : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/* Our own files of a checked version: their shape is asserted here, and here only. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asReport = (value: Record<string, unknown>): Report => value as unknown as Report;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asIndex = (value: Record<string, unknown>): Index => value as unknown as Index;
