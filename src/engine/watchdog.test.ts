import { spawn, type ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import { startWatchdog, watchdogTimes } from "./watchdog.ts";

const quick = { beatMs: 50, silentMs: 600, killAfterMs: 200 };

interface Load {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly signal: Promise<NodeJS.Signals | null>;
}

/** In place of k6: its own process group that runs for a minute. */
async function startLoad(code = ""): Promise<Load> {
  const child = spawn(
    process.execPath,
    ["-e", `${code}; setTimeout(() => {}, 60_000); console.log("up")`],
    { detached: true, stdio: ["ignore", "pipe", "ignore"] },
  );
  const signal = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("close", (_status, name) => resolve(name)),
  );
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return { child, pid: child.pid ?? 0, signal };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** As a long calculation does. */
const blockLoop = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test("what is promised can be kept: hang to end within 10 s", () => {
  const { beatMs, silentMs, killAfterMs } = watchdogTimes;
  expect(beatMs + silentMs + killAfterMs).toBeLessThan(9000);
});

test("a process that works is left alone for as long as it likes", async () => {
  const { child, pid, signal } = await startLoad();
  const watchdog = startWatchdog(pid, quick);
  await sleep(3 * quick.silentMs);
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
  child.kill("SIGKILL");
  await signal;
  watchdog.release();
  expect(await watchdog.ended).toBe("released");
});

test("a blocked event loop ends the load, and that is known afterwards", async () => {
  const { pid, signal } = await startLoad();
  const watchdog = startWatchdog(pid, quick);
  await sleep(300);
  blockLoop(2000);
  expect(await signal).toBe("SIGTERM");
  watchdog.release();
  expect(await watchdog.ended).toBe("hung");
});

test("a load that does not listen to SIGTERM is killed", async () => {
  const { pid, signal } = await startLoad("process.on('SIGTERM', () => {})");
  const watchdog = startWatchdog(pid, quick);
  await sleep(300);
  blockLoop(2000);
  expect(await signal).toBe("SIGKILL");
  expect(await watchdog.ended).toBe("hung");
});

test("a load that is stopped itself is killed", async () => {
  const { child, pid, signal } = await startLoad();
  const watchdog = startWatchdog(pid, quick);
  child.kill("SIGSTOP");
  await sleep(300);
  blockLoop(2000);
  expect(await signal).toBe("SIGKILL");
  expect(await watchdog.ended).toBe("hung");
});
