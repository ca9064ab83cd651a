/**
 * Numbers in the cells of a table, by one rule for every command (docs/tables.md). A cell is a number with an optional
 * unit. Points and commas are read by what the whole column shows, then by what the file shows; what neither decides is
 * refused, because a wrong guess is a thousand times off.
 */
import type { Problems } from "./problems.ts";
import { durationInMs } from "../domain/quantity.ts";
import type { Cell, Table } from "./table.ts";

type Mark = "." | ",";

/** What a cell is, the same in all commands; what a gap means is up to the command. */
export type NumberCell =
  | { readonly kind: "number"; readonly value: number; readonly unit: string }
  /** Empty. */
  | { readonly kind: "empty" }
  /** A word for a missing or endless value: NaN, n/a, null, -, Infinity; or a number too large for one. */
  | { readonly kind: "missing" }
  | { readonly kind: "text" };

const missing = /^(?:nan|null|na|n\/a|none|nil|undefined|-|–|[+-]?inf(?:inity)?)$/i;

/** Empty, or a word for a missing value. */
export const isGap = (cell: Cell): boolean =>
  cell === undefined || cell === "" || (typeof cell === "string" && missing.test(cell.trim()));

interface Parts {
  readonly sign: string;
  /** Digits with their points, commas and groups. */
  readonly body: string;
  readonly exponent: string;
  readonly unit: string;
}

