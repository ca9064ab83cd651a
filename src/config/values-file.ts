/**
 * Files of plain values, for anybody's measurements: one number a line, a column of a CSV (comma, semicolon or tab),
 * a JSON array of numbers, or a field of JSON objects.
 */
import { ConfigError } from "../domain/errors.ts";
import { headerLine, soundRows } from "./csv.ts";
import { readInput } from "./input-encoding.ts";
import { suggestion } from "./nearest.ts";

/** In the order of the file; `undefined` where a row has no value. At least one is a number. */
export type FileValues = readonly (number | undefined)[];

export interface ValuesFileOptions {
  /** Name of the CSV column or JSON field; may be absent where there is only one. */
  readonly column?: string;
}

/** A row that could not be read, told with the others. */
interface Place {
  /** `line 3`, `entry 2`. */
  readonly where: string;
  readonly value: unknown;
}

/** Problems shown before the rest is only counted. */
const shownProblems = 5;

/**
 * @param file as typed, for messages @param location where it is
 * @throws UsageError where there is no such file
 * @throws ConfigError for an empty file, an unknown column, and every value that is not a number ≥ 0
 */
export function readValuesFile(
  file: string,
  location: string,
  options: ValuesFileOptions = {},
): FileValues {
  return parseValues(readInput(location, file), file, options);
}

/** The same from text. @param file for messages */
export function parseValues(
  text: string,
  file: string,
  { column }: ValuesFileOptions = {},
): FileValues {
  const content = text.replace(/^\uFEFF/, "").trim();
  const places = /^[[{]/.test(content)
    ? jsonPlaces(content, file, column)
    : tablePlaces(text, file, column);
  return checked(places, file);
}

function checked(places: readonly Place[], file: string): FileValues {
  const bad = places.filter(({ value }) => !isBlank(value) && numberOf(value) === undefined);
  if (bad.length > 0) throw badValues(bad, file);
  const values = places.map(({ value }) => numberOf(value));
  if (values.some((value) => value !== undefined)) return values;
  throw new ConfigError(`${file} holds no value`, {
    code: "no-values",
    hint: "Nothing measured is never a pass: give one number a line.",
  });
}

function badValues(bad: readonly Place[], file: string): ConfigError {
  const lines = bad
    .slice(0, shownProblems)
    .map(({ where, value }) => `${file}: ${where}: ${shown(value)} is not a number ≥ 0`);
  const more = bad.length - lines.length;
  return new ConfigError([...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n"), {
    code: "bad-values",
    hint: "Values are plain decimal numbers without unit; a ratio needs them ≥ 0. Leave a missing value empty.",
  });
}

const shown = (value: unknown): string =>
  typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** @returns `undefined` for anything but a finite decimal number ≥ 0 */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" ? decimal(value.trim()) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : undefined;
}

const decimal = (text: string): number =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;

/** Lines with a `#` in front are comments; blank lines at the end are no rows. */
function tablePlaces(text: string, file: string, column: string | undefined): Place[] {
  const delimiter = /[,;\t]/.exec(headerLine(text))?.[0] ?? ",";
  const rows = soundRows(text.trimEnd(), delimiter, file).filter(
    ({ cells: [cell = ""] }) => !cell.startsWith("#"),
  );
  const header = rows[0]?.cells ?? [""];
  const hasHeader = column !== undefined || header.some(isName);
  const index = hasHeader ? columnIndex(header, file, column) : onlyColumn(header, file);
  return rows
    .slice(hasHeader ? 1 : 0)
    .map(({ line, cells }) => ({ where: `line ${line}`, value: cellAt(cells, index, header) }));
}

/** A heading, not a number and not one of the words that stand for a missing one. */
const isName = (cell: string): boolean =>
  cell !== "" &&
  Number.isNaN(decimal(cell)) &&
  /^[\p{L}_"]/u.test(cell) &&
  !/^(nan|inf(inity)?|null|none|na|undefined)$/i.test(cell);

/** More cells than the heading names are told as they stand: a decimal comma must not become a thousandth. */
const cellAt = (row: readonly string[], index: number, header: readonly string[]): unknown =>
  row.length > header.length ? row.join(",") : row[index];

function columnIndex(header: readonly string[], file: string, column: string | undefined): number {
  if (column === undefined) return onlyColumn(header, file);
  const index = header.indexOf(column);
  if (index === -1) throw unknownColumn(column, header, file);
  return index;
}

function onlyColumn(header: readonly string[], file: string): number {
  if (header.length === 1) return 0;
  throw new ConfigError(`${file} has ${header.length} columns (${header.join(", ")})`, {
    code: "which-column",
    hint: "Name one with --column.",
  });
}

const unknownColumn = (column: string, known: readonly string[], file: string): ConfigError =>
  new ConfigError(`${file} has no column "${column}": ${suggestion(column, known)}`, {
    code: "unknown-column",
  });

function jsonPlaces(content: string, file: string, column: string | undefined): Place[] {
  const json = parsedJson(content, file);
  if (Array.isArray(json)) return entryPlaces(json, file, column);
  const fields = new Map(Object.entries(isObject(json) ? json : {}));
  const lists = [...fields].filter(([, value]) => Array.isArray(value));
  const name = column ?? (lists.length === 1 ? lists[0]?.[0] : undefined);
  if (name === undefined)
    throw new ConfigError(`${file} has ${lists.length} lists of values`, {
      code: "which-column",
      hint: "Give a JSON array, or name one of the lists with --column.",
    });
  const list: unknown = fields.get(name);
  if (!Array.isArray(list)) throw unknownColumn(name, [...fields.keys()], file);
  return entryPlaces(list, file, undefined);
}

function entryPlaces(list: readonly unknown[], file: string, column: string | undefined): Place[] {
  const objects = list.filter(isObject);
  const names = [...new Set(objects.flatMap((entry) => Object.keys(entry)))];
  const name = column ?? (names.length === 1 ? names[0] : undefined);
  if (objects.length > 0 && name === undefined)
    throw new ConfigError(`${file} has ${names.length} fields (${names.join(", ")})`, {
      code: "which-column",
      hint: "Name one with --column.",
    });
  if (column !== undefined && !names.includes(column)) throw unknownColumn(column, names, file);
  return list.map((entry, index) => ({
    where: `entry ${index + 1}`,
    value: isObject(entry) && name !== undefined ? entry[name] : entry,
  }));
}

function parsedJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    throw new ConfigError(`${file} is not JSON: ${messageOf(error)}`, {
      code: "bad-json",
      cause: error,
    });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
