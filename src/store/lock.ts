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
import path from "node:path";
import { z } from "zod";
import { StoreError } from "../domain/errors.ts";
import {
  deadAfterMs,
  heartbeatMs,
  isAlive,
  ownIdentity,
  type ProcessIdentity,
} from "./process-identity.ts";

const lockFile = "nightly.lock";
const holderShape = z.object({
  token: z.string(),
  pid: z.int(),
  host: z.string(),
  bootId: z.string().optional(),
  startTicks: z.int().optional(),
});

export interface Lock {
  readonly release: () => void;
  /** Who held it and left it behind; for the log. */
  readonly takenOverFrom?: string;
}

interface Holder extends ProcessIdentity {
  readonly token: string;
}

/** @throws StoreError while somebody else holds it */
export function takeLock(root: string, now: number): Lock {
  mkdirSync(root, { recursive: true });
  const file = path.join(root, lockFile);
  const own: Holder = { token: randomBytes(8).toString("hex"), ...ownIdentity() };
  if (created(file, own)) return held(file, own);
  const holder = readHolder(file);
  const name =
    holder === undefined ? "an unreadable lock" : `process ${holder.pid} on ${holder.host}`;
  if (!isStale(file, holder, now) || !removed(file, holder) || !created(file, own))
    throw new StoreError(`another night is running here: ${name} holds ${file}`, {
      code: "locked",
      hint: `It ends on its own; a lock that nobody has touched for ${deadAfterMs / 60_000} minutes is taken over.`,
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
  }, heartbeatMs);
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
  if (touched === undefined || now - touched > deadAfterMs) return true;
  return holder !== undefined && !isAlive(holder, touched, now);
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
    return holderShape.safeParse(json).data;
  } catch {
    return undefined;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
