/** One night at a time: a file that names its holder and is touched while the holder lives. */
import { randomBytes } from "node:crypto";
import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { StoreError } from "../domain/errors.ts";

const lockFile = "nightly.lock";
const touchEveryMs = 30_000;
/** A holder that has not touched its lock for this long is gone: killed, or its machine is. */
const staleAfterMs = 10 * 60_000;

export interface Lock {
  readonly release: () => void;
  /** Who held it and left it behind; for the log. */
  readonly takenOverFrom?: string;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/** @throws StoreError while somebody else holds it */
export function takeLock(root: string, now: number): Lock {
  mkdirSync(root, { recursive: true });
  const file = path.join(root, lockFile);
  const own: Holder = { token: randomBytes(8).toString("hex"), pid: process.pid, host: hostname() };
  if (created(file, own)) return held(file, own);
  const holder = readHolder(file);
  const name =
    holder === undefined ? "an unreadable lock" : `process ${holder.pid} on ${holder.host}`;
  if (!isStale(file, holder, now) || !removed(file, holder) || !created(file, own))
    throw new StoreError(`another night is running here: ${name} holds ${file}`, {
      code: "locked",
      hint: `It ends on its own; a lock that nobody has touched for ${staleAfterMs / 60_000} minutes is taken over.`,
    });
  return { ...held(file, own), takenOverFrom: name };
}

function created(file: string, own: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw new StoreError(`${file} cannot be written: ${String(error)}`, {
      code: "cannot-write",
      cause: error,
    });
  }
}

function held(file: string, own: Holder): Lock {
  const timer = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Somebody removed it by hand; the night goes on.
    }
  }, touchEveryMs);
  timer.unref();
  return {
    release: () => {
      clearInterval(timer);
      if (readHolder(file)?.token === own.token) rmSync(file, { force: true });
    },
  };
}

function isStale(file: string, holder: Holder | undefined, now: number): boolean {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined || now - touched > staleAfterMs) return true;
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid);
}

/** Two may find the same stale lock: whoever moved a fresh one away puts it back. */
function removed(file: string, stale: Holder | undefined): boolean {
  const aside = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    return isCode(error, "ENOENT");
  }
  const isTheStaleOne = readHolder(aside)?.token === stale?.token;
  try {
    if (!isTheStaleOne) linkSync(aside, file);
  } catch {
    // A third one took it meanwhile: it is held either way.
  }
  rmSync(aside, { force: true });
  return isTheStaleOne;
}

function readHolder(file: string): Holder | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof json !== "object" || json === null) return undefined;
    if (!("token" in json) || !("pid" in json) || !("host" in json)) return undefined;
    const { token, pid, host } = json;
    return typeof token === "string" && typeof pid === "number" && typeof host === "string"
      ? { token, pid, host }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
