/**
 * One reader of people's tables, for every command: CSV (comma, semicolon, tab or bar), a JSON list, an object of lists,
 * or one JSON value a line; comments, a line `sep=`, quoted cells. Rows and columns come out with their places.
 */
import { messageOf } from "../domain/errors.ts";
import type { CsvRow } from "./csv.ts";
import { csvRows, delimiterOf, preambleOf } from "./csv.ts";
import { instantOf } from "./instants.ts";
import type { Problems } from "./problems.ts";
import { isGap, looksNumeric, unitOf } from "./table-numbers.ts";

export type Cell = string | number | undefined;

export interface TableRow {
  /** `line 3`, `entry 2`. */
  readonly where: string;
  readonly cells: readonly Cell[];
}

export interface Table {
  /** How the input is called in messages. */
  readonly shown: string;
  /** Names, or numbers from 1 where the input has no names (`value` where there is one column only). */
  readonly columns: readonly string[];
  readonly hasNames: boolean;
  readonly rows: readonly TableRow[];
  /** Absent for JSON and for a single column. */
  readonly delimiter: string | undefined;
  /** Declared by a line `# decimal=,`. */
  readonly decimal: "." | "," | undefined;
}

export interface TableRequest {
  readonly shown: string;
  /** Name of a column that is asked for: a first line that has it is a header. */
  readonly column?: string | undefined;
  /** Where names are needed, the first line is the header. */
  readonly needsNames?: boolean;
}

/** More is no table of a person's; everything that reads one takes memory or time by its cells. */
const mostRows = 1_000_000;
const mostCells = 10_000_000;

/** @returns a table, perhaps without rows; `undefined` where there is none, with the reason in `problems` */
export function parseTable(
  text: string,
  request: TableRequest,
  problems: Problems,
): Table | undefined {
  const content = text.replace(/^\uFEFF/, "");
  if (hasTooManyLines(content)) {
    problems.add(tooManyRows(request.shown));
    return undefined;
  }
  const first = content.trimStart().slice(0, 1);
  if (first === "") {
    problems.add(`${request.shown} is empty: expected CSV, a JSON array, or one JSON value a line`);
    return undefined;
  }
  if (first === "[") return parseJsonArray(content, request.shown, problems);
  return first === "{"
    ? parseJsonObjects(content, request.shown, problems)
    : parseCsvTable(content, request, problems);
}

const hasTooManyLines = (text: string): boolean =>
  ["\n", "\r"].some((end) => {
    let lines = 0;
    for (let at = text.indexOf(end); at >= 0 && lines <= mostRows; at = text.indexOf(end, at + 1))
      lines++;
    return lines > mostRows;
  });

const tooManyRows = (shown: string): string =>
  `${shown} has more than ${mostRows} rows: name a part of it, or values for longer spans`;

/** @returns whether every row has so many columns, the cells that are missing included */
function isTooLarge(
  { shown, rows, columns }: { shown: string; rows: number; columns: number },
  problems: Problems,
): boolean {
  if (rows > mostRows) problems.add(tooManyRows(shown));
  else if (rows * columns > mostCells)
    problems.add(
      `${shown} has ${rows} rows with ${columns} columns: more than ${mostCells} cells are not read`,
    );
  else return false;
  return true;
}

// JSON

interface Entry {
  readonly where: string;
  readonly value: unknown;
}

const jsonForm = { hasNames: true, delimiter: undefined, decimal: undefined } as const;

function parseJsonArray(text: string, shown: string, problems: Problems): Table | undefined {
  const json = tryJson(text);
  if (json.ok && Array.isArray(json.value)) {
    const values: readonly unknown[] = json.value;
    if (isTooLarge({ shown, rows: values.length, columns: 1 }, problems)) return undefined;
    const entries = values.map((value, index) => ({ where: `entry ${index + 1}`, value }));
    return jsonTable(entries, shown, problems);
  }
  problems.add(`${shown} is not JSON: ${json.ok ? "expected one array" : json.reason}`);
  return undefined;
}

/** One object that has lists is a table of columns; any other objects are rows, one a line. */
function parseJsonObjects(text: string, shown: string, problems: Problems): Table | undefined {
  const whole = tryJson(text);
  if (whole.ok) {
    const lists = listsOf(whole.value);
    const rows = lists.reduce((most, [, list]) => Math.max(most, list.length), 0);
    if (isTooLarge({ shown, rows, columns: lists.length }, problems)) return undefined;
    if (lists.length > 0) return listTable(lists, rows, shown);
    if (text.trim().includes("\n")) {
      problems.add(
        `${shown} is one JSON object: expected an array of numbers, or an object a line`,
      );
      return undefined;
    }
  }
  const wrong: string[] = [];
  const entries = text.split(/\r?\n/).flatMap((line, i): Entry[] => {
    if (line.trim() === "") return [];
    const json = tryJson(line);
    if (json.ok) return [{ where: `line ${i + 1}`, value: json.value }];
    wrong.push(`${shown} is not JSON: line ${i + 1}: ${json.reason}`);
    return [];
  });
  problems.addFirst(wrong);
  return jsonTable(entries, shown, problems);
}

function listsOf(value: unknown): readonly (readonly [string, readonly unknown[]])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, list]: [string, unknown]) =>
    Array.isArray(list) ? [[name, list] as const] : [],
  );
}

