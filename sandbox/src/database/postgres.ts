/**
 * A PostgreSQL server for as long as the sandbox lives: real binaries from npm, a throw-away data directory, a
 * random password, a free port of loopback.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { TargetError } from "../../../src/domain/errors.ts";
import { describe } from "../http.ts";
import { findBinaries } from "./binaries.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { environment, makeData } from "./data-directory.ts";
import { makeStandbyData, replicationSettings, standbyOf } from "./standby.ts";
import type { Primary, Standby } from "./standby.ts";
import { letObserverIn, observerUrlOf } from "./observer-role.ts";

export interface PostgresServer {
  /** Over TCP: for anybody with a client. */
  readonly url: string;
  /** Over its socket, which costs both ends less. */
  readonly socketUrl: string;
  /** Over its socket, as the read-only role of an observer: there is no password in it, nor any to be had. */
  readonly observerUrl: string;
  /** Process id of the shell that looks after the server. */
  readonly supervisorPid: number;
  /** A second server that can take its place; absent: none was asked for. */
  readonly standby?: Standby;
  stop(): Promise<void>;
}

const folderPrefix = "headroom-sandbox-";

/** Speed over durability: the data is made anew at every start. */
const settings = {
  listen_addresses: "127.0.0.1",
  shared_preload_libraries: "pg_stat_statements",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  jit: "off",
  max_connections: "60",
  shared_buffers: "64MB",
  dynamic_shared_memory_type: "mmap",
  log_min_messages: "warning",
};

/**
 * Runs the server and holds a pipe from us. When the pipe ends, be it because the sandbox stopped, crashed or was
 * killed, the server is asked to quit and its directory goes. $1 directory, $2 program, the rest its arguments.
 */
const supervisor = `
folder=$1; shift
trap '' INT TERM HUP
exec 3<&0
"$@" </dev/null 3<&- & server=$!
( cat <&3; kill -QUIT $server ) >/dev/null 2>&1 & watcher=$!
exec 3<&-
wait $server; status=$?
rm -rf "$folder"
exit $status
`;

/** @throws TargetError whose hint names HEADROOM_SANDBOX_DATABASE_URL, where PostgreSQL cannot run here */
export async function startPostgres(
  log: (line: string) => void,
  { hasStandby = false }: { readonly hasStandby?: boolean | undefined } = {},
): Promise<PostgresServer> {
  try {
    const binaries = await findBinaries();
    await sweep(binaries.temporary);
    const primary = await start(binaries, log, { hasStandby, attempts: 3 });
    return hasStandby ? await withStandby(binaries, primary, log) : primary;
  } catch (cause) {
    throw new TargetError(`PostgreSQL cannot run here: ${describe(cause)}`, {
      code: "postgres-unavailable",
      hint: "Set HEADROOM_SANDBOX_DATABASE_URL to a PostgreSQL server that the sandbox may use (it keeps to a schema of its own).",
      cause,
    });
  }
}

/** @returns both servers as one */
async function withStandby(
  binaries: PostgresBinaries,
  primary: PostgresServer & Primary,
  log: (line: string) => void,
): Promise<PostgresServer> {
  try {
    const folder = await ownFolder(binaries);
    await makeStandbyData(binaries, folder, primary);
    const port = await freePort();
    const child = spawnServer(binaries, folder, port, true);
    await ready(child, log);
    const socketUrl = primary.socketUrl.replace(/[?].*$/, `?${socketOf(folder, port)}`);
    return {
      ...primary,
      standby: standbyOf(socketUrl, primary, () => primary.stop()),
      stop: async () => {
        await primary.stop();
        await stop(child);
      },
    };
  } catch (error) {
    await primary.stop();
    throw error;
  }
}

/** Of whoever runs the server. */
async function ownFolder({ temporary, runAs }: PostgresBinaries): Promise<string> {
  const folder = await mkdtemp(join(temporary, folderPrefix));
  if (runAs !== undefined) await chown(folder, runAs.uid, runAs.gid);
  return folder;
}

const socketOf = (folder: string, port: number): string =>
  new URLSearchParams({ host: folder, port: String(port) }).toString();

