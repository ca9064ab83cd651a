import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { reports } from "../../reports/testdata/fixtures.ts";
import type { LoadProgress } from "../domain/load-progress.ts";
import type { LoadWriter } from "../engine/drive-load.ts";
import type { RunContext } from "../pipeline.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { LiveSession } from "./live-session.ts";

const { plan } = reports.pass.run;

const progress = (achievedPerMinute: number): LoadProgress => ({
  phase: "hold",
  leftMs: 60_000,
  offeredPerMinute: 6000,
  achievedPerMinute,
  surfaces: [],
  errors: 0,
  dropped: 0,
});

/** A session with one load, and what it passed on. */
async function session() {
  const stages: string[] = [];
  const written: unknown[] = [];
  const stopper = new AbortController();
  const live = await LiveSession.open({
    port: 0,
    command: "headroom run smoke --live",
    headroom: "1.0.0",
    interrupted: stopper.signal,
    now: Date.now,
  });
  const context: RunContext = {
    packageRoot: "",
    headroomVersion: "1.0.0",
    runsRoot: "",
    cacheDirectory: "",
    env: {},
    now: Date.now,
    interrupted: stopper.signal,
    onStage: (line) => stages.push(line),
    onProgress: (each) => written.push(each),
  };
  const writer: LoadWriter = {
    samples: (rows) => void written.push(rows),
    window: (record) => void written.push(record),
    observation: (line) => void written.push(line),
    event: (event) => void written.push(event),
    close: () => Promise.reject(new Error("the disk is full")),
  };
  const followed = live.following(context);
  const { follow } = followed;
  if (follow === undefined) throw new Error("nothing is followed");
  return { live, followed, stages, written, stopper, writer: follow(plan, writer) };
}

/** Reads events until one has what is looked for. */
async function eventWith(url: string, words: string): Promise<string> {
  const response = await fetch(`${url}events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const part = await reader?.read();
    text += part?.value ?? "";
    if (text.includes(words)) {
      await reader?.cancel();
      return text;
    }
    if (part?.done !== false) throw new Error(`"${words}" did not come: ${text.slice(0, 2000)}`);
  }
}

/** A run with its report, on disk. */
function storedRun() {
  const directory = path.join(mkdtempSync(path.join(tmpdir(), "headroom-live-")), "run-1");
  return { directory, report: { ...reports.pass, run: { ...reports.pass.run, id: "run-1" } } };
}

test("everything is passed on as it was, failures of the writer too", async () => {
  const { live, followed, stages, written, writer } = await session();
  followed.onStage("starting the sandbox");
  followed.onProgress(progress(5990));
  const event = { type: "load-start", at: Date.now() } as const;
  const rows = Buffer.from("row");
  writer.event(event);
  writer.samples(rows, "0");
  expect(stages).toEqual(["starting the sandbox"]);
  expect(written).toEqual([progress(5990), event, rows]);
  await expect(writer.close()).rejects.toThrow("the disk is full");
  await live.end();
});

test("a viewer gets what there is at once, then what changes; no secret", async () => {
  const { live, followed, writer } = await session();
  knownSecrets.add("HEADROOM_PASSWORD", "correct-horse-battery");
  followed.onStage("signing in with correct-horse-battery");
  writer.event({ type: "load-start", at: Date.now() });
  followed.onProgress(progress(4321));
  const first = await eventWith(live.url, "4,321 requests/min");
  expect(first).toContain("event: update");
  expect(first).not.toContain("correct-horse-battery");
  const later = eventWith(live.url, "5,432 requests/min");
  await wait(50);
  followed.onProgress(progress(5432));
  expect(await later).toMatch(/id: \d+\nevent: update/);
  const page = await (await fetch(live.url)).text();
  expect(page).toContain("signing in with [secret HEADROOM_PASSWORD]");
  await live.end();
  knownSecrets.forget();
});

test("what a newcomer is greeted with reaches the others, too", async () => {
  const { live, writer } = await session();
  const first = eventWith(live.url, "The load began.");
  await wait(1200);
  writer.event({ type: "load-start", at: Date.now() });
  expect(await eventWith(live.url, "The load began.")).toContain("event: update");
  expect(await first).toContain("event: update");
  await live.end();
});

test("at the end viewers are sent to the report, which is served until they have it", async () => {
  const { live } = await session();
  const run = storedRun();
  mkdirSync(run.directory);
  writeFileSync(path.join(run.directory, "report.html"), "the report");
  writeFileSync(path.join(run.directory, "run.json"), "the record");
  live.judged(run);
  const told = eventWith(live.url, "event: end");
  await wait(100);
  const began = Date.now();
  const ended = live.end();
  expect(await told).toContain(`"report":"report/run-1/report.html"`);
  expect((await fetch(`${live.url}report/run-1/run.json`)).status).toBe(404);
  expect(await (await fetch(`${live.url}report/run-1/report.html`)).text()).toBe("the report");
  await ended;
  expect(Date.now() - began).toBeLessThan(5000);
  await expect(fetch(live.url)).rejects.toThrow("fetch failed");
});

test("nobody is waited for where nobody looks on, and a stop ends the wait", async () => {
  const first = await session();
  const began = Date.now();
  await first.live.end();
  expect(Date.now() - began).toBeLessThan(400);

  const second = await session();
  const run = storedRun();
  second.live.judged(run);
  const told = eventWith(second.live.url, "event: end");
  await wait(100);
  const ended = second.live.end();
  await told;
  second.stopper.abort();
  await ended;
  expect(Date.now() - began).toBeLessThan(5000);
});

test("a command that fails before there is a report says so to whoever looks on", async () => {
  const { live } = await session();
  const told = eventWith(live.url, "event: end");
  await wait(100);
  await live.end();
  expect(await told).toContain("The command has ended without a report");
});
