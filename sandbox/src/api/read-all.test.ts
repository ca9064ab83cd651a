import { expect, test } from "vitest";
import { events } from "../data/entities.ts";
import type { Database } from "../database/database.ts";
import { pageSize, readAll } from "./read-all.ts";

/** Holds so many rows, and counts what it is asked. */
function databaseOf(count: number): { readonly database: Database; readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const read = (_sql: string, values: readonly unknown[]): Promise<unknown[]> => {
    const [first, skip] = values.slice(-2).map(Number);
    asked.push([first, skip]);
    const left = Math.max(0, count - (skip ?? 0));
    return Promise.resolve(Array.from({ length: Math.min(first ?? 0, left) }, () => ({})));
  };
  return { database: { read } as unknown as Database, asked };
}

test.each([
  ["nothing", 0, 1],
  ["what the seed makes", 60, 1],
  ["a full page, which may not be all", pageSize, 2],
  ["as many as make its cost grow", 1201, 3],
])("%s: %i rows take %i queries", async (_case, rows, queries) => {
  const { database, asked } = databaseOf(rows);
  const found = await readAll(database, events, { where: { emitter: "0x1" } });
  expect(found).toHaveLength(rows);
  expect(asked).toEqual(Array.from({ length: queries }, (_, page) => [pageSize, page * pageSize]));
});
