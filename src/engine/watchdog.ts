/**
 * Stops a load whose Headroom process hangs or is gone. A watchdog process gets a byte every half second; if the
 * bytes stop (Headroom was stopped with SIGSTOP, or its event loop is blocked) or their pipe closes (Headroom is gone,
 * for any reason), it stops k6's process group: SIGTERM, and SIGKILL a second later.
 */
import { spawn } from "node:child_process";

export interface WatchdogTimes {
  readonly beatMs: number;
  /** Without a byte for this long, counted while the watchdog itself runs, Headroom is considered hung. */
  readonly silentMs: number;
  /** From SIGTERM to SIGKILL: k6 cannot exit while its pipe has no reader. */
  readonly killAfterMs: number;
}

/** 7 s and 1 s: the load ends 8.5 s after the last byte, within the guaranteed 10 s. */
export const watchdogTimes: WatchdogTimes = { beatMs: 500, silentMs: 7000, killAfterMs: 1000 };

/**
 * `released`: k6 ended first. `hung`: it stopped k6, since this process did not run for `silentMs`. `lost`: the watchdog
 * itself could not be started, or was killed.
 */
export type WatchdogEnd = "released" | "hung" | "lost";

export interface Watchdog {
  /** k6 is gone: there is nothing to stop any more. */
  readonly release: () => void;
  readonly ended: Promise<WatchdogEnd>;
}

/** Written once k6 is gone; any other byte is a sign of life. */
const farewell = "q";
const hungStatus = 3;
/** A suspended watchdog does not delay the end. */
const releaseWithinMs = 3000;

/** @param pid leader of the process group that is stopped */
export function startWatchdog(pid: number, times: WatchdogTimes = watchdogTimes): Watchdog {
  const settings: Settings = { ...times, pid, farewell, hungStatus };
  const code = `(${watch.toString()})(${JSON.stringify(settings)})`;
  // A session of its own, so that Ctrl-Z does not stop it, and no environment: it needs none, and k6's has secrets.
  const child = spawn(process.execPath, ["-e", code], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
  });
  // If it has exited, `ended` reports it.
  child.stdin.on("error", () => undefined);
  const beating = setInterval(() => child.stdin.write("."), times.beatMs);
  let isReleased = false;
  const ended = new Promise<WatchdogEnd>((resolve) => {
    child.once("error", () => resolve("lost"));
    child.once("close", (status) =>
      resolve(status === hungStatus ? "hung" : isReleased ? "released" : "lost"),
    );
  }).finally(() => clearInterval(beating));
  return {
    release() {
      isReleased = true;
      child.stdin.end(farewell);
      setTimeout(() => child.kill("SIGKILL"), releaseWithinMs).unref();
    },
    ended,
  };
}

interface Settings extends WatchdogTimes {
  readonly pid: number;
  readonly farewell: string;
  readonly hungStatus: number;
}

/**
 * The other process. It is started from its text, so that it is the same from sources, a bundle or a test: it may use
 * nothing but its argument and Node's globals.
 */
function watch({
  pid,
  beatMs,
  silentMs,
  killAfterMs,
  farewell: last,
  hungStatus: hung,
}: Settings): void {
  let silence = 0;
  let tickedAt = performance.now();
  let status: number | undefined;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(process.platform === "win32" ? pid : -pid, name);
    } catch {
      // It has already exited.
    }
  };
  const stop = (why: number): void => {
    if (status !== undefined) return;
    status = why;
    signal("SIGTERM");
    // A stopped process handles SIGTERM only when it continues.
    setTimeout(() => {
      signal("SIGKILL");
      process.exit(why);
    }, killAfterMs);
  };
  process.stdin.on("data", (bytes: Buffer) => {
    silence = 0;
    if (bytes.includes(last)) process.exit(status ?? 0);
  });
  process.stdin.on("end", () => stop(0));
  process.stdin.on("error", () => stop(0));
  setInterval(() => {
    const now = performance.now();
    // A suspended machine stops all processes: only time in which this process ran counts.
    silence += Math.min(now - tickedAt, 2 * beatMs);
    tickedAt = now;
    if (silence >= silentMs) stop(hung);
  }, beatMs / 2);
}
