/**
 * Columns of a table, the same way for every command: found by a flag or by known names, numbers with their units and
 * times in order. A command says which columns it wants and what their cells may be.
 */
import { ConfigError } from "../domain/errors.ts";
import { instantOf } from "./instants.ts";
import { suggestion } from "./nearest.ts";
import { Problems } from "./problems.ts";
import type { Table } from "./table.ts";
import { readNumbers, type NumberCell } from "./table-numbers.ts";
import { converter, headingOf, measureOf, plainName, type Dimension } from "./table-units.ts";

/** @throws ConfigError with every problem that `read` notes */
export function readOrRefuse<Value>(
  refusal: { readonly code: string; readonly hint: string },
  read: (problems: Problems) => Value | undefined,
): Value {
  const problems = new Problems();
  const value = read(problems);
  problems.raise((message) => new ConfigError(message, refusal));
  if (value === undefined) throw new Error("a reader gave neither a value nor a problem");
  return value;
}

// Which column

/**
 * @param flag that named it
 * @returns its index, also where case or punctuation differ; `undefined` with the problem noted where there is none, or
 * more than one
 */
export function namedColumn(
  flag: string,
  name: string,
  table: Table,
  problems: Problems,
): number | undefined {
  const same = indexes(table, (column) => column === name);
  const found =
    same.length > 0 ? same : indexes(table, (column) => plainName(column) === plainName(name));
  if (found.length === 0)
    problems.add(
      `${flag}: ${table.shown} has no column "${name}": ${suggestion(name, table.columns)}`,
    );
  return oneOf(found, name, table, problems, `${flag}: `);
}

/**
 * A column by its known names.
 * @param names plain (without case, punctuation and unit), the most likely first; `requests/` is one whose heading has a
 * rate
 * @param needed what it is called in the problem, where it may not be missing
 * @returns `undefined` where there is none, or with the problem noted where more than one has the same name
 */
export function knownColumn(
  table: Table,
  names: readonly string[],
  problems: Problems,
  needed?: string,
): number | undefined {
  const known = table.columns.map(knownNames);
  for (const name of table.hasNames ? names : []) {
    const found = known.flatMap((each, index) => (each.includes(name) ? [index] : []));
    if (found.length > 0) return oneOf(found, table.columns[found[0] ?? 0] ?? "", table, problems);
  }
  if (needed !== undefined)
    problems.add(`${table.shown} has no column ${needed}; it has: ${table.columns.join(", ")}`);
  return undefined;
}

function knownNames(column: string): readonly string[] {
  const { name, unit } = headingOf(column);
  return measureOf(unit).dimension === "rate" ? [name, `${name}/`] : [name];
}

const indexes = (table: Table, fits: (column: string) => boolean): readonly number[] =>
  table.columns.flatMap((column, index) => (fits(column) ? [index] : []));

function oneOf(
  found: readonly number[],
  name: string,
  { shown, columns }: Table,
  problems: Problems,
  flag = "",
): number | undefined {
  const names = found.map((index) => columns[index] ?? "");
  const isTwice = new Set(names).size < names.length;
  if (isTwice || (flag !== "" && found.length > 1)) {
    problems.add(
      `${flag}${shown} has ${found.length} columns called "${name}": name each of them once`,
    );
    return undefined;
  }
  return found[0];
}

// Its numbers

export interface CellRule {
  /** Ends the sentence about a cell that does not fit: `a number ≥ 0`. */
  readonly expected: string;
  /** Absent: any, one in a column. */
  readonly dimensions?: readonly Dimension[];
  readonly least?: "zero" | "above zero";
  /** What is no problem: empty cells, or words for a missing value (`NaN`, `n/a`) too. */
  readonly gaps?: "empty" | "words";
  /** Of numbers without a unit, before what the heading says. */
  readonly unit?: string | undefined;
  /** Of numbers without a unit where the heading says none. */
  readonly usualUnit?: string;
  /** Unit of the answer by dimension; absent: that of the heading, else of the first number. */
  readonly answerIn?: Readonly<Record<string, string>>;
}

export interface NumberColumn {
  /** One a row; `undefined` for a gap. */
  readonly values: readonly (number | undefined)[];
  /** Empty where none is known. */
  readonly unit: string;
  /** Whether a cell has it, not only the heading. */
  readonly isUnitInCells: boolean;
}

/**
 * @returns without the cells that do not fit, each of which is in `problems`; `undefined` where the column cannot be
 * read at all: two decimal marks, units that do not go together
 */
