/** A table of loads for `headroom fit`: which column is which, in which unit, and everything that is wrong with it. */
import { ConfigError } from "../domain/errors.ts";
import { parseCsv } from "./csv.ts";
import type { CsvRow } from "./csv.ts";
import { Problems } from "./problems.ts";
import { suggestion } from "./nearest.ts";

/** One level of load as the file has it; latencies in seconds. */
interface PointsRow {
  readonly load: number;
  readonly throughput: number;
  readonly latencySeconds?: number;
  readonly isGeneratorLimited?: boolean;
}

export interface PointsFile {
  readonly rows: readonly PointsRow[];
  readonly loadKind: "concurrency" | "rate" | "unknown";
  /** Names of the columns as the file has them. */
  readonly columns: {
    readonly load: string;
    readonly throughput: string;
    readonly latency?: string;
  };
}

export interface PointsOptions {
  /** Names of columns, where they are not among the known ones. */
  readonly load?: string;
  readonly throughput?: string;
  readonly latency?: string;
  readonly latencyUnit?: "ms" | "s";
}

/** Known names, compared without case and punctuation. */
const aliases = {
  concurrency: [
    "concurrency",
    "n",
    "users",
    "vus",
    "clients",
    "threads",
    "connections",
    "processes",
    "virtualusers",
  ],
  rate: ["rate", "offered", "offeredrate", "arrivalrate", "arrivals", "targetrate", "rps"],
  load: ["load", "level", "step"],
  throughput: [
    "throughput",
    "x",
    "tps",
    "qps",
    "completed",
    "achieved",
    "requestspersecond",
    "throughputpersecond",
  ],
  latency: [
    "latency",
    "latencyms",
    "latencys",
    "latencyseconds",
    "responsetime",
    "responsetimems",
    "mean",
    "meanms",
    "avg",
    "avgms",
    "duration",
    "durationms",
    "r",
  ],
  generator: ["generatorlimited", "generator", "isgeneratorlimited"],
} as const;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/**
 * @param name of the file, for messages
 * @throws ConfigError with every missing column and wrong cell, one sentence each
 */
export function readPoints(text: string, name: string, options: PointsOptions = {}): PointsFile {
  const problems = new Problems();
  const raise = (): void =>
    problems.raise((message) => new ConfigError(message, { code: "points-file", hint }));
  const { header, rows } = parseCsv(text, name);
  if (header.length === 0) problems.add(`${name} is empty: the first line must name the columns`);
  else if (header.every((cell) => cell !== "" && Number.isFinite(Number(cell))))
    problems.add(`${name}:1: the first line must name the columns, this one holds numbers`);
  raise();

  const load = findLoad(header, options.load, name, problems);
  const throughput = findColumn(header, "throughput", options.throughput, name, problems);
  const latency = findColumn(
    header,
    "latency",
    options.latency,
    name,
    problems,
    load.kind !== "rate",
  );
  const generator = header.findIndex((cell) => isNamed(cell, aliases.generator));
  if (rows.length === 0) problems.add(`${name} has no line below its header`);
  raise();

  const scale = latencyScale(header[latency] ?? "", options.latencyUnit);
  const parsed = rows.flatMap((row) => {
    const where = `${name}:${row.line}`;
    const checkWidth = row.cells.length === header.length;
    if (!checkWidth)
      problems.add(`${where}: ${row.cells.length} cells under ${header.length} columns`);
    if (!checkWidth) return [];
    const loadValue = positive(row, load.index, header, where, problems);
    const throughputValue = positive(row, throughput, header, where, problems);
    const latencyValue = latency < 0 ? undefined : positive(row, latency, header, where, problems);
    if (loadValue === undefined || throughputValue === undefined) return [];
    return [
      {
        load: loadValue,
        throughput: throughputValue,
        ...(latencyValue === undefined ? {} : { latencySeconds: latencyValue * scale }),
        ...(generator < 0
          ? {}
          : { isGeneratorLimited: isYes(row.cells[generator] ?? "", where, problems) }),
      },
    ];
  });
  raise();
  return {
    rows: parsed,
    loadKind: load.kind,
    columns: {
      load: header[load.index] ?? "",
      throughput: header[throughput] ?? "",
      ...(latency < 0 ? {} : { latency: header[latency] ?? "" }),
    },
  };
}

const hint =
  "Columns: concurrency or rate (or load), throughput, latency; name others with --load, --throughput, --latency.";

const isNamed = (cell: string, names: readonly string[]): boolean => names.includes(plain(cell));

function findLoad(
  header: readonly string[],
  wanted: string | undefined,
  name: string,
  problems: Problems,
): { readonly index: number; readonly kind: PointsFile["loadKind"] } {
  if (wanted !== undefined) {
    const index = findColumn(header, "load", wanted, name, problems);
    const cell = header[index] ?? "";
    if (isNamed(cell, aliases.concurrency)) return { index, kind: "concurrency" };
    return { index, kind: isNamed(cell, aliases.rate) ? "rate" : "unknown" };
  }
  for (const [kind, names] of [
    ["concurrency", aliases.concurrency],
    ["rate", aliases.rate],
    ["unknown", aliases.load],
  ] as const) {
    const index = header.findIndex((cell) => isNamed(cell, names));
    if (index >= 0) return { index, kind };
  }
  problems.add(
    `${name} has no column of loads (concurrency, rate or load); it has: ${header.join(", ")}`,
  );
  return { index: -1, kind: "unknown" };
}

/** @returns -1 where the column is missing and may be, or where the problem was noted */
function findColumn(
  header: readonly string[],
  role: "load" | "throughput" | "latency",
  wanted: string | undefined,
  name: string,
  problems: Problems,
  isOptional = false,
): number {
  if (wanted !== undefined) {
    const index = header.findIndex((cell) => cell === wanted || plain(cell) === plain(wanted));
    if (index < 0)
      problems.add(`--${role}: ${name} has no column "${wanted}": ${suggestion(wanted, header)}`);
    return index;
  }
  const index = header.findIndex((cell) => isNamed(cell, aliases[role]));
  if (index < 0 && !isOptional)
    problems.add(
      role === "latency"
        ? `${name} has rates but no column latency: concurrency is throughput × latency`
        : `${name} has no column ${role}; it has: ${header.join(", ")}`,
    );
  return index;
}

/** Seconds per unit: the flag, else the name of the column, else milliseconds. */
function latencyScale(column: string, unit: "ms" | "s" | undefined): number {
  if (unit !== undefined) return unit === "s" ? 1 : 0.001;
  return plain(column) === "latencys" || inSeconds.test(column) ? 1 : 0.001;
}

/** `latency_s`, `latency[s]`, `Latency (seconds)`, `latencySec`; no `latency_msec`, `latency (milliseconds)`. */
const inSeconds = /(?:(?<=[^a-z])s|(?<![mun]|milli|micro|nano)sec(?:ond)?s?)[^a-z]*$/i;

function positive(
  row: CsvRow,
  index: number,
  header: readonly string[],
  where: string,
  problems: Problems,
): number | undefined {
  const cell = row.cells[index] ?? "";
  const value = cell === "" ? Number.NaN : Number(cell);
  if (value > 0 && Number.isFinite(value)) return value;
  problems.add(`${where}: ${header[index] ?? ""} is "${cell}", expected a number > 0`);
  return undefined;
}

function isYes(cell: string, where: string, problems: Problems): boolean {
  if (["1", "true", "yes"].includes(cell.toLowerCase())) return true;
  if (!["", "0", "false", "no"].includes(cell.toLowerCase()))
    problems.add(`${where}: generator-limited is "${cell}", expected yes or no`);
  return false;
}
