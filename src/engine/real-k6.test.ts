import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { WindowRecord } from "../domain/window.ts";
import type { K6LogEntry } from "./k6-log.ts";
import { startK6 } from "./run-k6.ts";
import { LiveView } from "./live-view.ts";
import { SampleReader } from "./sample-reader.ts";
import { realK6, smallScenario, startServer, writeScenario } from "./testdata/real-k6.ts";
import { WindowBuilder } from "./window-builder.ts";

const k6Path = await realK6();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(k6Path === undefined)("real k6", () => {
  const path = k6Path ?? "";
  let server: Awaited<ReturnType<typeof startServer>>;
  let scenario: Awaited<ReturnType<typeof writeScenario>>;
  beforeAll(async () => {
    server = await startServer();
    scenario = await writeScenario(smallScenario);
  });
  afterAll(async () => {
    server.close();
    await scenario.remove();
  });

  test("its samples come live, and add up to what the server counted", async () => {
    const records: WindowRecord[] = [];
    const logs: K6LogEntry[] = [];
    let loadStart = 0;
    const view = new LiveView();
    const builder = new WindowBuilder({
      live: view,
      generator: "0",
      emit: (record) => records.push(record),
      onLoadStart: (at) => (loadStart = at),
    });
    const reader = new SampleReader(builder);
    const k6 = await startK6({
      binary: { path },
      bundleFile: scenario.file,
      plan: { url: server.url, rate: 50, duration: "3s" },
      variables: { IDENTITY_PASSWORD: "planted-secret" },
      workingDirectory: scenario.directory,
      onRows: (chunk) => reader.push(chunk),
      onLog: (entry) => logs.push(entry),
    });
    const before = server.count();
    await vi.waitFor(
      () => expect(view.snapshot().surfaces.api?.requestsPerSecond).toBeGreaterThan(30),
      { timeout: 5000 },
    );
    const live = view.snapshot();
    // Its argv is public: neither the password nor the plan stands there.
    const argv = argumentsOf(k6.pid);
    expect(argv).toContain(scenario.file);
    expect(argv).not.toMatch(/planted-secret|HEADROOM_PLAN/);

    const exit = await k6.finished;
    reader.end();
    builder.close();
    expect(exit).toMatchObject({ exitCode: 0, class: "completed" });
    expect(logs.map(({ message }) => message).join()).toMatch(/password is \[secret \w+\]/);

    const served = server.count() - before;
    expect(served).toBeGreaterThan(100);
    expect(reader.malformed).toBe(0);
    expect(Math.abs(loadStart - Date.now())).toBeLessThan(20_000);
    expect(live.phase).toBe("hold");

    const sum = (select: (record: WindowRecord) => number): number =>
      records.reduce((total, record) => total + select(record), 0);
    const counted = sum((record) =>
      record.type === "window" && record.endpoint === undefined ? record.histogram.count : 0,
    );
    expect(counted).toBe(served);
    expect(sum((record) => (record.type === "flow" ? record.requests : 0))).toBe(served);
    const iterations = sum((record) =>
      record.type === "flow" && record.flow === "read" ? record.completed : 0,
    );
    expect(iterations).toBe(served - 1);
  });

  test("stop() ends it within two seconds, as stopped", async () => {
    const k6 = await startK6({
      binary: { path },
      bundleFile: scenario.file,
      plan: { url: server.url, rate: 20, duration: "30s" },
      variables: {},
      workingDirectory: scenario.directory,
      onRows: () => undefined,
      onLog: () => undefined,
    });
    const before = server.count();
    await vi.waitFor(() => expect(server.count() - before).toBeGreaterThan(5), { timeout: 10_000 });
    const start = Date.now();
    k6.stop();
    expect(await k6.finished).toMatchObject({ exitCode: 105, class: "stopped" });
    expect(Date.now() - start).toBeLessThan(2000);
  });

  test("a scenario that throws at its start is a script error, with k6's words", async () => {
    const broken = await writeScenario(`throw new Error("no such plan");`);
    const logs: K6LogEntry[] = [];
    const k6 = await startK6({
      binary: { path },
      bundleFile: broken.file,
      plan: {},
      variables: {},
      workingDirectory: broken.directory,
      onRows: () => undefined,
      onLog: (entry) => logs.push(entry),
    });
    expect(await k6.finished).toMatchObject({ class: "script-error" });
    expect(logs.some(({ message }) => message.includes("no such plan"))).toBe(true);
    await broken.remove();
  });

  test.each([
    ["kill -9 of its parent ends the load within two seconds", "SIGKILL", 2000],
    ["a parent that is stopped ends the load within ten seconds", "SIGSTOP", 10_000],
  ] as const)("%s", { timeout: 60_000 }, async (_promise, signal, withinMs) => {
    const parentFile = join(scenario.directory, "parent.mjs");
    buildSync({
      entryPoints: [fileURLToPath(new URL("testdata/orphan-parent.ts", import.meta.url))],
      outfile: parentFile,
      bundle: true,
      platform: "node",
      format: "esm",
    });
    const plan = JSON.stringify({ url: server.url, rate: 50, duration: "30s" });
    const parent = spawn(process.execPath, [
      parentFile,
      path,
      scenario.file,
      scenario.directory,
      plan,
    ]);
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once("data", (text) => resolve(Number(text))),
    );
    const before = server.count();
    await vi.waitFor(() => expect(server.count() - before).toBeGreaterThan(20), {
      timeout: 10_000,
    });

    parent.kill(signal);
    const killedAt = Date.now();
    while (isAlive(pid) && Date.now() - killedAt < withinMs + 3000) await sleep(20);
    const tookMs = Date.now() - killedAt;
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
    parent.kill("SIGKILL");
    expect(tookMs).toBeLessThan(withinMs);
    const after = server.count();
    await sleep(300);
    expect(server.count()).toBe(after);
  });
});

/** A zombie counts as gone: its parent has not reaped it yet. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** As every process of the machine may read them. */
function argumentsOf(pid: number): string {
  return process.platform === "linux"
    ? readFileSync(`/proc/${pid}/cmdline`, "utf8")
    : execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
}
