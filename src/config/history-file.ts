/** Usage by month for `headroom plan --history`: a column `date` and one a resource, each in one unit. */
import { ConfigError } from "../domain/errors.ts";
import { parseCsv } from "./csv.ts";
import { suggestion } from "./nearest.ts";
import { Problems } from "./problems.ts";
import { parseBytes } from "./what-if.ts";

export interface HistoryPoint {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** In the unit written: a number, a share, or bytes. */
  readonly use: number;
}

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
  const { header, rows } = parseCsv(text, name);
  const date = header.findIndex((cell) => /^(date|month|day)$/i.test(cell));
  if (date < 0) problems.add(`${name} has no column date`);
  const columns = header.flatMap((cell, index) => (index === date ? [] : [{ cell, index }]));
  for (const { cell } of columns)
    if (!resources.includes(cell))
      problems.add(`${name}: there is no resource "${cell}": ${suggestion(cell, resources)}`);
  if (date >= 0 && columns.length === 0)
    problems.add(`${name} has no column of use; resources are ${resources.join(", ")}`);
  const raise = (): void =>
    problems.raise(
      (message) =>
        new ConfigError(message, {
          code: "history-file",
          hint: "For example: date,compute,storage and below it 2026-01-01,41%,1.3TB.",
        }),
    );
  raise();

  const days = rows.map(({ line, cells }) => dayOf(cells[date] ?? "", `${name}:${line}`, problems));
  const histories: Record<string, readonly HistoryPoint[]> = {};
  for (const { cell, index } of columns) {
    const units = new Map<string, number>();
    const points = rows.flatMap((row, at) => {
      const written = row.cells[index] ?? "";
      const day = days[at];
      if (written === "" || day === undefined) return [];
      const read = parseUse(written);
      if (read === undefined || !(read.use > 0)) {
        problems.add(
          `${name}:${row.line}: ${cell} is "${written}", expected a use > 0 such as 41%, 1.3TB or 1300`,
        );
        return [];
      }
      if (!units.has(read.unit)) units.set(read.unit, row.line);
      return [{ day, use: read.use }];
    });
    if (units.size > 1)
      problems.add(
        `${name}: ${cell} mixes units: ${[...units].map(([unit, line]) => `${unit} in line ${line}`).join(", ")}; write one`,
      );
    for (const [at, point] of points.entries())
      if (at > 0 && point.day <= (points[at - 1]?.day ?? -Infinity)) {
        problems.add(`${name}: ${cell}: dates must rise, and none may come twice`);
        break;
      }
    histories[cell] = points;
  }
  raise();
  return histories;
}

function dayOf(text: string, where: string, problems: Problems): number | undefined {
  const match = /^\d{4}-\d{2}(-\d{2})?$/.exec(text);
  const at = match === null ? Number.NaN : Date.parse(match[1] === undefined ? `${text}-01` : text);
  if (!Number.isNaN(at)) return at / 86_400_000;
  problems.add(`${where}: "${text}" is not a date: write 2026-01-31 or 2026-01`);
  return undefined;
}

/** Bytes of any size are one unit; shares and bare numbers are others. */
function parseUse(text: string): { readonly use: number; readonly unit: string } | undefined {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share !== null) return { use: Number(share[1]) / 100, unit: "percent" };
  if (/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return { use: Number(text), unit: "no unit" };
  const bytes = parseBytes(text);
  return bytes.ok ? { use: bytes.value.value, unit: "bytes" } : undefined;
}
