/**
 * A standby of the embedded server: a base backup made through the server's own functions (its npm package has no
 * pg_basebackup), streaming replication over the primary's socket, and a real promotion.
 */
import { appendFile, chown, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import type { PostgresBinaries } from "./binaries.ts";
import { schemaName } from "./schema.sql.ts";
import { run } from "./data-directory.ts";

/** Settings of both servers, so that either may be the primary. */
export const replicationSettings = {
  wal_level: "replica",
  max_wal_senders: "4",
  wal_keep_size: "256MB",
  hot_standby: "on",
} as const;

export interface Failover {
  /** Epoch milliseconds. */
  readonly promotedAt: number;
  /** Write-ahead log that the primary had written when it was stopped and the standby did not have. */
  readonly lostWalBytes: number;
}

/** Streams from the primary until it is promoted, once. */
export interface Standby {
  /** Over its socket; read only until the promotion. */
  readonly socketUrl: string;
  /** The primary crashes, and this server takes its place so much later. */
  failOver(afterMs: number): Promise<Failover>;
  /** While it is paused, what the primary does is received and not applied. */
  setPaused(isPaused: boolean): Promise<void>;
  /** @param blocks of writes @returns how many of them it does not have */
  missing(blocks: readonly string[]): Promise<number>;
  /** What is received and not yet applied. */
  lagBytes(): Promise<number>;
}

export interface Primary {
  readonly folder: string;
  readonly port: number;
  readonly socketUrl: string;
}

/** Makes `data` in the standby's folder, which belongs to whoever runs the servers. */
export async function makeStandbyData(
  binaries: PostgresBinaries,
  folder: string,
  primary: Primary,
): Promise<void> {
  const data = join(folder, "data");
  const label = await backUp(primary.socketUrl, () =>
    run(
      binaries,
      folder,
      ["cp", "-a", join(primary.folder, "data"), data],
      ["ignore", "ignore", "pipe"],
    ),
  );
  // What the primary is busy with comes by streaming, from where the backup began.
  const segments = (await readdir(join(data, "pg_wal"))).filter((name) =>
    /^[0-9A-F]{24}/.test(name),
  );
  await Promise.all(
    [...segments.map((name) => join("pg_wal", name)), "postmaster.pid", "postmaster.opts"].map(
      (name) => rm(join(data, name), { force: true }),
    ),
  );
  const { password } = new URL(primary.socketUrl.replace("@/", "@socket/"));
  await appendFile(
    join(data, "postgresql.auto.conf"),
    `primary_conninfo = 'host=${primary.folder} port=${primary.port} user=sandbox password=${password}'\n`,
  );
  for (const [name, text] of [
    ["backup_label", label],
    ["standby.signal", ""],
  ] as const) {
    const file = join(data, name);
    await writeFile(file, text, { mode: 0o600 });
    if (binaries.runAs !== undefined) await chown(file, binaries.runAs.uid, binaries.runAs.gid);
  }
}

/** @returns the label that belongs to the copy */
async function backUp(socketUrl: string, copy: () => Promise<void>): Promise<string> {
  return withClient(socketUrl, async (client) => {
    await client.query("select pg_backup_start('standby', fast => true)");
    await copy();
    const { rows } = await client.query<{ labelfile: string }>(
      "select labelfile from pg_backup_stop(wait_for_archive => false)",
    );
    return rows[0]?.labelfile ?? "";
  });
}

/** @param stopPrimary ends it without a word, as a crash does */
export function standbyOf(
  socketUrl: string,
  primary: Primary,
  stopPrimary: () => Promise<void>,
): Standby {
  return {
    socketUrl,
    failOver: async (afterMs) => {
      const written = await textOf(primary.socketUrl, "pg_current_wal_insert_lsn()");
      await stopPrimary();
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      const lost = await textOf(
        socketUrl,
        `greatest(0, pg_wal_lsn_diff('${written}', pg_last_wal_receive_lsn()))`,
      );
      await textOf(socketUrl, "pg_promote(true, 60)");
      return { promotedAt: Date.now(), lostWalBytes: Number(lost) };
    },
    setPaused: async (isPaused) => {
      await textOf(socketUrl, isPaused ? "pg_wal_replay_pause()" : "pg_wal_replay_resume()");
    },
    missing: (blocks) =>
      withClient(socketUrl, async (client) => {
        const { rows } = await client.query<{ count: number }>(
          `select count(*)::int from unnest($1::bigint[]) as block
           where not exists (select from ${schemaName}.events where block_number = block)`,
          [blocks],
        );
        return rows[0]?.count ?? 0;
      }),
    lagBytes: async () =>
      Number(
        await textOf(
          socketUrl,
          "pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())",
        ),
      ),
  };
}

const textOf = (socketUrl: string, expression: string): Promise<string> =>
  withClient(socketUrl, async (client) => {
    const { rows } = await client.query<{ value: string }>(`select (${expression})::text as value`);
    return rows[0]?.value ?? "";
  });

async function withClient<Result>(
  socketUrl: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: socketUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
