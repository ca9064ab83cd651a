/** One at a time: a file that names its holder and is touched while the holder lives. */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { StoreError } from "../domain/errors.ts";
import { makePrivateDirectory, writePrivateFile } from "../secrets/private-files.ts";
import {
  deadAfterMs,
  heartbeatMs,
  isAlive,
  ownIdentity,
  type ProcessIdentity,
} from "./process-identity.ts";

const holderShape = z.object({
  token: z.string(),
  pid: z.int(),
  host: z.string(),
  bootId: z.string().optional(),
  startTicks: z.int().optional(),
  run: z.string().optional(),
});

/** What is taken, and what is said to whoever comes second. */
export interface LockPurpose {
  /** Name of the file below the root of runs. */
  readonly file: string;
  /** Begins the message while another one holds it: `another night is running here`. */
  readonly busy: string;
  /** What to do then; absent: it ends by itself. */
  readonly hint?: string | undefined;
  /** Run id of the one who takes it, for the message to others. */
  readonly run?: string | undefined;
}

const nightlyRun: LockPurpose = { file: "nightly.lock", busy: "another night is running here" };

export interface Lock {
  readonly release: () => void;
  /** Who held it and left it behind; for the log. */
  readonly takenOverFrom?: string;
}

interface Holder extends ProcessIdentity {
  readonly token: string;
  readonly run?: string | undefined;
}

/** @throws StoreError while another process holds it, or another run of this one */
export function takeLock(
  root: string,
  now: number,
  { file: name, busy, hint, run }: LockPurpose = nightlyRun,
): Lock {
  makePrivateDirectory(root, false);
  const file = path.join(root, name);
  const own: Holder = { token: randomBytes(8).toString("hex"), ...ownIdentity(), run };
  if (created(file, own)) return held(file, own);
  const holder = readHolder(file);
  const holderName = nameOf(holder);
  if (!isStale(file, holder, now) || !removed(file, holder) || !created(file, own))
    throw new StoreError(`${busy}: ${holderName} holds ${file}`, {
      code: "locked",
      hint: `${hint ?? "It ends on its own."} The lock of a process that has ended, or that was not touched for ${deadAfterMs / 60_000} minutes, is taken over.`,
    });
  return { ...held(file, own), takenOverFrom: holderName };
}

function nameOf(holder: Holder | undefined): string {
  if (holder === undefined) return "an unreadable lock";
  const { pid, host, run } = holder;
  return `${run === undefined ? "" : `run ${run}, `}process ${pid} on ${host}`;
}

function created(file: string, own: Holder): boolean {
  try {
    writePrivateFile(file, JSON.stringify(own), "wx");
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
      // It was removed by hand; the holder goes on.
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
