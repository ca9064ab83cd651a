/** Rows and columns from CSV, a JSON array, or one JSON value a line. */
import { csvRows, headerLine, type CsvRow } from "./csv.ts";
import type { Problems } from "./problems.ts";

export type Cell = string | number | undefined;

export interface Table {
  readonly columns: readonly string[];
  readonly hasNames: boolean;
  readonly rows: readonly { readonly where: string; readonly cells: readonly Cell[] }[];
  /** `123,4` is a number: commas do not separate here. */
  readonly hasDecimalComma: boolean;
}

/** @returns `undefined` where there is nothing to read; what is wrong stands in `problems` */
export function parseTable(text: string, shown: string, problems: Problems): Table | undefined {
  const first = text.trimStart().slice(0, 1);
  if (first === "") {
    problems.add(`${shown} is empty: expected CSV, a JSON array, or one JSON value a line`);
    return undefined;
  }
  const table =
    first === "["
      ? parseJsonArray(text, shown, problems)
      : first === "{"
        ? parseJsonLines(text, shown, problems)
        : parseCsv(text, shown, problems);
  if (table !== undefined && table.rows.length === 0)
    problems.add(`${shown} has no values${table.columns.length > 0 ? ", only a header" : ""}`);
  return table?.rows.length === 0 ? undefined : table;
}

// JSON

interface Entry {
  readonly where: string;
  readonly value: unknown;
}

function parseJsonArray(text: string, shown: string, problems: Problems): Table | undefined {
  const json = tryJson(text);
  if (json.ok && Array.isArray(json.value)) {
    const values: readonly unknown[] = json.value;
    return jsonTable(
      values.map((value, index) => ({ where: `index ${index}`, value })),
      problems,
    );
  }
  problems.add(`${shown} is not JSON: ${json.ok ? "expected one array" : json.reason}`);
  return undefined;
}

function parseJsonLines(text: string, shown: string, problems: Problems): Table | undefined {
  if (tryJson(text).ok && text.trim().includes("\n")) {
    problems.add(`${shown} is one JSON object: expected an array of numbers, or an object a line`);
    return undefined;
  }
  const wrong: string[] = [];
  const entries = text.split(/\r?\n/).flatMap((line, i): Entry[] => {
    if (line.trim() === "") return [];
    const json = tryJson(line);
    if (json.ok) return [{ where: `line ${i + 1}`, value: json.value }];
    wrong.push(`line ${i + 1} is not JSON: ${json.reason}`);
    return [];
  });
  addFirst(wrong, problems);
  return jsonTable(entries, problems);
}

function tryJson(
  text: string,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** A bare number is an object with nothing but a value. */
function jsonTable(entries: readonly Entry[], problems: Problems): Table {
  const records = entries.map(({ where, value }): readonly [string, Record<string, unknown>] => {
    if (typeof value !== "object") return [where, { value }];
    if (Array.isArray(value)) problems.add(`${where}: expected a number or an object, not a list`);
    return [where, Array.isArray(value) || value === null ? {} : { ...value }];
  });
  const names = [...new Set(records.flatMap(([, record]) => Object.keys(record)))];
  // "value" is what the numbers are called, whatever stands before it.
  const columns = names.toSorted((a, b) => Number(b === "value") - Number(a === "value"));
  const rows = records.map(([where, record]) => ({
    where,
    cells: columns.map((name) => jsonCell(record[name])),
  }));
  return {
    columns: columns.length === 0 ? ["value"] : columns,
    hasNames: true,
    rows,
    hasDecimalComma: false,
  };
}

function jsonCell(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

// CSV

function parseCsv(text: string, shown: string, problems: Problems): Table | undefined {
  const first = headerLine(text);
  const delimiter = [";", "\t", ","].find((candidate) => first.includes(candidate)) ?? ",";
  const { rows: read, problem } = csvRows(text, delimiter);
  if (problem !== undefined) problems.add(`${shown}: ${problem}`);
  const lines = [...read];
  // An empty line of a single column is a night without a number; of several columns, or around it all, it is nothing.
  while (isBlank(lines[0])) lines.shift();
  while (isBlank(lines.at(-1))) lines.pop();
  if (problem !== undefined && lines.length < 2) return undefined;
  const header = lines[0]?.cells ?? [];
  const kept = lines.filter((line) => header.length === 1 || !isBlank(line));
  for (const { line, cells } of kept) {
    if (cells.length > header.length)
      problems.add(`line ${line} has ${cells.length} cells, the first line has ${header.length}`);
  }
  const hasDecimalComma = delimiter !== ",";
  const hasNames = isHeader(header, hasDecimalComma);
  const unnamed = (i: number): string => (header.length === 1 ? "value" : String(i + 1));
  return {
    columns: header.map((name, i) => (hasNames && name !== "" ? name : unnamed(i))),
    hasNames,
    rows: kept.slice(hasNames ? 1 : 0).map(({ line, cells }) => ({ where: `line ${line}`, cells })),
    hasDecimalComma,
  };
}

const isBlank = (line: CsvRow | undefined): boolean => line?.cells.join("") === "";

/** Names are neither numbers nor dates, and at least one is a word. */
const isHeader = (cells: readonly string[], hasDecimalComma: boolean): boolean =>
  cells.some((cell) => !isGap(cell)) &&
  cells.every((cell) => parseNumber(cell, hasDecimalComma) === undefined && !isDate(cell));

const month = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/i;

/** ISO 8601, or a year and the month as a word: what cannot be taken for another day. */
export const isDate = (text: string): boolean =>
  (/^\d{4}[-/]\d/.test(text) || (/\d{4}/.test(text) && month.test(text))) &&
  !Number.isNaN(Date.parse(text));

export const isGap = (cell: Cell): boolean =>
  cell === undefined ||
  /^(|nan|null|na|n\/a|none|nil|-|[+-]?inf(inity)?)$/i.test(String(cell).trim());

interface Measured {
  readonly value: number;
  readonly unit: string;
}

/** `180`, `1.8e2`, `180 ms`, `12%`. */
export function parseNumber(cell: Cell, hasDecimalComma: boolean): Measured | undefined {
  if (cell === undefined) return undefined;
  if (typeof cell === "number") return { value: cell, unit: "" };
  const text = hasDecimalComma ? cell.trim().replace(/^([+-]?\d*),(\d+)/, "$1.$2") : cell.trim();
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµμ%][a-zµμ%/]{0,7})?$/i.exec(
    text,
  );
  return match === null ? undefined : { value: Number(match[1]), unit: match[2] ?? "" };
}

/** A file of the wrong kind has a problem in every row. */
export const shownAtOnce = 5;

export function addFirst(messages: readonly string[], problems: Problems): void {
  for (const message of messages.slice(0, shownAtOnce)) problems.add(message);
  const more = messages.length - shownAtOnce;
  if (more > 0) problems.add(`and ${more} more rows of this kind`);
}
