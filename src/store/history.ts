/**
 * The history of all runs, derived from their directories. `history.json` beside them is a cache: delete it, and the
 * next reader writes it anew.
 */
import { messageOf } from "../domain/errors.ts";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { documentShape } from "../domain/documents/schemas.ts";
import { name as plainName } from "../domain/documents/shape.ts";
import { toJson } from "../domain/json.ts";
import type { HistoryRun, LeftOut } from "../domain/history.ts";
import { isPlainName } from "../domain/plain-name.ts";
import type { Report } from "../domain/report.ts";
import type { RunRecord, StoredRecord } from "../domain/run.ts";
import { entryStats } from "./entry-path.ts";
import { valuesOf } from "./history-values.ts";
import { importFile, readImport } from "./imported-run.ts";
import { runFiles } from "./run-directory.ts";
import { readStoredRecord } from "./run-reader.ts";
import { writeWhole } from "./run-writer.ts";
import { readObject, withInfinities } from "./stored-document.ts";
import { readStoredReport } from "./stored-report.ts";

export interface History {
  /** In order of their start. */
  readonly runs: readonly HistoryRun[];
  /** Directories with something that could not be read: without values, or not in `runs` at all. */
  readonly leftOut: readonly LeftOut[];
}

/** One line each, after one with their number; nothing where nothing was left out. */
export const leftOutTexts = (leftOut: readonly LeftOut[]): readonly string[] =>
  leftOut.length === 0
    ? []
    : [
        `${leftOut.length} ${leftOut.length === 1 ? "entry" : "entries"} of the runs' directory could not be read in full`,
        ...leftOut.map(({ name, reason }) => `${name}: ${reason}`),
      ];

const indexFile = "history.json";
/** Counts up when more is kept of a run: a cache of before is made again. */
const indexVersion = 5;

/** What is made of runs names its members and has no values of its own; a run that still goes on is nothing yet. */
type Indexed =
  | { readonly kind: "run"; readonly entry: HistoryRun }
  | {
      readonly kind: Exclude<StoredRecord["kind"], "run">;
      readonly members: readonly string[];
    };

interface IndexedRun {
  readonly mtime: number;
  readonly indexed: Indexed;
}

/** Never throws for a single bad directory: one bad nightly run must not cost the others. */
export function readHistory(root: string): History {
  const known = readIndex(root);
  const { names, links } = directoriesOf(root);
  const leftOut: LeftOut[] = links;
  const runs = new Map<string, IndexedRun>();
  const unread: HistoryRun[] = [];
  let isNew = false;
  for (const id of names) {
    try {
      const mtime = latestChange(path.join(root, id));
      if (mtime === undefined) continue;
      const cached = knownRun(known, id);
      const indexed = cached?.mtime === mtime ? cached.indexed : indexRun(root, id);
      if (indexed === undefined) continue;
      isNew ||= cached?.mtime !== mtime;
      runs.set(id, { mtime, indexed });
    } catch (error) {
      leftOut.push({ name: id, reason: messageOf(error) });
      unread.push(...withoutValues(path.join(root, id)));
    }
  }
  if (isNew || Object.keys(known).length > runs.size) keepIndex(root, runs);
  return { runs: entriesOf(runs, unread), leftOut };
}

