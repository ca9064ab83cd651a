/**
 * One series of numbers for `headroom detect`, from whatever a team has (docs/tables.md). Row by row: the index of a
 * value is its row, a row without a number is a gap.
 */
import type { Warning } from "../domain/estimate.ts";
import { instantOf } from "./instants.ts";
import { shownAtOnce, type Problems } from "./problems.ts";
import { isTimeName, parseTable, type Cell, type Table } from "./table.ts";
import { instantsIn, namedColumn, readColumn, refuseDisorder } from "./table-columns.ts";
import { isGap, looksNumeric } from "./table-numbers.ts";
import { headingOf } from "./table-units.ts";

export interface Series {
  /** `undefined` where a row has no number. */
  readonly values: readonly (number | undefined)[];
  /** As given, a row each; absent where the input has no times. */
  readonly times?: readonly Cell[] | undefined;
  /** The same to calculate with: epoch milliseconds, or numbers as given. Absent where one could not be read. */
  readonly instants?: readonly (number | undefined)[] | undefined;
  /** What the values are called in the input, with their unit where they carry one. */
  readonly column: string;
  readonly warnings: readonly Warning[];
}

export interface SeriesRequest {
  /** How the input is called in messages. */
  readonly shown: string;
  readonly column?: string | undefined;
  readonly time?: string | undefined;
}

/** @returns `undefined` where it cannot go on; what is wrong stands in `problems` then */
export function parseSeries(
  text: string,
  request: SeriesRequest,
  problems: Problems,
): Series | undefined {
  const table = parseTable(text, request, problems);
  if (table?.rows.length === 0)
    problems.add(`${request.shown} has no values${table.hasNames ? ", only a header" : ""}`);
  if (table === undefined || table.rows.length === 0) return undefined;
  const timeIndex = findTimeColumn(table, request, problems);
  const columnIndex = findColumn(table, request, timeIndex, problems);
  const when = timeIndex === undefined ? undefined : readTimes(table, timeIndex, problems);
  if (columnIndex === undefined) return undefined;
  const read = readColumn(table, columnIndex, { expected: "a number", gaps: "words" }, problems);
  if (!problems.isEmpty || read === undefined) return undefined;
  const column = table.columns[columnIndex] ?? "";
  const name = table.hasNames || column === "value" ? column : `column ${column}`;
  const others = table.columns.filter(
    (_, i) =>
      request.column === undefined &&
      i !== columnIndex &&
      i !== timeIndex &&
      isMostlyNumbers(table, i),
  );
  const isUnitNew = read.unit !== "" && (!table.hasNames || headingOf(column).unit === "");
  return {
    values: read.values,
    times: when?.times,
    instants: when?.instants,
    column: isUnitNew ? `${name} (${read.unit})` : name,
    warnings: [...(when?.warnings ?? []), ...counterWarning(read.values, name, others)],
  };
}

// Columns

function findTimeColumn(
  table: Table,
  { time, column }: SeriesRequest,
  problems: Problems,
): number | undefined {
  if (time !== undefined) return namedColumn("--time", time, table, problems);
  // What is asked for as values says how long something took, though it may be called "time".
  if (table.columns.length === 1) return undefined;
  const byName = table.columns.findIndex((name) => isTimeName(name) && name !== column);
  if (byName >= 0) return byName;
  if (table.columns[0] === column) return undefined;
  // A nightly run, a commit, a release: a first column of text says when, however it is called.
  const isLabelled = table.hasNames && !isMostlyNumbers(table, 0);
  if (isLabelled && table.rows.every(({ cells }) => !isGap(cells[0]))) return 0;
  const isBare = table.columns.every((name, i) => name === String(i + 1));
  return isBare && instantsIn(table, 0).every((at) => at !== undefined) ? 0 : undefined;
}

function findColumn(
  table: Table,
  { column, shown }: SeriesRequest,
  timeIndex: number | undefined,
  problems: Problems,
): number | undefined {
  if (column !== undefined) return namedColumn("--column", column, table, problems);
  if (table.columns.length === 1) return 0;
  if (isPairOfNumbers(table, timeIndex)) {
    problems.add(
      `${shown} has two columns of numbers without names, or decimal commas: --column 1 or 2 names one, a semicolon between columns leaves the comma to decimals`,
    );
    return undefined;
  }
  const numeric = table.columns.findIndex((_, i) => i !== timeIndex && isMostlyNumbers(table, i));
  if (numeric >= 0) return numeric;
  problems.add(`${shown} has no column of numbers; columns: ${table.columns.join(", ")}`);
  return undefined;
}

/** `150,5` a line: nothing says whether the comma divides columns. */
const isPairOfNumbers = (table: Table, timeIndex: number | undefined): boolean =>
  timeIndex === undefined &&
  !table.hasNames &&
  table.delimiter === "," &&
  table.columns.length === 2 &&
  table.columns.every((_, index) => isMostlyNumbers(table, index));

function isMostlyNumbers({ rows }: Table, column: number): boolean {
  const filled = rows.map(({ cells }) => cells[column]).filter((cell) => !isGap(cell));
  const numbers = filled.filter(looksNumeric);
  return numbers.length > 0 && numbers.length >= filled.length / 2;
}

// Times

type Times = Pick<Series, "times" | "instants" | "warnings">;

/** Order matters more than distance: times that repeat are kept, times that go back are refused. */
function readTimes(table: Table, column: number, problems: Problems): Times {
  const { rows } = table;
  const times = rows.map(({ cells }) => (isGap(cells[column]) ? undefined : cells[column]));
  const isNumeric = times.every((time) => time === undefined || Number.isFinite(Number(time)));
  const instants = times.map((time) =>
    isNumeric && time !== undefined ? Number(time) : instantOf(time),
  );
  const unread = times.findIndex((time, i) => time !== undefined && instants[i] === undefined);
  if (unread >= 0) {
    const message = `${rows[unread]?.where}: "${times[unread]}" is no date that could be read: the order of the rows was not checked`;
    return { times, warnings: [{ code: "unread-time", message }] };
  }
  refuseDisorder(table, column, instants, problems);
  const repeated = instants.flatMap((at, i) =>
    at !== undefined && at === instants[i - 1] ? [`${rows[i]?.where}: ${times[i]}`] : [],
  );
  if (repeated.length === 0) return { times, instants, warnings: [] };
  const more = repeated.length > shownAtOnce ? ` and ${repeated.length - shownAtOnce} more` : "";
  const message = `times repeat (${repeated.slice(0, shownAtOnce).join("; ")}${more}): each row counts as a value of its own`;
  return { times, instants, warnings: [{ code: "repeated-time", message }] };
}

/** The first column of numbers may be a run number, where there are others. */
function counterWarning(
  values: readonly (number | undefined)[],
  name: string,
  others: readonly string[],
): Warning[] {
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  const isCounter = values.every((value, i) => value === (values[0] ?? 0) + i * step);
  if (others.length === 0 || values.length < 3 || step === 0 || !isCounter) return [];
  return [
    {
      code: "counter",
      message: `"${name}" rises by ${step} in every row, like a number of the run: --column reads another (${others.join(", ")})`,
    },
  ];
}