export function readColumn(
  table: Table,
  column: number,
  rule: CellRule,
  problems: Problems,
): NumberColumn | undefined {
  const cells = readNumbers(table, column, problems);
  if (cells === undefined) return undefined;
  const name = table.columns[column] ?? "";
  const heading = table.hasNames ? headingOf(name).unit : "";
  const bareUnit = rule.unit ?? (heading || (rule.usualUnit ?? ""));
  const units = unitsIn(table, cells, bareUnit);
  const fits = (cell: NumberCell): boolean =>
    cell.kind === "number"
      ? isInRange(cell.value, rule.least) &&
        (rule.dimensions?.includes(units.get(cell.unit)?.dimension ?? "") ?? true)
      : rule.gaps !== undefined && (cell.kind === "empty" || isWordGap(cell, rule));
  const wrong = new Set(cells.flatMap((cell, index) => (fits(cell) ? [] : [index])));
  refuseCells(table, column, { rows: [...wrong], expected: rule.expected }, problems);
  const [first = { shown: "", dimension: "none" }] = units.values();
  if (
    wrong.size === 0 &&
    [...units.values()].some(({ dimension }) => dimension !== first.dimension)
  ) {
    const found = [...units.values()].map(({ shown, where }) => `${shown || "none"} (${where})`);
    problems.add(
      `${table.shown}: ${name} has mixed units: ${found.join(", ")}; write all values in one`,
    );
    return undefined;
  }
  const isBare = bareUnit !== "" && measureOf(bareUnit).dimension === first.dimension;
  const unit = rule.answerIn?.[first.dimension] ?? (isBare ? bareUnit : first.shown);
  const toUnit = new Map(
    [...units].map(([written, { shown }]) => [written, converter(shown, unit)]),
  );
  return {
    values: cells.map((cell, index) =>
      cell.kind === "number" && !wrong.has(index) ? toUnit.get(cell.unit)?.(cell.value) : undefined,
    ),
    unit,
    isUnitInCells: [...units.keys()].some((written) => written !== ""),
  };
}

interface UsedUnit {
  readonly shown: string;
  readonly dimension: Dimension;
  /** The first row that has it. */
  readonly where: string;
}

/** By what is written in the cells. */
function unitsIn(
  { rows }: Table,
  cells: readonly NumberCell[],
  bareUnit: string,
): ReadonlyMap<string, UsedUnit> {
  const units = new Map<string, UsedUnit>();
  for (const [index, cell] of cells.entries()) {
    if (cell.kind !== "number" || units.has(cell.unit)) continue;
    const shown = cell.unit || bareUnit;
    const { dimension } = measureOf(shown);
    units.set(cell.unit, { shown, dimension, where: rows[index]?.where ?? "" });
  }
  return units;
}

const isInRange = (value: number, least: CellRule["least"]): boolean =>
  least === undefined || value > 0 || (value === 0 && least === "zero");

const isWordGap = (cell: NumberCell, { gaps }: CellRule): boolean =>
  cell.kind === "missing" && gaps === "words";

/** `points.csv:3: throughput is "fast", expected a number > 0`, for the first rows. */
export function refuseCells(
  table: Table,
  column: number,
  { rows, expected }: { readonly rows: readonly number[]; readonly expected: string },
  problems: Problems,
): void {
  problems.addFirst(
    rows.map((index) => {
      const { where = "", cells = [] } = table.rows[index] ?? {};
      return `${placeIn(table.shown, where)}: ${table.columns[column] ?? ""} is "${String(cells[column] ?? "")}", expected ${expected}`;
    }),
  );
}

/** `points.csv:3`, `points.json: entry 3`. @param where of a row */
export const placeIn = (shown: string, where: string): string =>
  where.startsWith("line ") ? `${shown}:${where.slice("line ".length)}` : `${shown}: ${where}`;

// Its times

/** Instants of a column, one a row; `undefined` where a cell is none, which the caller judges. */
export const instantsIn = (table: Table, column: number): readonly (number | undefined)[] =>
  table.rows.map(({ cells }) => instantOf(cells[column]));

/** Notes rows whose time is earlier than one before them. @param times one a row, in any unit */
export function refuseDisorder(
  table: Table,
  column: number,
  times: readonly (number | undefined)[],
  problems: Problems,
): void {
  let latest = Number.NEGATIVE_INFINITY;
  const early = times.flatMap((at, index) => {
    if (at === undefined || at >= latest) {
      latest = at ?? latest;
      return [];
    }
    latest = at;
    const { where = "", cells = [] } = table.rows[index] ?? {};
    return `${placeIn(table.shown, where)}: ${String(cells[column])} is earlier than the row before it`;
  });
  problems.addFirst(early);
  if (early.length > 0) problems.add("sort the rows by time, the oldest first");
}
