import type { Database } from "../database/database.ts";
import { setProbeSpeed } from "../database/probe.ts";
import { seededTables } from "../database/schema.sql.ts";
import type { SeedData } from "./generate.ts";

/**
 * Writes the seed: one statement, whose references are checked at its end, with the rows of each table as one JSON value.
 * The server is busy with it while this process goes on. @param slowdown of the database
 */
export async function insertSeed(
  database: Database,
  seed: SeedData,
  slowdown: number,
): Promise<void> {
  const inserts = seededTables.map((table, place) => {
    const columns = Object.keys(seed[table][0] ?? {})
      .map((name) => `"${name}"`)
      .join(", ");
    return `"of_${table}" as (insert into "${table}" (${columns})
      select ${columns} from json_populate_recordset(null::"${table}", $${place + 1}))`;
  });
  await database.execute(
    `with ${inserts.join(", ")} select`,
    seededTables.map((table) => JSON.stringify(seed[table])),
  );
  await setProbeSpeed(database, slowdown);
  await database.execute(
    "select setval('block_number', (select max(block_number) from events)::bigint); analyze",
  );
}
