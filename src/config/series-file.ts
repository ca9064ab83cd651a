/**
 * One series of numbers from whatever a team has: CSV (comma, semicolon or tab), a JSON array of numbers or of objects,
 * or one JSON value a line. Row by row: the index of a value is its row, a row without a number is a gap.
 */
import type { Warning } from "../domain/estimate.ts";
import type { Problems } from "./problems.ts";
import {
  addFirst,
  isDate,
  isTimeName,
  namedColumn,
  parseTable,
  shownAtOnce,
  type Cell,
  type Table,
} from "./table.ts";
import { isGap, looksNumeric, readNumbers } from "./table-numbers.ts";

export interface Series {
  /** `undefined` where a row has no number. */
  readonly values: readonly (number | undefined)[];
  /** As given, a row each; absent where the input has no times. */
  readonly times?: readonly (string | number | undefined)[] | undefined;
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
  const times =
    timeIndex === undefined ? undefined : table.rows.map(({ cells }) => timeCell(cells[timeIndex]));
  const warnings = times === undefined ? [] : checkTimes(table, times, problems);
  if (columnIndex === undefined) return undefined;
  const read = readValues(table, columnIndex, problems);
  if (!problems.isEmpty || read === undefined) return undefined;
  const { values, unit } = read;
  const column = table.columns[columnIndex] ?? "";
  const name = table.hasNames || column === "value" ? column : `column ${column}`;
  const others = table.columns.filter(
    (_, i) =>
      request.column === undefined &&
      i !== columnIndex &&
      i !== timeIndex &&
      isMostlyNumbers(table, i),
  );
  return {
    values,
    times,
    column: unit === "" ? name : `${name} (${unit})`,
    warnings: [...warnings, ...counterWarning(values, name, others)],
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
  // A night, a commit, a release: a first column of text says when, however it is called.
  const isLabelled = table.hasNames && !isMostlyNumbers(table, 0);
  if (isLabelled && table.rows.every(({ cells }) => !isGap(cells[0]))) return 0;
  const isBare = table.columns.every((name, i) => name === String(i + 1));
  const isDates = table.rows.every(
    ({ cells: [cell = ""] }) => /^\d{10}(\d{3})?$/.test(String(cell)) || isDate(String(cell)),
  );
  return isBare && isDates ? 0 : undefined;
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

// Cells

function readValues(
  table: Table,
  column: number,
  problems: Problems,
): { values: (number | undefined)[]; unit: string } | undefined {
  const cells = readNumbers(table, column, problems);
  if (cells === undefined) return undefined;
  const places = new Map<string, string>();
  const wrong: string[] = [];
  const values = cells.map((cell, index) => {
    const where = table.rows[index]?.where ?? "";
    if (cell.kind === "text")
      wrong.push(`${where}: "${String(table.rows[index]?.cells[column])}" is not a number`);
    if (cell.kind !== "number") return undefined;
    if (!places.has(cell.unit)) places.set(cell.unit, where);
    return cell.value;
  });
  addFirst(wrong, problems);
  if (places.size > 1) {
    const found = [...places].map(([unit, where]) => `${unit === "" ? "none" : unit} (${where})`);
    problems.add(`mixed units: ${found.join(", ")}; write all values in one`);
  }
  return { values, unit: [...places.keys()][0] ?? "" };
}

// Times

const timeCell = (cell: Cell): Cell => (isGap(cell) ? undefined : cell);

/** Order matters more than distance: nights that repeat are kept, nights that go back are refused. */
function checkTimes({ rows }: Table, times: readonly Cell[], problems: Problems): Warning[] {
  const instants = times.map(instantOf);
  const unread = times.findIndex((time, i) => time !== undefined && instants[i] === undefined);
  if (unread >= 0) {
    return [
      {
        code: "unread-time",
        message: `${rows[unread]?.where}: "${times[unread]}" is no date that could be read: the order of the rows was not checked`,
      },
    ];
  }
  const backwards: string[] = [];
  const repeated: string[] = [];
  let latest = -Infinity;
  for (const [i, instant] of instants.entries()) {
    if (instant === undefined) continue;
    const place = `${rows[i]?.where}: ${times[i]}`;
    if (instant < latest) backwards.push(`${place} is earlier than the row before it`);
    if (instant === latest) repeated.push(place);
    latest = instant;
  }
  if (backwards.length > 0) {
    addFirst(backwards, problems);
    problems.add("sort the rows by time, the oldest first");
  }
  if (repeated.length === 0) return [];
  const more = repeated.length > shownAtOnce ? ` and ${repeated.length - shownAtOnce} more` : "";
  return [
    {
      code: "repeated-time",
      message: `times repeat (${repeated.slice(0, shownAtOnce).join("; ")}${more}): each row counts as a value of its own`,
    },
  ];
}

function instantOf(time: Cell): number | undefined {
  if (time === undefined) return undefined;
  if (Number.isFinite(Number(time))) return Number(time);
  return isDate(String(time)) ? Date.parse(String(time)) : undefined;
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
