import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Gap, Observation } from "../../domain/observation.ts";
import { pageViewMark, type PageView } from "../../domain/page-view.ts";
import { assetName, observeBrowser, type ObserveBrowserOptions } from "./index.ts";
import { locateChromium } from "./locate-chromium.ts";
import { parsePageView } from "./parse-page-view.ts";

type OnLog = Parameters<ObserveBrowserOptions["start"]>[0];

async function browsers(clock = { now: 7 }) {
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const calls: string[] = [];
  const logs: OnLog[] = [];
  const ends: ((exit: { class: string; sentence: string; exitCode: number }) => void)[] = [];
  const end: (typeof ends)[number] = (exit) => ends.forEach((resolve) => resolve(exit));
  const running = await observeBrowser(
    {
      users: 2,
      directory: "browser",
      now: () => clock.now,
      start: async (onLog) => {
        logs.push(onLog);
        return {
          stop: () => {
            calls.push("stop");
            end({ class: "completed", sentence: "ended", exitCode: 0 });
          },
          kill: () => calls.push("kill"),
          finished: new Promise((resolve) => {
            ends.push(resolve);
          }),
        };
      },
    },
    {
      observation: (each) => observations.push(each),
      gap: (each) => gaps.push(each),
    },
  );
  const say = (message: string, level = "info"): void =>
    logs.forEach((log) => log({ level, message, at: 1 }));
  return {
    observations,
    gaps,
    calls,
    running,
    say,
    tell: (view: PageView) => say(pageViewMark + JSON.stringify(view)),
    complete: async () => {
      end({ class: "completed", sentence: "ended", exitCode: 0 });
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
    die: (sentence: string) => end({ class: "engine", sentence, exitCode: 107 }),
    named: (name: string) => observations.filter((each) => each.name === name),
  };
}

test("a view becomes one record for each thing that was measured, and none for what was not", async () => {
  const { tell, observations, named } = await browsers();
  tell({
    page: "token",
    at: 5,
    loadMs: 840,
    ttfbMs: 120,
    cls: 0,
    slowest: { url: "http://127.0.0.1:4010/assets/app-0a1b2c3d4e.css?v=2", ms: 800 },
  });
  expect(observations.map(({ name, value, unit, at }) => [name, value, unit, at])).toEqual([
    ["browser.users", 2, "count", 7],
    ["page.load", 840, "ms", 5],
    ["page.ttfb", 120, "ms", 5],
    ["page.cls", 0, "ratio", 5],
    ["page.asset", 800, "ms", 5],
  ]);
  expect(named("page.asset")[0]?.labels).toEqual({ page: "token", asset: "/assets/app.css" });
});

test("a failed view has its reason and no times", async () => {
  const { tell, observations } = await browsers();
  tell({ page: "token", at: 5, loadMs: 12, problem: "http_500" });
  expect(observations.slice(1)).toEqual([
    {
      source: "browser",
      name: "page.failed",
      labels: { page: "token", problem: "http_500" },
      at: 5,
      value: 1,
      unit: "count",
    },
  ]);
});

test("a page that never came to its load event failed, whatever else was measured", async () => {
  const { tell, observations } = await browsers();
  tell({ page: "token", at: 5, ttfbMs: 120, cls: 0 });
  expect(observations.slice(1)).toMatchObject([
    { name: "page.failed", value: 1, labels: { page: "token", problem: "no load event" } },
  ]);
});

test("a browser that gives out is a gap, reported once, and no failure of the platform", async () => {
  const { tell, observations, gaps } = await browsers();
  tell({ page: "token", at: 5, problem: "target closed", isBrowserFault: true });
  tell({ page: "token", at: 6, problem: "target closed", isBrowserFault: true });
  expect(observations).toHaveLength(1);
  expect(gaps.map(({ sentence }) => sentence)).toEqual(["the browser failed: target closed"]);
});

test("a k6 that ends by itself is a gap with what it said last", async () => {
  const { say, die, gaps } = await browsers();
  say("launching browser: exec: no such file\nstack", "error");
  die("could not run the script");
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(gaps).toEqual([
    {
      source: "browser",
      code: "browser-ended",
      at: 7,
      sentence:
        "the browsers' k6 could not run the script (exit code 107): launching browser: exec: no such file",
    },
  ]);
});

test("stop asks gently, and what comes of it is no gap", async () => {
  const { running, calls, gaps } = await browsers();
  await running.stop();
  expect([calls, gaps]).toEqual([["stop"], []]);
});

test("a user whose browser hangs at the end is a gap: its view in progress was no fast one", async () => {
  const clock = { now: 0 };
  const { tell, running, gaps } = await browsers(clock);
  tell({ page: "token", user: 1, at: 0, loadMs: 5 });
  clock.now = 12_400;
  tell({ page: "token", user: 2, at: 10_000, loadMs: 5 });
  clock.now = 17_000;
  await running.stop();
  expect(gaps).toEqual([
    {
      source: "browser",
      code: "browser-ended",
      at: 17_000,
      sentence:
        "the browser of user 1 completed no page view in the last 17 s: the view in progress is not measured",
    },
  ]);
});

test("a user whose browser hung between two views is a gap; a view that took long is none", async () => {
  const clock = { now: 2000 };
  const { tell, running, gaps } = await browsers(clock);
  for (const user of [1, 2]) tell({ page: "token", user, at: 0, loadMs: 5 });
  clock.now = 34_000;
  tell({ page: "token", user: 1, at: 33_000, loadMs: 5 });
  tell({ page: "token", user: 2, at: 4000, loadMs: 29_000 });
  await running.stop();
  expect(gaps.map(({ code, sentence }) => [code, sentence])).toEqual([
    ["browser-ended", "the browser of user 1 opened no page for 31 s"],
  ]);
});

test("browsers whose k6 ended by itself are not silent after it", async () => {
  const clock = { now: 0 };
  const { tell, running, complete, gaps } = await browsers(clock);
  for (const user of [1, 2]) tell({ page: "token", user, at: 0, loadMs: 5 });
  clock.now = 9000;
  await complete();
  clock.now = 60_000;
  await running.stop();
  expect(gaps).toEqual([]);
});

test.each([
  ["no JSON", "{"],
  ["no page", '{"at":1}'],
  [
    "a picture outside of its folder",
    '{"page":"a","at":1,"picture":{"kind":"failed","file":"../x.png"}}',
  ],
  ["a time below nothing", '{"page":"a","at":1,"loadMs":-1}'],
])("is no page view: %s", (_, json) => {
  expect(parsePageView(json)).toBeUndefined();
});

test.each([
  ["https://a.test/assets/entry-client-B7xk29Qa.js", "/assets/entry-client.js"],
  ["https://a.test/assets/logo.svg", "/assets/logo.svg"],
  ["https://a.test/chunk.0123456789ab.css?x#y", "/chunk.css"],
])("asset %s is %s", (url, name) => {
  expect(assetName(url)).toBe(name);
});

test("Chromium is found on PATH, or where it is named; else the reason says how to get it", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-chromium-"));
  expect(() => locateChromium({ PATH: folder })).toThrow(/apt-get install chromium/);
  const file = path.join(folder, "chromium");
  writeFileSync(file, "");
  expect(() => locateChromium({ PATH: folder })).toThrow(/no Chromium on PATH/);
  chmodSync(file, 0o755);
  expect(locateChromium({ PATH: folder })).toBe(file);
  expect(locateChromium({ PATH: "", K6_BROWSER_EXECUTABLE_PATH: file })).toBe(file);
  expect(() => locateChromium({ K6_BROWSER_EXECUTABLE_PATH: `${file}x` })).toThrow(
    /names .*x, which/,
  );
});
