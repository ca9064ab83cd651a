import type { Database } from "../database/database.ts";
import { setProbeSpeed } from "../database/probe.ts";
import { seededTables } from "../database/schema.sql.ts";
import type { SeedData } from "./generate.ts";

/** Writes the seed: one statement per table, its rows as one JSON value. @param slowdown of the database */
export async function insertSeed(
  database: Database,
  seed: SeedData,
  slowdown: number,
): Promise<void> {
  for (const table of seededTables) {
    const rows = seed[table];
    const columns = Object.keys(rows[0] ?? {})
      .map((name) => `"${name}"`)
      .join(", ");
    // oxlint-disable-next-line no-await-in-loop -- later tables refer to earlier ones
    await database.execute(
      `insert into "${table}" (${columns})
       select ${columns} from json_populate_recordset(null::"${table}", $1)`,
      [JSON.stringify(rows)],
    );
  }
  await setProbeSpeed(database, slowdown);
  await database.execute(
    "select setval('block_number', (select max(block_number) from events)::bigint)",
  );
  await database.execute("analyze");
}
