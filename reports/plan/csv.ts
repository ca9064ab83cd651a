import type { PlanDocument } from "../../src/domain/capacity-plan.ts";
import { csvFile, type CsvCell } from "../kit/csv.ts";
import * as tables from "./tables.ts";
import { cellText, type Cell } from "../kit/block.ts";

/** One CSV file a table, its numbers unrounded and in inside units; tables without rows have none. */
export function planCsvFiles(document: PlanDocument): Readonly<Record<string, string>> {
  const all = [
    tables.datesTable(document),
    tables.demandTable(document, true),
    tables.backtestTable(document),
    tables.capacityTable(document),
    tables.lawTable(document),
    tables.levelsTable(document),
    tables.replicasTable(document),
    tables.todayTable(document),
    tables.podsTable(document, true),
    tables.nodesTable(document, true),
    tables.calendarTable(document, true),
    tables.costTable(document, true),
    tables.sensitivityTable(document),
    tables.sizesTable(document),
    tables.rightSizingTable(document),
    tables.spikesTable(document),
    tables.alertsTable(document),
    tables.previousTable(document),
    tables.sourcesTable(document),
    ...(document.whatIfs.length === 0 ? [] : [tables.whatIfTable(document)]),
  ];
  return Object.fromEntries(
    all
      .filter(({ rows }) => rows.length > 0)
      .map(({ id, columns, rows }) => [
        `${id}.csv`,
        csvFile(
          columns.map((column) => column.id),
          rows.map((row) => row.map(csvCell)),
        ),
      ]),
  );
}

function csvCell(cell: Cell): CsvCell {
  const value = typeof cell === "string" ? undefined : cell.value;
  if (value === undefined) return cellText(cell);
  return Number.isFinite(value) ? value : "Infinity";
}
