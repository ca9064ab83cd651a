/** Usage over time for `headroom plan --history`: a column `date` and one a resource, each in one unit. */
import { suggestion } from "./nearest.ts";
import type { Problems } from "./problems.ts";
import { parseTable, timeNames, type Table } from "./table.ts";
import {
  instantsIn,
  knownColumn,
  readColumn,
  readOrRefuse,
  refuseCells,
  type CellRule,
} from "./table-columns.ts";
import { headingOf, measureOf, plainName } from "./table-units.ts";

export interface HistoryPoint {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** In the unit written: a number, a share, or bytes. */
  readonly use: number;
  /** What was written: `percent`, `bytes` or `no unit`. */
  readonly unit: string;
}

/**
 * @param resources names of columns that are read; others are a problem
 * @returns points by resource, ascending; empty cells are left out
 * @throws ConfigError with everything that is wrong
 */
export const readHistoryFile = (
  text: string,
  name: string,
  resources: readonly string[],
): Readonly<Record<string, readonly HistoryPoint[]>> =>
  readOrRefuse(
    {
      code: "history-file",
      hint: "For example: date,compute,storage and below it 2026-01-01,41%,1.3TB.",
    },
    (problems) => {
      const table = parseTable(text, { shown: name, needsNames: true }, problems);
      const columns = table === undefined ? undefined : columnsOf(table, resources, problems);
      if (table === undefined || columns === undefined) return undefined;
      const days = readDays(table, columns.date, problems);
      return Object.fromEntries(
        columns.uses.map(([resource, index]) => [resource, readUses(table, index, days, problems)]),
      );
    },
  );

interface Columns {
  readonly date: number;
  readonly uses: readonly (readonly [resource: string, index: number])[];
}

function columnsOf(
  table: Table,
  resources: readonly string[],
  problems: Problems,
): Columns | undefined {
  const { columns, shown } = table;
  const date = knownColumn(table, timeNames, problems, "date");
  const uses = columns.flatMap((column, index) => {
    if (index === date) return [];
    const { name } = headingOf(column);
    const resource = resources.find((one) => one === column || plainName(one) === name);
    if (resource !== undefined) return [[resource, index] as const];
    problems.add(`${shown}: there is no resource "${column}": ${suggestion(column, resources)}`);
    return [];
  });
  for (const resource of resources)
    if (uses.filter(([name]) => name === resource).length > 1)
      problems.add(`${shown}: more than one column is called "${resource}"`);
  if (date !== undefined && columns.length === 1)
    problems.add(`${shown} has no column of use; resources are ${resources.join(", ")}`);
  return date !== undefined && problems.isEmpty ? { date, uses } : undefined;
}

function readDays(
  table: Table,
  column: number,
  problems: Problems,
): readonly (number | undefined)[] {
  const instants = instantsIn(table, column);
  const rows = instants.flatMap((at, index) => (at === undefined ? [index] : []));
  refuseCells(table, column, { rows, expected: "a date such as 2026-01-31 or 2026-01" }, problems);
  return instants.map((at) => (at === undefined ? undefined : Math.floor(at / 86_400_000)));
}

/** Bytes of any size are one unit; shares and bare numbers are others. */
const useRule: CellRule = {
  expected: "a use > 0 such as 41%, 1.3TB or 1300",
  dimensions: ["share", "bytes", "none"],
  least: "above zero",
  gaps: "empty",
  answerIn: { share: "ratio", bytes: "B" },
};

const unitWords: Readonly<Record<string, string>> = { share: "percent", bytes: "bytes" };

function readUses(
  table: Table,
  column: number,
  days: readonly (number | undefined)[],
  problems: Problems,
): readonly HistoryPoint[] {
  const read = readColumn(table, column, useRule, problems);
  const unit = unitWords[measureOf(read?.unit ?? "").dimension] ?? "no unit";
  const points = (read?.values ?? []).flatMap((use, index) => {
    const day = days[index];
    return use === undefined || day === undefined ? [] : [{ day, use, unit }];
  });
  if (points.some(({ day }, index) => day <= (points[index - 1]?.day ?? -Infinity)))
    problems.add(
      `${table.shown}: ${table.columns[column]}: dates must rise, and none may come twice`,
    );
  return points;
}
