/**
 * One at a time: a file that names its holder and is touched while the holder lives. For a whole command, and for every
 * update of a file that is read, changed and written again.
 */
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { codeOf, StoreError } from "../domain/errors.ts";
import { makePrivateDirectory, writePrivateFile } from "../secrets/private-files.ts";
import { deadAfterMs, isAlive, ownIdentity, keepTouched } from "./process-identity.ts";

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
  /** Begins the message while another one holds it: `another nightly run is active here`. */
  readonly busy: string;
  /** What to do then; absent: it ends by itself. */
  readonly hint?: string | undefined;
  /** Run id of the one who takes it, for the message to others. */
  readonly run?: string | undefined;
}

const nightlyRun: LockPurpose = {
  file: "nightly.lock",
  busy: "another nightly run is active here",
};

export interface Lock {
  readonly release: () => void;
  /** Who held it and left it behind; for the log. */
  readonly takenOverFrom?: string | undefined;
}

type Holder = z.output<typeof holderShape>;

/** @throws StoreError while another process holds it, or another run of this one */
export function takeLock(
  root: string,
  now: number,
  { file: name, busy, hint, run }: LockPurpose = nightlyRun,
): Lock {
  makePrivateDirectory(root, false);
  const file = path.join(root, name);
  const attempt = tryLock(file, now, run);
  if (attempt.lock !== undefined) return attempt.lock;
  throw new StoreError(`${busy}: ${attempt.holder} holds ${file}`, {
    code: "locked",
    hint: `${hint ?? "It ends on its own."} The lock of a process that has ended, or that was not touched for ${deadAfterMs / 60_000} minutes, is taken over.`,
  });
}

/** An update takes milliseconds; a second one waits its turn. */
const updateWaitMs = 20_000;

/**
 * Reads, changes and writes a file while no other process does: no update is lost. Waits for its turn without giving
 * way to anything else in this process, so `work` has to be short.
 * @param file that is updated, in a directory that is there; its lock is beside it
 * @throws StoreError where another process holds the lock for 20 s
 */
export function whileLocked<Result>(file: string, work: () => Result): Result {
  const lock = waitForLock(`${file}.lock`);
  try {
    return work();
  } finally {
    lock.release();
  }
}

function waitForLock(file: string): Lock {
  const until = Date.now() + updateWaitMs;
  for (;;) {
    const attempt = tryLock(file, Date.now());
    if (attempt.lock !== undefined) return attempt.lock;
    if (Date.now() > until)
      throw new StoreError(`${attempt.holder} holds ${file} for ${updateWaitMs / 1000} s`, {
        code: "locked",
        hint: `Try again when that process has ended; where it is on another machine and gone, remove the file, or wait ${deadAfterMs / 60_000} minutes.`,
      });
    pause(randomInt(1, 8));
  }
}

const pause = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

type Attempt =
  | { readonly lock: Lock; readonly holder?: undefined }
  | { readonly lock?: undefined; readonly holder: string };

function tryLock(file: string, now: number, run?: string): Attempt {
  const own: Holder = { token: randomBytes(8).toString("hex"), ...ownIdentity(), run };
  if (created(file, own)) return { lock: held(file, own) };
  const holder = readHolder(file);
  const name = nameOf(holder);
  const isGone = !existsSync(file);
  if (!isGone && (!isStale(file, holder, now) || !removed(file, now))) return { holder: name };
  if (!created(file, own)) return { holder: name };
  return { lock: { ...held(file, own), takenOverFrom: isGone ? undefined : name } };
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
    if (codeOf(error) === "EEXIST") return false;
    throw new StoreError(`${file} cannot be written: ${String(error)}`, {
      code: "cannot-write",
      cause: error,
    });
  }
}

function held(file: string, own: Holder): Lock {
  const endHeartbeat = keepTouched(file);
  return {
    release: () => {
      endHeartbeat();
      if (readHolder(file)?.token === own.token) rmSync(file, { force: true });
    },
  };
}

function isStale(file: string, holder: Holder | undefined, now: number): boolean {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return false;
  if (now - touched > deadAfterMs) return true;
  return holder !== undefined && !isAlive(holder, touched, now);
}

/**
 * Removes a lock that is still stale while no other process may remove one: of two that found it stale, the second finds
 * the fresh lock of the first, or none, and removes nothing.
 */
function removed(file: string, now: number): boolean {
  const guard = `${file}.removal`;
  try {
    writePrivateFile(guard, "", "wx");
  } catch {
    const since = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - since > deadAfterMs) rmSync(guard, { force: true });
    return false;
  }
  const canGo = isStale(file, readHolder(file), now);
  if (canGo) rmSync(file, { force: true });
  rmSync(guard, { force: true });
  return canGo;
}

function readHolder(file: string): Holder | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    return holderShape.safeParse(json).data;
  } catch {
    return undefined;
  }
}
