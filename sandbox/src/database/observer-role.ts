/**
 * How an observer comes into the embedded server without a password: its socket lies in a directory that only the
 * server's user (and root) can enter, and there, and nowhere else, a read-only role is trusted. So no secret is made that
 * could stand in a command line, a log, a report or a sample. Everybody else needs the password, also at the socket.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { schemaName } from "./schema.sql.ts";

const role = "headroom_observer";

/** To be called between initdb and the server's start: the first line that fits is the one that counts. */
export async function letObserverIn(dataFolder: string): Promise<void> {
  const file = join(dataFolder, "pg_hba.conf");
  await writeFile(file, `local all ${role} trust\n${await readFile(file, "utf8")}`);
}

/** @param folder of the socket */
export const observerUrlOf = (folder: string, port: number): string =>
  `postgres://${role}@/postgres?${new URLSearchParams({ host: folder, port: String(port) }).toString()}`;

/** The rights of `deploy/postgres/read-only-role.sql`, and the sandbox's probe. The schema must be there. */
export async function makeObserverRole(socketUrl: string): Promise<void> {
  const client = new Client(socketUrl);
  try {
    await client.connect();
    await client.query(`
      create role ${role} login connection limit 4;
      grant pg_monitor to ${role};
      grant usage on schema ${schemaName} to ${role};
      alter role ${role} set default_transaction_read_only = on;`);
  } finally {
    await client.end();
  }
}
