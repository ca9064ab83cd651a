/** Usage over time for `headroom plan --history`: a column `date` and one a resource, each in one unit. */
import { ConfigError } from "../domain/errors.ts";
import { instantOf } from "./instants.ts";
import { suggestion } from "./nearest.ts";
import { Problems } from "./problems.ts";
import { shareOf, unitBytes } from "./quantity.ts";
import { parseTable, placeIn, type Table } from "./table.ts";
import { readNumbers, type NumberCell } from "./table-numbers.ts";

export interface HistoryPoint {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** In the unit written: a number, a share, or bytes. */
  readonly use: number;
  /** What was written: `percent`, `bytes` or `no unit`. */
  readonly unit: string;
}

const dateNames = /^(?:date|month|day|time|timestamp|datum)$/i;

/**
 * @param resources names of columns that are read; others are a problem
 * @returns points by resource, ascending; empty cells are left out
 * @throws ConfigError with everything that is wrong
 */
export function readHistoryFile(
  text: string,
  name: string,
  resources: readonly string[],
): Readonly<Record<string, readonly HistoryPoint[]>> {
  const problems = new Problems();
  const raise = (): void =>
    problems.raise(
      (message) =>
        new ConfigError(message, {
          code: "history-file",
          hint: "For example: date,compute,storage and below it 2026-01-01,41%,1.3TB.",
        }),
    );
  const table = parseTable(text, { shown: name, needsNames: true }, problems);
  const columns = table === undefined ? undefined : columnsOf(table, resources, problems);
  raise();
  if (table === undefined || columns === undefined) return {};
  const days = table.rows.map(({ where, cells }) =>
    dayOf(String(cells[columns.date] ?? ""), placeIn(name, where), problems),
  );
  const histories = Object.fromEntries(
    columns.uses.map((index) => [
      table.columns[index] ?? "",
      readUses(table, index, days, problems),
    ]),
  );
  raise();
  return histories;
}

function columnsOf(
  table: Table,
  resources: readonly string[],
  problems: Problems,
): { readonly date: number; readonly uses: readonly number[] } {
  const { columns, shown } = table;
  const date = columns.findIndex((cell) => dateNames.test(cell));
  if (date < 0) problems.add(`${shown} has no column date`);
  const uses = columns.flatMap((_, index) => (index === date ? [] : [index]));
  for (const cell of uses.map((index) => columns[index] ?? "")) {
    if (!resources.includes(cell))
      problems.add(`${shown}: there is no resource "${cell}": ${suggestion(cell, resources)}`);
    else if (columns.filter((other) => other === cell).length > 1)
      problems.add(`${shown}: more than one column is called "${cell}"`);
  }
  if (date >= 0 && uses.length === 0)
    problems.add(`${shown} has no column of use; resources are ${resources.join(", ")}`);
  return { date, uses };
}

function readUses(
  table: Table,
  column: number,
  days: readonly (number | undefined)[],
  problems: Problems,
): readonly HistoryPoint[] {
  const name = table.columns[column] ?? "";
  const units = new Map<string, string>();
  const points = (readNumbers(table, column, problems) ?? []).flatMap((cell, index) => {
    const { where = "", cells = [] } = table.rows[index] ?? {};
    const day = days[index];
    if (cell.kind === "empty" || day === undefined) return [];
    const read = useOf(cell);
    if (read === undefined) {
      problems.add(
        `${placeIn(table.shown, where)}: ${name} is "${String(cells[column])}", expected a use > 0 such as 41%, 1.3TB or 1300`,
      );
      return [];
    }
    if (!units.has(read.unit)) units.set(read.unit, where);
    return [{ day, use: read.use, unit: read.unit }];
  });
  if (units.size > 1)
    problems.add(
      `${table.shown}: ${name} mixes units: ${[...units].map(([unit, where]) => `${unit} in ${where}`).join(", ")}; write one`,
    );
  if (points.some(({ day }, index) => day <= (points[index - 1]?.day ?? -Infinity)))
    problems.add(`${table.shown}: ${name}: dates must rise, and none may come twice`);
  return points;
}

/** Bytes of any size are one unit; shares and bare numbers are others. */
function useOf(cell: NumberCell): { readonly use: number; readonly unit: string } | undefined {
  if (cell.kind !== "number" || !(cell.value > 0)) return undefined;
  const share = shareOf(cell.value, cell.unit);
  if (share !== undefined) return { use: share, unit: cell.unit === "%" ? "percent" : "no unit" };
  const bytes = unitBytes(cell.unit);
  return bytes === undefined ? undefined : { use: cell.value * bytes, unit: "bytes" };
}

function dayOf(text: string, where: string, problems: Problems): number | undefined {
  const at = instantOf(text);
  if (at !== undefined) return Math.floor(at / 86_400_000);
  problems.add(`${where}: "${text}" is not a date: write 2026-01-31 or 2026-01`);
  return undefined;
}
