/**
 * Which process writes a run, so that a dead one is recognised: in a container every process may be number 1, and a
 * number is given again after a restart.
 */
import { codeOf } from "../domain/errors.ts";
import { readFileSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessOrigin } from "../domain/run.ts";

export interface ProcessIdentity extends ProcessOrigin {
  readonly pid: number;
}

/** A process that has not touched its file for this long is taken for dead, milliseconds. */
export const deadAfterMs = 10 * 60_000;
const heartbeatMs = 30_000;

/** Shows that this process still works: its file is touched now and then. @returns what ends it */
export function keepTouched(file: string): () => void {
  const timer = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // What was removed by hand needs no sign; the next write reports it.
    }
  }, heartbeatMs);
  timer.unref();
  return () => clearInterval(timer);
}

export const ownOrigin = (): ProcessOrigin => ({
  host: hostname(),
  bootId: bootId(),
  startTicks: startTicks(process.pid),
});

export const ownIdentity = (): ProcessIdentity => ({ pid: process.pid, ...ownOrigin() });

/**
 * @param touchedAt last heartbeat of its file, epoch ms
 * @returns false where the process is known to be gone, or has given no sign for ten minutes
 */
export function isAlive(
  { pid, host, bootId: boot, startTicks: started }: ProcessIdentity,
  touchedAt: number,
  now: number,
): boolean {
  if (now - touchedAt > deadAfterMs) return false;
  if (host !== hostname()) return true;
  const ownBoot = bootId();
  if (boot !== undefined && ownBoot !== undefined && boot !== ownBoot) return false;
  if (!hasProcess(pid)) return false;
  const current = startTicks(pid);
  return started === undefined || current === undefined || current === started;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

const bootId = (): string | undefined => textOf("/proc/sys/kernel/random/boot_id");

/** Field 22 of `stat`; the name before it may hold spaces and brackets. */
function startTicks(pid: number): number | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  const field = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return field === undefined ? undefined : Number(field);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