async function start(
  binaries: PostgresBinaries,
  log: (line: string) => void,
  { hasStandby, attempts }: { readonly hasStandby: boolean; readonly attempts: number },
): Promise<PostgresServer & Primary> {
  const folder = await ownFolder(binaries);
  try {
    const firstPassword = await makeData(binaries, folder);
    await letObserverIn(join(folder, "data"));
    const port = await freePort();
    const child = spawnServer(binaries, folder, port, hasStandby);
    await ready(child, log);
    const socket = `/postgres?${socketOf(folder, port)}`;
    const password = await renewPassword(`postgres://sandbox:${firstPassword}@${socket}`);
    return {
      folder,
      port,
      url: `postgres://sandbox:${password}@127.0.0.1:${port}/postgres`,
      socketUrl: `postgres://sandbox:${password}@${socket}`,
      observerUrl: observerUrlOf(folder, port),
      supervisorPid: child.pid ?? 0,
      stop: () => stop(child),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // The port was free a moment ago: somebody else was quicker.
    if (attempts > 1 && describe(error).includes("Address already in use")) {
      return start(binaries, log, { hasStandby, attempts: attempts - 1 });
    }
    throw error;
  }
}

/** The data may be those of another server, and its password with them. @returns the new one */
async function renewPassword(socketUrl: string): Promise<string> {
  const password = randomBytes(18).toString("base64url");
  // Whoever may read the statistics of statements must not read it there.
  const options = "-c pg_stat_statements.track_utility=off";
  const client = new Client({ connectionString: socketUrl, options });
  try {
    await client.connect();
    await client.query(`alter role sandbox password '${password}'`);
  } finally {
    await client.end();
  }
  return password;
}

function spawnServer(
  binaries: PostgresBinaries,
  folder: string,
  port: number,
  isReplicated: boolean,
): ChildProcess {
  const data = join(folder, "data");
  const flags = Object.entries({
    ...settings,
    ...(isReplicated ? replicationSettings : {}),
    port,
    unix_socket_directories: folder,
    unix_socket_permissions: "0700",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return spawn(
    "/bin/sh",
    ["-c", supervisor, "headroom-sandbox", folder, binaries.postgres, "-D", data, ...flags],
    {
      ...binaries.runAs,
      cwd: folder,
      env: environment,
      // Its own process group: Ctrl-C at a terminal is for us, and we stop the server in our own order.
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
    },
  );
}

async function ready(child: ChildProcess, log: (line: string) => void): Promise<void> {
  let last = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(last === "" ? `the server ended with status ${code}` : last)),
    );
    child.stderr?.on("data", (chunk: Buffer) => {
      const text = chunk.toString();
      if (/ready to accept (?:read-only )?connections/.test(text)) resolve();
      for (const line of text.split("\n")) {
        if (/(?:FATAL|PANIC|WARNING|could not bind)/.test(line)) {
          last = line;
          log(`postgres: ${line}`);
        }
      }
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await ended;
}

/**
 * Removes what an earlier sandbox left, had even its supervisor been killed. A server that still runs on such a
 * directory without a supervisor is stopped first.
 */
async function sweep(temporary: string): Promise<void> {
  const names = (await readdir(temporary)).filter((name) => name.startsWith(folderPrefix));
  await Promise.all(names.map((name) => sweepFolder(join(temporary, name)).catch(() => undefined)));
}

async function sweepFolder(folder: string): Promise<void> {
  const { uid } = userInfo();
  const about = await stat(folder);
  const tooYoung = Date.now() - about.mtimeMs < 60_000;
  if (tooYoung || (uid !== 0 && about.uid !== uid)) return;
  const [line] = (
    await readFile(join(folder, "data", "postmaster.pid"), "utf8").catch(() => "")
  ).split("\n");
  const pid = Number(line);
  if (pid > 0 && (await isServerOf(pid, folder))) {
    if (await hasSupervisor(pid)) return;
    process.kill(pid, "SIGQUIT");
  }
  await rm(folder, { recursive: true, force: true });
}

async function isServerOf(pid: number, folder: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes(folder);
}

/** The supervisor is the server's parent; an orphan has another one. */
async function hasSupervisor(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const parent = /^PPid:\s*(\d+)/m.exec(status)?.[1];
  const command = await readFile(`/proc/${parent}/cmdline`, "utf8").catch(() => "");
  return command.includes("headroom-sandbox");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
