/** Lists as the platform reads them from its index: page by page, one after the other, until all is there. */
import type { QueryResultRow } from "pg";
import { list } from "../data/entities.ts";
import type { Entity, ListOptions } from "../data/entities.ts";
import type { Database } from "../database/database.ts";

/** Rows of a page. */
export const pageSize = 500;

/** All rows that fit. Its cost grows with the data: each 500 rows more take one query more. */
export async function readAll<Row extends QueryResultRow>(
  database: Database,
  entity: Entity<Row>,
  options: Omit<ListOptions, "first" | "skip">,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- the next page is asked for once this one was full
    const page = await list(database, entity, { ...options, first: pageSize, skip: rows.length });
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
}
