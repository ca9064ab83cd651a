/**
 * The history of all runs, derived from their directories. `history.json` beside them is a cache: delete it, and the
 * next reader writes it anew.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { toJson } from "../domain/json.ts";
import type { Report } from "../domain/report.ts";
import type { RunRecord } from "../domain/run.ts";
import type { HistoryEntry, HistoryValue } from "./history-entry.ts";
import { importFile, readImport } from "./imported-run.ts";
import { runFiles } from "./run-directory.ts";
import { readRunRecord } from "./run-reader.ts";
import { writeWhole } from "./run-writer.ts";

export interface History {
  /** In order of their start. */
  readonly runs: readonly HistoryEntry[];
  /** Directories that could not be read, and why; they are left out. */
  readonly problems: readonly string[];
}

/** A night names its members and has no values of its own; a run that still goes on is nothing yet. */
type Indexed =
  | { readonly kind: "run"; readonly entry: HistoryEntry }
  | { readonly kind: "night"; readonly members: readonly string[] };

interface Index {
  readonly schemaVersion: 1;
  readonly runs: Readonly<Record<string, { readonly mtime: number; readonly indexed: Indexed }>>;
}

const indexFile = "history.json";
const indexVersion = 1;

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

function entriesOf(runs: Index["runs"]): HistoryEntry[] {
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
): Pick<HistoryEntry, "at" | "profile" | "environment" | "source" | "traits"> => ({
  at: record.startedAt,
  profile: record.plan.profile,
  environment: record.plan.environment,
  source: "run",
  traits: traitsOf(record),
});

const unjudged = (record: RunRecord): HistoryEntry => ({
  ...head(record),
  id: record.id,
  outcome: "incomplete",
  values: [],
});

const judged = (id: string, record: RunRecord, report: Report): HistoryEntry => ({
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

const quantiles = ["p50", "p95", "p99"] as const;

/** Judged values carry interval, verdict and limit; quantiles beside them are what the report shows. */
function valuesOf(report: Report): HistoryValue[] {
  const values = new Map<string, HistoryValue>();
  for (const row of report.latency) {
    const what = row.metric === "page" ? "page" : row.kind === "read" ? "response" : row.kind;
    if (row.kind === "asset" || (row.metric === "response" && row.kind === "page")) continue;
    for (const quantile of quantiles) {
      const value = number(row[`${quantile}Ms`]);
      const metric = `${row.surface}.${what}.${quantile}`;
      if (value !== undefined) values.set(metric, { metric, value, unit: "ms" });
    }
  }
  const achieved = number(report.throughput?.achieved.point);
  if (achieved !== undefined)
    values.set("throughput", { metric: "throughput", value: achieved, unit: "1/min" });
  for (const verdict of report.verdicts) {
    if (verdict.outcome === "not-applicable") continue;
    const { observed, limit, checkId: metric, outcome } = verdict;
    const [value, low, high, bound] = [
      observed.point,
      observed.low,
      observed.high,
      limit.value,
    ].map(number);
    if (value === undefined || bound === undefined) continue;
    values.set(metric, {
      metric,
      value,
      unit: observed.unit,
      ...(low === undefined ? {} : { low }),
      ...(high === undefined ? {} : { high }),
      outcome,
      limit: { value: bound, good: limit.good },
    });
  }
  return [...values.values()];
}

/** Reports are parsed without their reviver, which costs more than all the rest: infinities are words here. */
function number(value: unknown): number | undefined {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return typeof value === "number" ? value : undefined;
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
          value === "Infinity" || value === "-Infinity" ? number(value) : value,
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
