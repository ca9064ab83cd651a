/** Debian's PostgreSQL for tests: an installation like a user's, not the one from npm. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../../testdata/free-port.ts";

const programs = "/usr/lib/postgresql/15/bin";

/** Whether it is installed; said aloud where it is not, and an error in CI. */
export function hasDebianPostgres(): boolean {
  if (existsSync(`${programs}/initdb`)) return true;
  if (process.env["CI"]) throw new Error(`no PostgreSQL in ${programs}, and CI is set`);
  process.stderr.write(`SKIPPED: no PostgreSQL in ${programs}, its tests do not run\n`);
  return false;
}

export interface DebianPostgres {
  /** As its superuser. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const run = promisify(execFile);

export interface DebianOptions {
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
  /** Superuser's URL of a server that this one follows as a standby. */
  readonly follows?: string;
}

/** On a temporary directory and a free port, with passwords, as an unprivileged user. */
export async function startDebianPostgres({
  settings = [],
  follows,
}: DebianOptions = {}): Promise<DebianPostgres> {
  const owner = userInfo().uid === 0 ? await nobody() : {};
  const folder = await mkdtemp(join(tmpdir(), "headroom-debian-"));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, "superuser-only\n");
  if (owner.uid !== undefined && owner.gid !== undefined) {
    await chown(folder, owner.uid, owner.gid);
    await chown(passwordFile, owner.uid, owner.gid);
  }
  const options = { ...owner, cwd: folder };
  const auth = ["-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  await (follows === undefined
    ? run(`${programs}/initdb`, ["-D", data, ...auth, "--no-sync", "--locale=C"], options)
    : run(`${programs}/pg_basebackup`, ["-D", data, "-R", "-X", "stream", "-d", follows], options));
  const port = await freePort();
  const lines = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "fsync = off",
    ...settings,
  ];
  await appendFile(join(data, "postgresql.conf"), `\n${lines.join("\n")}\n`);
  const log = join(folder, "log");
  await run(`${programs}/pg_ctl`, ["-D", data, "-l", log, "-w", "start"], options);
  return {
    url: `postgres://postgres:superuser-only@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await run(`${programs}/pg_ctl`, ["-D", data, "-m", "immediate", "stop"], options);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function nobody(): Promise<{ uid?: number; gid?: number }> {
  const line = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .find((text) => text.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