const form =
  /^([+−-]?)(\d[\d.,'’_ \u00A0\u202F\u2009]*|[.,]\d+)(e[+-]?\d+)?\s*([a-zµμ%][a-zµμ%/]{0,23}|\/[a-z]{1,7})?$/iu;

/** Characters: no number with its unit is longer, and the form takes time squared to refuse what is. */
const longestNumber = 100;

function partsOf(text: string): Parts | undefined {
  if (text.length > longestNumber) return undefined;
  const [, sign = "", body, exponent = "", unit = ""] = form.exec(text.trim()) ?? [];
  return body === undefined ? undefined : { sign, body: body.trim(), exponent, unit };
}

/** Whether a cell reads as a number in one way at least. */
export const looksNumeric = (cell: Cell): boolean =>
  typeof cell === "number" ||
  (typeof cell === "string" &&
    (readText(cell, ".") ?? readText(cell, ",") ?? compound(cell)) !== undefined);

/** The unit of a cell that looks like a number. */
export const unitOf = (cell: Cell): string =>
  typeof cell === "string" ? (partsOf(cell)?.unit ?? "") : "";

/** Groups of three digits, with one mark between all of them; a date such as 01.03.2026 has none. */
const grouped = /^\d{1,3}([.,'’_ \u00A0\u202F\u2009])\d{3}(?:\1\d{3})*$/u;

/** @returns `undefined` where the text is no number with that decimal mark */
function readText(text: string, mark: Mark): { value: number; unit: string } | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const [whole = "", fraction, ...more] = parts.body.split(mark);
  if (more.length > 0 || !(grouped.test(whole) || /^\d*$/.test(whole))) return undefined;
  if (fraction !== undefined && !(/^\d+$/.test(fraction) || (fraction === "" && mark === ".")))
    return undefined;
  const number = `${whole.replaceAll(/\D/g, "")}.${fraction ?? ""}`;
  if (number === ".") return undefined;
  const value = Number(
    `${parts.sign === "" || parts.sign === "+" ? "" : "-"}${number}${parts.exponent}`,
  );
  return { value, unit: parts.unit };
}

// Which mark is the decimal one

/** What one cell says about the marks. */
type Sign =
  | { readonly kind: "decimal"; readonly mark: Mark }
  /** One point or comma before three digits: thousands, or three decimals. */
  | { readonly kind: "either"; readonly mark: Mark }
  | { readonly kind: "whole"; readonly isBelowThousand: boolean };

function signOf(text: string): Sign | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const { body, exponent } = parts;
  const [points, commas] = [body.split(".").length - 1, body.split(",").length - 1];
  if (points > 0 && commas > 0)
    return { kind: "decimal", mark: body.lastIndexOf(".") > body.lastIndexOf(",") ? "." : "," };
  if (points === 0 && commas === 0)
    return { kind: "whole", isBelowThousand: body.replaceAll(/\D/g, "").length < 4 };
  const mark = points > 0 ? "." : ",";
  if (points + commas > 1)
    return grouped.test(body) ? { kind: "decimal", mark: mark === "." ? "," : "." } : undefined;
  const [before = "", after = ""] = body.split(mark);
  const isGroup = after.length === 3 && /^[1-9]\d{0,2}$/.test(before) && exponent === "";
  return { kind: isGroup ? "either" : "decimal", mark };
}

interface Place {
  readonly text: string;
  readonly where: string;
  readonly sign: Sign;
}

const placesOf = (table: Table, column: number): readonly Place[] =>
  table.rows.flatMap(({ where, cells }) => {
    const cell = cells[column];
    const sign = typeof cell === "string" && !isGap(cell) ? signOf(cell) : undefined;
    return sign === undefined ? [] : [{ text: String(cell), where, sign }];
  });

const marksOf = (places: readonly Place[]): ReadonlySet<Mark> =>
  new Set(places.flatMap(({ sign }) => (sign.kind === "decimal" ? [sign.mark] : [])));

const firstOf = (places: readonly Place[], kind: Sign["kind"], mark?: Mark): string => {
  const place = places.find(
    ({ sign }) =>
      sign.kind === kind && (sign.kind === "whole" || mark === undefined || sign.mark === mark),
  );
  return place === undefined ? "" : `"${place.text}" (${place.where})`;
};

/** @returns the decimal mark of a column; `undefined` with the reason in `problems` */
function decimalMark(table: Table, column: number, problems: Problems): Mark | undefined {
  const places = placesOf(table, column);
  const name = `column ${table.columns[column] ?? column + 1}`;
  const marks = marksOf(places);
  if (marks.size > 1) {
    problems.add(
      `${table.shown}: ${name} has decimal points and decimal commas: ${firstOf(places, "decimal", ".")}, ${firstOf(places, "decimal", ",")}; write one of them`,
    );
    return undefined;
  }
  const [own] = marks;
  const either = places.find(({ sign }) => sign.kind === "either");
  if (table.decimal !== undefined && own !== undefined && own !== table.decimal)
    problems.add(
      `${table.shown}: the decimal mark is declared as "${table.decimal}", and ${firstOf(places, "decimal")} has another`,
    );
  const known = table.decimal ?? own;
  if (known !== undefined || either?.sign.kind !== "either") return known ?? ".";
  const { mark } = either.sign;
  // Somebody who groups thousands groups all of them.
  if (places.some(({ sign }) => sign.kind === "whole" && !sign.isBelowThousand)) return mark;
  const others = marksOf(table.columns.flatMap((_, index) => placesOf(table, index)));
  const [elsewhere] = others;
  if (others.size === 1 && elsewhere !== undefined) return elsewhere;
  const usual = usualMark(table, places, mark);
  if (usual === undefined)
    problems.add(
      `${table.shown}: ${either.where}: "${either.text}" in ${name} may be thousands or decimals, and no other value decides it; ` +
        `add a line "# decimal=." or "# decimal=," at the top, or write ${either.text.replace(mark, "")} or ${decimalForm(either.text, mark)}`,
    );
  return usual;
}

const decimalForm = (text: string, mark: Mark): string =>
  text.replace(mark, ".").replace(/(\.\d{3})/, "$10");

/**
 * Every number with a mark has three digits behind it. Whole numbers below 1,000 beside them fit both readings. Without
 * them a point is a decimal point (as programs write), but not between semicolons, where a spreadsheet with decimal
 * commas may have grouped thousands; a comma is a decimal comma there, and groups thousands between commas.
 */
function usualMark(table: Table, places: readonly Place[], mark: Mark): Mark | undefined {
  if (places.some(({ sign }) => sign.kind === "whole")) return undefined;
  if (mark === ".") return table.delimiter === ";" ? undefined : ".";
  if (table.delimiter === ";") return ",";
  return table.delimiter === "," ? "." : undefined;
}

/** @returns one entry a row; `undefined` where points and commas cannot be distinguished, with the reason in `problems` */
export function readNumbers(
  table: Table,
  column: number,
  problems: Problems,
): readonly NumberCell[] | undefined {
  const mark = decimalMark(table, column, problems);
  return mark === undefined
    ? undefined
    : table.rows.map(({ cells }) => numberCell(cells[column], mark));
}

function numberCell(cell: Cell, mark: Mark): NumberCell {
  if (cell === undefined || (typeof cell === "string" && cell.trim() === ""))
    return { kind: "empty" };
  if (isGap(cell)) return { kind: "missing" };
  const read =
    typeof cell === "number" ? { value: cell, unit: "" } : (readText(cell, mark) ?? compound(cell));
  if (read === undefined) return { kind: "text" };
  return Number.isFinite(read.value) ? { kind: "number", ...read } : { kind: "missing" };
}

/** `1h30m`: a number with more than one unit. */
function compound(text: string): { value: number; unit: string } | undefined {
  const value = text.length > longestNumber ? undefined : durationInMs(text.trim());
  return value === undefined ? undefined : { value, unit: "ms" };
}
