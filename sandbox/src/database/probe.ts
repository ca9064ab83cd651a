/** The query for observers is as slow as any other: `probe()` of the schema. */
import { medianShare, serviceTimes, spread } from "../latency.ts";
import type { Database } from "./database.ts";

/** @param factor over the table of latencies */
export async function setProbeSpeed(database: Database, factor: number): Promise<void> {
  const medianMs = serviceTimes.database.p95Ms * medianShare * factor;
  await database.execute(
    `insert into service_times values ('database', $1, $2)
     on conflict (name) do update set median_ms = excluded.median_ms`,
    [medianMs, spread],
  );
}