/** Names come from the directory, never from a file in it. */
function entriesOf(
  runs: ReadonlyMap<string, IndexedRun>,
  unread: readonly HistoryRun[],
): HistoryRun[] {
  const nightlyRuns = new Map<string, string>();
  for (const [id, { indexed }] of runs)
    if (indexed.kind === "nightly")
      for (const member of indexed.members) nightlyRuns.set(member, id);
  const indexed = [...runs].flatMap(([id, run]): HistoryRun[] => {
    if (run.indexed.kind !== "run") return [];
    const { entry } = run.indexed;
    return [{ ...entry, id, report: entry.report === undefined ? undefined : reportOf(id) }];
  });
  return [...indexed, ...unread]
    .map((entry) => {
      const nightlyRun = nightlyRuns.get(entry.id);
      return nightlyRun === undefined ? entry : { ...entry, nightlyRun };
    })
    .toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** A symbolic link may lead anywhere: it is named, and not followed. */
function directoriesOf(root: string): { names: string[]; links: LeftOut[] } {
  try {
    const entries = readdirSync(root, { withFileTypes: true });
    const names = entries.flatMap((entry) =>
      entry.isDirectory() && isPlainName(entry.name) ? [entry.name] : [],
    );
    const links = entries.flatMap(({ name }) => (isLinkToRun(root, name) ? [linkTo(name)] : []));
    return { names, links };
  } catch {
    return { names: [], links: [] };
  }
}

const linkTo = (name: string): LeftOut => ({
  name,
  reason: `${name} is a symbolic link: it is not followed`,
});

const isLinkToRun = (root: string, name: string): boolean =>
  entryStats(path.join(root, name))?.isSymbolicLink() === true &&
  existsSync(path.join(root, name, runFiles.record));

/** Of the files that decide what the history knows. @returns `undefined` where the directory is no run */
function latestChange(directory: string): number | undefined {
  const changes = [runFiles.verdicts, runFiles.record, importFile]
    .map((name) => lstatSync(path.join(directory, name), { throwIfNoEntry: false })?.mtimeMs)
    .filter((each) => each !== undefined);
  return changes.length === 0 ? undefined : Math.max(...changes);
}

/** @returns `undefined` for a run that goes on    @throws StoreError where the directory cannot be read */
function indexRun(root: string, id: string): Indexed | undefined {
  const directory = path.join(root, id);
  const imported = readImport(directory);
  if (imported !== undefined) return { kind: "run", entry: imported };
  const record = readStoredRecord(directory);
  if (record.kind !== "run") return { kind: record.kind, members: record.members };
  if (record.state === "running") return undefined;
  const report = readStoredReport(directory);
  return {
    kind: "run",
    entry: report === undefined ? unjudged(id, record) : judged(id, record, report),
  };
}

/** What can still be known of a run with a broken file: it took place, and counts as invalid. */
function withoutValues(directory: string): HistoryRun[] {
  const facts = attempt(() => factsOf(directory)) ?? attempt(() => storedFacts(directory));
  if (facts === undefined) return [];
  const id = path.basename(directory);
  return [{ ...facts, id, outcome: "invalid", source: "run", values: [], traits: {} }];
}

type Facts = Pick<HistoryRun, "at" | "profile" | "environment">;

function factsOf(directory: string): Facts | undefined {
  const record = readStoredRecord(directory);
  if (record.kind !== "run") return undefined;
  const { startedAt: at, plan } = record;
  return { at, profile: plan.profile, environment: plan.environment };
}

function storedFacts(directory: string): Facts | undefined {
  const report = readStoredReport(directory);
  if (report === undefined) return undefined;
  const { startedAt: at, plan } = report.run;
  return { at, profile: plan.profile, environment: plan.environment };
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
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
  interruptionCause: record.interruption?.cause,
  source: "run",
  traits: traitsOf(record),
});

const unjudged = (id: string, record: RunRecord): HistoryRun => ({
  ...head(record),
  id,
  outcome: "incomplete",
  values: [],
});

const judged = (id: string, record: RunRecord, report: Report): HistoryRun => ({
  ...head(record),
  id,
  outcome: report.outcome,
  report: reportOf(id),
  values: valuesOf(report),
});

const reportOf = (id: string): string => `${id}/${runFiles.html}`;

/** What a later reader compares from one nightly run to the next. */
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

const indexedShape = z.object({
  mtime: z.number(),
  indexed: z.discriminatedUnion("kind", [
    z.object({ kind: z.enum(["gate", "nightly", "plan"]), members: z.array(plainName) }),
    z.object({ kind: z.literal("run"), entry: documentShape<HistoryRun>("HistoryRun") }),
  ]),
});

type Index = Readonly<Record<string, unknown>>;

/** It is a cache: one that cannot be read is made again. */
function readIndex(root: string): Index {
  const kind = { what: "the cache of the history", code: "unreadable-cache", hint: "" };
  const index = attempt(() => readObject(path.join(root, indexFile), kind));
  const runs = index?.["schemaVersion"] === indexVersion ? index["runs"] : undefined;
  return typeof runs === "object" && runs !== null ? { ...runs } : {};
}

/** An entry that is not as it was written is made again from the run. */
function knownRun(index: Index, id: string): IndexedRun | undefined {
  const { success, data } = indexedShape.safeParse(
    Object.hasOwn(index, id) ? index[id] : undefined,
  );
  return success ? asIndexed(withInfinities(data)) : undefined;
}

/** A cache that cannot be kept costs the next reader a second, no more. */
function keepIndex(root: string, runs: ReadonlyMap<string, IndexedRun>): void {
  try {
    const index = { schemaVersion: indexVersion, runs: Object.fromEntries(runs) };
    writeWhole(root, indexFile, toJson(index));
  } catch {
    // A root that may only be read is fine.
  }
}

/* Our own file of a checked version: its shape is asserted here, and here only. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const asIndexed = (value: unknown): IndexedRun => value as IndexedRun;
