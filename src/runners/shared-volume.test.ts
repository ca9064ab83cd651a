import { appendFileSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { RunnerClient, RunnerLost, type AskRunner } from "./runner-client.ts";
import { objectName } from "./run-objects.ts";
import type { RunnerServer } from "./runner-server.ts";
import { linesFile, openOnVolume, runnerFolder, serveOnVolume } from "./shared-volume.ts";
import { Spool } from "./spool.ts";

const id = "20261130-200528-smoke-b8e4";
const servers: RunnerServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const clientOf = (ask: AskRunner): RunnerClient =>
  new RunnerClient({ ask, now: Date.now, lostAfterMs: 300, pollMs: 10 });

function served(clockAheadMs = 0) {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-volume-"));
  const run = openOnVolume({ claim: "shared", directory }, id, 1);
  const folder = runnerFolder(path.join(directory, objectName(id)), 1);
  const spool = new Spool(linesFile(folder));
  const heard = vi.fn<(path: string, request?: object) => void>();
  const server = serveOnVolume(folder, {
    spool,
    now: () => Date.now() + clockAheadMs,
    onBegin: (request) => heard("begin", request),
    onRelease: (request) => heard("release", request),
    onStop: () => heard("stop"),
  });
  servers.push(server);
  return { directory, folder, run, spool, heard, server, client: clientOf(run.ask(1)) };
}

test("all lines arrive once and in order, the last of them ends it", async () => {
  const { spool, client } = served();
  const expected = Array.from({ length: 5000 }, (_, number) => ({ number, text: "é".repeat(200) }));
  const end = { kind: "end", text: "x".repeat(3 * 1024 * 1024) };
  const lines: unknown[] = [];
  for (const line of expected.slice(0, 3000)) spool.write(line);
  const all = client.lines((line) => lines.push(line));
  for (const line of expected.slice(3000)) {
    if (line.number % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
    spool.write(line);
  }
  spool.write(end);
  await all;
  expect(lines).toEqual([...expected, end]);
});

test("requests reach it in order, those of a second collector too; its clock is read within milliseconds", async () => {
  const { client, run, heard } = served(3_600_000);
  const { offsetMs, uncertaintyMs } = await client.clock();
  expect(Math.abs(offsetMs + 3_600_000)).toBeLessThan(uncertaintyMs + 1);
  await client.begin(offsetMs);
  await clientOf(run.ask(1)).begin(1);
  await client.release("cookies");
  await client.stop();
  expect(heard.mock.calls).toEqual([
    ["begin", { clockOffsetMs: offsetMs }],
    ["release", { learned: "cookies" }],
    ["stop"],
  ]);
});

test("a request that is only half written is read when it is whole", async () => {
  const { folder, heard } = served();
  const request = JSON.stringify({ id: "1", method: "POST", path: "/stop", body: "" });
  const file = path.join(folder, "requests.ndjson");
  appendFileSync(file, request.slice(0, 20));
  await new Promise((resolve) => setTimeout(resolve, 50));
  appendFileSync(file, `${request.slice(20)}\n`);
  await vi.waitFor(() => expect(heard.mock.calls).toEqual([["stop"]]));
});

test("a collector that reads lines is noticed; one that is gone is not", async () => {
  const { server, run } = served();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(server.silentMs()).toBeGreaterThan(100);
  await run.ask(1)("GET", "/lines?from=0");
  await vi.waitFor(() => expect(server.silentMs()).toBeLessThan(100));
});

test("lines that became fewer are those of another runner", async () => {
  const { run, spool, client, folder } = served();
  spool.write({ kind: "log" });
  expect((await run.ask(1)("GET", "/lines?from=1000")).status).toBe(416);
  const lines = client.lines(() => writeFileSync(linesFile(folder), ""));
  await expect(lines).rejects.toThrow(RunnerLost);
});

test("only Headroom's user and group read them, and they go with the run", async () => {
  const { directory, folder, run } = served();
  const modes = [folder, linesFile(folder)].map((file) => statSync(file).mode & 0o777);
  expect(modes).toEqual([0o770, 0o660]);
  await run.remove();
  expect(readdirSync(directory)).toEqual([]);
});

test("a volume that is not there is one sentence on both sides", () => {
  const directory = path.join(tmpdir(), "headroom-no-such-volume");
  expect(() => openOnVolume({ claim: "shared", directory }, id, 1)).toThrow(
    /^runners\.reach\.directory: the volume of claim shared cannot be used at .*headroom-no-such-volume: ENOENT: no such file or directory/,
  );
  expect(() => runnerFolder(directory, 1)).toThrow(
    /^the volume does not have this run's files, or they cannot be written \(ENOENT.*runners\.reach names a claim and a directory of the same volume/,
  );
});
