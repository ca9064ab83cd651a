/**
 * One series of numbers from whatever a team has: CSV (comma, semicolon or tab), a JSON array of numbers or of objects,
 * or one JSON value a line. Row by row: the index of a value is its row, a row without a number is a gap.
 */
import type { Warning } from "../domain/estimate.ts";
import { suggestion } from "./nearest.ts";
import type { Problems } from "./problems.ts";
import {
  addFirst,
  isDate,
  isGap,
  parseNumber,
  parseTable,
  shownAtOnce,
  type Cell,
  type Table,
} from "./series-table.ts";

export interface Series {
  /** `undefined` where a row has no number. */
  readonly values: readonly (number | undefined)[];
  /** As given, a row each; absent where the input has no times. */
  readonly times?: readonly (string | number | undefined)[];
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
  const table = parseTable(text.replace(/^\uFEFF/, ""), request.shown, problems);
  if (table === undefined) return undefined;
  const timeIndex = findTimeColumn(table, request, problems);
  const columnIndex = findColumn(table, request, timeIndex, problems);
  const times =
    timeIndex === undefined ? undefined : table.rows.map(({ cells }) => timeCell(cells[timeIndex]));
  const warnings = times === undefined ? [] : checkTimes(table, times, problems);
  if (columnIndex === undefined) return undefined;
  const { values, unit } = readValues(table, columnIndex, problems);
  if (!problems.isEmpty) return undefined;
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
    ...(times === undefined ? {} : { times }),
    column: unit === "" ? name : `${name} (${unit})`,
    warnings: [...warnings, ...counterWarning(values, name, others)],
  };
}

// Columns

const isTimeName = (name: string): boolean => /^(time|date|timestamp)$/i.test(name);

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
  const numeric = table.columns.findIndex((_, i) => i !== timeIndex && isMostlyNumbers(table, i));
  if (numeric >= 0) return numeric;
  problems.add(`${shown} has no column of numbers; columns: ${table.columns.join(", ")}`);
  return undefined;
}

function namedColumn(
  flag: string,
  name: string,
  { columns }: Table,
  problems: Problems,
): number | undefined {
  const index = columns.indexOf(name);
  if (index >= 0) return index;
  problems.add(`${flag}: no column is called "${name}": ${suggestion(name, columns)}`);
  return undefined;
}

function isMostlyNumbers({ rows, hasDecimalComma }: Table, column: number): boolean {
  const filled = rows.map(({ cells }) => cells[column]).filter((cell) => !isGap(cell));
  const numbers = filled.filter((cell) => parseNumber(cell, hasDecimalComma) !== undefined);
  return numbers.length > 0 && numbers.length >= filled.length / 2;
}

// Cells

function readValues(
  { rows, hasDecimalComma }: Table,
  column: number,
  problems: Problems,
): { values: (number | undefined)[]; unit: string } {
  const places = new Map<string, string>();
  const wrong: string[] = [];
  const values = rows.map(({ where, cells }) => {
    const cell = cells[column];
    if (isGap(cell)) return undefined;
    const parsed = parseNumber(cell, hasDecimalComma);
    if (parsed === undefined) wrong.push(`${where}: "${String(cell)}" is not a number`);
    else if (!places.has(parsed.unit)) places.set(parsed.unit, where);
    return parsed?.value;
  });
  addFirst(wrong, problems);
  if (places.size > 1) {
    const seen = [...places].map(([unit, where]) => `${unit === "" ? "none" : unit} (${where})`);
    problems.add(`mixed units: ${seen.join(", ")}; write all values in one`);
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
