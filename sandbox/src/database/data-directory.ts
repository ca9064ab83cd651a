/**
 * The data directory of a new server. initdb takes a second of two cores, and makes the same at every start: the first one
 * is kept as an archive, which further starts unpack. Archive and data are for us alone, since a password is in them; the
 * server that starts on them gets a new one.
 */
import { spawn } from "node:child_process";
import type { StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chown, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { userInfo } from "node:os";
import type { PostgresBinaries } from "./binaries.ts";

/** Nothing of our environment: PGDATA, PGPORT and the like would steer the server. */
export const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * Makes `data` in the folder, which belongs to whoever runs the server.
 * @returns the password of the role `sandbox` @throws Error with initdb's complaint
 */
export async function makeData(binaries: PostgresBinaries, folder: string): Promise<string> {
  const passwordFile = join(folder, "password");
  if (!(await unpacked(binaries, folder))) {
    await initialise(binaries, folder, passwordFile);
    await keep(binaries, folder).catch(() => undefined);
  }
  const password = await readFile(passwordFile, "utf8");
  await rm(passwordFile);
  return password.trim();
}

/** What the archive has: the data, and the password. */
const parts = ["data", "password"];

/** Whether there is an archive, of ours and whole. */
async function unpacked(binaries: PostgresBinaries, folder: string): Promise<boolean> {
  const { O_RDONLY, O_NOFOLLOW } = constants;
  const archive = await open(binaries.template, O_RDONLY | O_NOFOLLOW).catch(() => undefined);
  if (archive === undefined) return false;
  try {
    const about = await archive.stat();
    if (!about.isFile() || about.uid !== userInfo().uid || (about.mode & 0o077) !== 0) return false;
    await run(binaries, folder, ["tar", "-xpf", "-"], [archive.fd, "ignore", "pipe"]);
    return true;
  } catch {
    await Promise.all(
      parts.map((part) => rm(join(folder, part), { recursive: true, force: true })),
    );
    return false;
  } finally {
    await archive.close();
  }
}

/** It is written aside and renamed, so that a half archive is never used. */
async function keep(binaries: PostgresBinaries, folder: string): Promise<void> {
  const draft = `${binaries.template}-${randomBytes(6).toString("hex")}`;
  const archive = await open(draft, "wx", 0o600);
  try {
    await run(binaries, folder, ["tar", "-cf", "-", ...parts], ["ignore", archive.fd, "pipe"]);
    await rename(draft, binaries.template);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await archive.close();
  }
}

async function initialise(
  binaries: PostgresBinaries,
  folder: string,
  passwordFile: string,
): Promise<void> {
  await writeFile(passwordFile, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  if (binaries.runAs !== undefined)
    await chown(passwordFile, binaries.runAs.uid, binaries.runAs.gid);
  const words = [
    binaries.initdb,
    `--pgdata=${join(folder, "data")}`,
    "--username=sandbox",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
  ];
  await run(binaries, folder, words, ["ignore", "ignore", "pipe"]);
}

/** Runs a program in the folder, as whoever runs the server. @throws Error with the last line of its complaint */
export async function run(
  { runAs }: PostgresBinaries,
  folder: string,
  [program = "", ...words]: readonly string[],
  stdio: StdioOptions,
): Promise<void> {
  const child = spawn(program, words, { ...runAs, cwd: folder, env: environment, stdio });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0)
    throw new Error(complaint.trim().split("\n").at(-1) || `${program} ended with status ${code}`);
}