function listTable(lists: ReturnType<typeof listsOf>, length: number, shown: string): Table {
  return {
    ...jsonForm,
    shown,
    columns: lists.map(([name]) => name),
    rows: Array.from({ length }, (_, index) => ({
      where: `entry ${index + 1}`,
      cells: lists.map(([, list]) => jsonCell(list[index])),
    })),
  };
}

function tryJson(
  text: string,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}

/** A bare number is an object with nothing but a value. */
function jsonTable(
  entries: readonly Entry[],
  shown: string,
  problems: Problems,
): Table | undefined {
  const records = entries.map(({ where, value }): readonly [string, Record<string, unknown>] => {
    if (typeof value !== "object") return [where, { value }];
    if (Array.isArray(value))
      problems.add(
        `${where}: expected a number or an object, ${safeJson(value).slice(0, 40)} is a list`,
      );
    return [where, Array.isArray(value) || value === null ? {} : { ...value }];
  });
  const names = [...new Set(records.flatMap(([, record]) => Object.keys(record)))];
  if (isTooLarge({ shown, rows: entries.length, columns: names.length }, problems))
    return undefined;
  // "value" is what the numbers are called, whatever stands before it.
  const columns = names.toSorted((a, b) => Number(b === "value") - Number(a === "value"));
  const rows = records.map(([where, record]) => ({
    where,
    cells: columns.map((name) => jsonCell(record[name])),
  }));
  return { ...jsonForm, shown, columns: columns.length === 0 ? ["value"] : columns, rows };
}

function jsonCell(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" || typeof value === "string" ? value : safeJson(value);
}

/** A value of many levels can be read, and not written again. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "a value of many levels";
  }
}

// CSV

function parseCsvTable(text: string, request: TableRequest, problems: Problems): Table | undefined {
  const { shown } = request;
  const delimiter = delimiterOf(text);
  const { rows: read, problem } = csvRows(text, delimiter);
  if (problem !== undefined) problems.add(`${shown}: ${problem}`);
  const lines = withoutEmptyEnds(read);
  while (isBlank(lines.at(-1))) lines.pop();
  const begin = lines.findIndex((line) => !isBlank(line));
  if (problem !== undefined && lines.length - begin < 2) return undefined;
  const header = lines[begin];
  if (header === undefined) {
    problems.add(`${shown} is empty: expected CSV, a JSON array, or one JSON value a line`);
    return undefined;
  }
  const width = header.cells.length;
  if (isTooLarge({ shown, rows: lines.length, columns: width }, problems)) return undefined;
  const hasNames = request.needsNames === true || isHeader(lines.slice(begin), request.column);
  // An empty line of a single column is a row without a number; of several columns, or above a header, it is nothing.
  const kept = lines
    .slice(width === 1 && !hasNames ? 0 : begin)
    .filter((line) => width === 1 || !isBlank(line));
  problems.addFirst(
    kept
      .filter(({ cells }) => cells.length > width)
      .map(
        ({ line, cells }) =>
          `${shown}: line ${line} has ${cells.length} cells, the first line has ${width}`,
      ),
  );
  const unnamed = (i: number): string => (width === 1 ? "value" : String(i + 1));
  return {
    shown,
    columns: header.cells.map((name, i) => (hasNames && name !== "" ? name : unnamed(i))),
    hasNames,
    rows: kept.slice(hasNames ? 1 : 0).map(({ line, cells }) => ({ where: `line ${line}`, cells })),
    delimiter: width === 1 ? undefined : delimiter,
    decimal: preambleOf(text).decimal,
  };
}

/** A delimiter at the end of every line makes no column. */
function withoutEmptyEnds(rows: readonly CsvRow[]): CsvRow[] {
  const wide = rows.filter(({ cells }) => cells.length > 1);
  const isAtEveryEnd = wide.length > 0 && wide.every(({ cells }) => cells.at(-1) === "");
  return rows.map((row) =>
    isAtEveryEnd && row.cells.length > 1 ? { ...row, cells: row.cells.slice(0, -1) } : row,
  );
}

const isBlank = (line: CsvRow | undefined): boolean => line?.cells.join("") === "";

/** Names of columns that say when. */
export const timeNames = ["time", "date", "datetime", "timestamp", "datum", "zeit", "day", "month"];

export const isTimeName = (name: string): boolean => timeNames.includes(name.toLowerCase());

/**
 * Names are words, neither numbers nor dates. Numbers may stand beside a word for time, or be percentiles (`95%`) above
 * values that are no per cent.
 */
function isHeader([first, ...rest]: readonly CsvRow[], column: string | undefined): boolean {
  const cells = first?.cells ?? [];
  const isIndex = /^\d+$/.test(column ?? "") && Number(column) <= cells.length;
  if (column !== undefined && !isIndex && cells.includes(column)) return true;
  const words = cells.filter(
    (cell) => !isGap(cell) && !looksNumeric(cell) && instantOf(cell) === undefined,
  );
  const named = cells.filter((cell) => !isGap(cell));
  if (named.length > 0 && words.length === named.length) return true;
  if (words.some(isTimeName)) return true;
  return (
    cells.length > 1 &&
    named.length > 0 &&
    named.every((cell) => words.includes(cell) || isPercent(cell)) &&
    !rest.some((row) => row.cells.some(isPercent))
  );
}

const isPercent = (cell: string | undefined): boolean => looksNumeric(cell) && unitOf(cell) === "%";
