/** A table of loads for `headroom fit`: which column is which, in which unit, and everything that is wrong with it. */
import { ConfigError } from "../domain/errors.ts";
import { suggestion } from "./nearest.ts";
import { Problems } from "./problems.ts";
import { unitMs } from "./quantity.ts";
import { parseTable, placeIn, type Table } from "./table.ts";
import { looksNumeric, readNumbers, type NumberCell } from "./table-numbers.ts";

/** One level of load as the file has it; latencies in seconds. */
interface PointsRow {
  readonly load: number;
  readonly throughput: number;
  readonly latencySeconds?: number | undefined;
  readonly isGeneratorLimited?: boolean | undefined;
}

export interface PointsFile {
  readonly rows: readonly PointsRow[];
  readonly loadKind: "concurrency" | "rate" | "unknown";
  /** Names of the columns as the file has them. */
  readonly columns: {
    readonly load: string;
    readonly throughput: string;
    readonly latency?: string | undefined;
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
  const table = parseTable(text, { shown: name, needsNames: true }, problems);
  if (table !== undefined && table.columns.every(looksNumeric))
    problems.add(`${name}:1: the first line must name the columns, this one holds numbers`);
  else if (table?.rows.length === 0) problems.add(`${name} has no line below its header`);
  if (table === undefined || table.rows.length === 0) raise();
  if (table === undefined) throw new ConfigError(`${name} is empty`, { code: "points-file", hint });

  const header = table.columns;
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
  if (load.index < 0 || throughput < 0) raise();

  const loads = amounts(table, load.index, problems);
  const throughputs = amounts(table, throughput, problems);
  const latencies =
    latency < 0
      ? undefined
      : amounts(table, latency, problems, (unit) =>
          unit === "" ? latencyScale(header[latency] ?? "", options.latencyUnit) : secondsPer(unit),
        );
  const rows = table.rows.flatMap(({ where, cells }, index) => {
    const [at, out] = [loads[index], throughputs[index]];
    if (at === undefined || out === undefined) return [];
    const generatorCell = String(cells[generator] ?? "");
    return [
      {
        load: at,
        throughput: out,
        latencySeconds: latencies?.[index],
        isGeneratorLimited:
          generator < 0 ? undefined : isYes(generatorCell, placeIn(name, where), problems),
      },
    ];
  });
  raise();
  return {
    rows,
    loadKind: load.kind,
    columns: {
      load: header[load.index] ?? "",
      throughput: header[throughput] ?? "",
      latency: latency < 0 ? undefined : header[latency],
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

const secondsPer = (unit: string): number | undefined => {
  const ms = unitMs(unit);
  return ms === undefined ? undefined : ms / 1000;
};

/** Loads and throughputs have no unit, or one that says requests per second or users. */
function unitless(unit: string): number | undefined {
  if (/^(?:\/|1\/|req\/|requests\/)(?:m|min)$/i.test(unit)) return 1 / 60;
  const isKnown = /^(?:|\/s|rps|qps|tps|req\/s|requests\/s|vus?|users?|clients?|threads?)$/i.test(
    unit,
  );
  return isKnown ? 1 : undefined;
}

/** One number > 0 a row. @param scale of a cell's unit, `undefined` where it has no place here */
function amounts(
  table: Table,
  column: number,
  problems: Problems,
  scale: (unit: string) => number | undefined = unitless,
): readonly (number | undefined)[] {
  const cells = readNumbers(table, column, problems) ?? [];
  return cells.map((cell, index) => {
    const value = scaled(cell, scale);
    if (value !== undefined) return value;
    const { where = "", cells: texts = [] } = table.rows[index] ?? {};
    problems.add(
      `${placeIn(table.shown, where)}: ${table.columns[column] ?? ""} is "${String(texts[column] ?? "")}", expected a number > 0`,
    );
    return undefined;
  });
}

function scaled(cell: NumberCell, scale: (unit: string) => number | undefined): number | undefined {
  if (cell.kind !== "number" || !(cell.value > 0) || !Number.isFinite(cell.value)) return undefined;
  const factor = scale(cell.unit);
  return factor === undefined ? undefined : cell.value * factor;
}

function isYes(cell: string, where: string, problems: Problems): boolean {
  if (["1", "true", "yes"].includes(cell.toLowerCase())) return true;
  if (!["", "0", "false", "no"].includes(cell.toLowerCase()))
    problems.add(`${where}: generator-limited is "${cell}", expected yes or no`);
  return false;
}
