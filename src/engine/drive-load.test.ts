import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { testRun } from "../../analysis/testdata/test-run.ts";
import type { RunEvent } from "../domain/observation.ts";
import { StopRequest } from "../domain/stop-request.ts";
import { perMinute } from "../domain/units.ts";
import type { WindowRecord } from "../domain/window.ts";
import { watchdogTimes } from "./watchdog.ts";
import { driveLoad, type LoadOptions, type LoadResult } from "./drive-load.ts";
import { RateWatch } from "./rate-watch.ts";

const fake = fileURLToPath(new URL("testdata/fake-k6.mjs", import.meta.url));
const header = "metric_name,timestamp,metric_value,group,scenario,extra_tags,metadata\n";
const writeRow = (amount: string, outcome: string): string =>
  `write,1700000000500,1,,hold_api-write,endpoint=token.mint&token=0xa&amount=${amount}&outcome=${outcome},\n`;
const row = (metric: string): string =>
  `${metric},1700000000500,12,,hold_api-read,surface=api&endpoint=e&kind=read&outcome=ok,\n`;

interface Driven {
  readonly result: LoadResult;
  readonly events: readonly RunEvent[];
  readonly windows: readonly WindowRecord[];
  /** What was kept of k6's rows. */
  readonly kept: string;
}

/** One load of a k6 that writes these rows and ends at once. */
async function drive(
  rows: readonly string[],
  changes: Partial<LoadOptions> = {},
  failsWhile?: "observing" | "closing",
  behaviour: object = {},
): Promise<Driven> {
  const directory = mkdtempSync(path.join(tmpdir(), "headroom-load-"));
  const events: RunEvent[] = [];
  const windows: WindowRecord[] = [];
  let kept = "";
  let failed: ((error: Error) => void) | undefined;
  const fail = (): void => failed?.(new Error("ENOSPC"));
  const result = await driveLoad({
    binary: { path: fake, version: "2.2.0", source: "path" },
    bundle: { file: "scenario.js" },
    plan: testRun().run.plan,
    directory,
    variables: { FAKE_K6: JSON.stringify({ rows, silent: true, ...behaviour }) },
    interrupted: new AbortController().signal,
    openWriter: (onFailure) => {
      failed = onFailure;
      return {
        samples: (some) => void (kept += some.toString()),
        window: (window) => windows.push(window),
        observation: () => undefined,
        event: (event) => events.push(event),
        close: async () => {
          if (failsWhile === "closing") fail();
          return undefined;
        },
      };
    },
    observe: () => ({ stop: () => undefined }),
    startObservers: async () => {
      if (failsWhile === "observing") fail();
      return { stop: async () => undefined };
    },
    abortRule: () => undefined,
    onLoadStart: () => undefined,
    onSecond: () => undefined,
    now: () => 0,
    ...changes,
  });
  return { result, events, windows, kept };
}

test("writes that tell themselves apart are read back after the load, and what became of them is kept", async () => {
  const asked: unknown[] = [];
  const { events } = await drive([header, writeRow("10001", "ok"), writeRow("10002", "http_502")], {
    readBack: async (...given) => {
      asked.push(given);
      return { checked: 2, lostAt: [1], doubled: 0, unchecked: 0 };
    },
  });
  const sent = { at: 1_700_000_000_500, endpoint: "token.mint", token: "0xa" };
  expect(asked).toEqual([
    [
      [
        { ...sent, amount: "10001", outcome: "ok" },
        { ...sent, amount: "10002", outcome: "http_502" },
      ],
      0,
    ],
  ]);
  expect(events).toEqual([
    { type: "load-end", at: 0 },
    { type: "writes-read-back", at: 0, checked: 2, lostAt: [1], doubled: 0, unchecked: 0 },
  ]);
});

test("k6 that ends by itself interrupts nothing", async () => {
  const { result, events } = await drive([header, row("response")]);
  expect(result).toEqual({ k6ExitCode: 0 });
  expect(events).toEqual([{ type: "load-end", at: 0 }]);
});

test.each([
  ["what a re-analysis reads", undefined, [header, row("response")]],
  ["all of them", true, [header, row("response"), row("http_req_waiting")]],
])("of k6's rows the run keeps %s", async (_, keepAllSamples, expected) => {
  const plan = { ...testRun().run.plan, keepAllSamples };
  const { kept } = await drive([header, row("response"), row("http_req_waiting")], { plan });
  expect(kept).toBe(expected.join(""));
});

test("a rule that only the last seconds break ends the run as any other", async () => {
  const alarm = { rule: { id: "api-p95" }, message: "p95 of the API was 900 ms" };
  const { result, events } = await drive([header, row("response")], { abortRule: () => alarm });
  expect(result.interruption).toEqual({ cause: "platform-rule", message: alarm.message });
  expect(events.map(({ type }) => type)).toEqual(["abort", "load-end"]);
});

test("a disk that is full when the last lines are written is no complete run", async () => {
  const { result } = await drive([header, row("response")], {}, "closing");
  expect(result).toMatchObject({ k6ExitCode: 0, interruption: { cause: "disk" } });
});

test("a disk that is full before the load begins: k6 is not started", async () => {
  const { result } = await drive(
    [],
    { binary: { path: "/nowhere/k6", version: "", source: "path" } },
    "observing",
  );
  expect(result).toMatchObject({ interruption: { cause: "disk" } });
  expect(result).not.toHaveProperty("k6ExitCode");
});

test("a run.json that cannot be written when the load begins is a full disk, not k6's fault", async () => {
  const { result } = await drive([header, "load_start,1700000000500,1700000000500,,,,\n"], {
    onLoadStart: () => {
      throw new Error("ENOSPC: no space left on device");
    },
  });
  expect(result.interruption).toMatchObject({
    cause: "disk",
    message: "a file of the run could not be written: ENOSPC: no space left on device",
  });
});

test("a stop file ends the load as Ctrl-C does, and is named", async () => {
  const stopper = new AbortController();
  stopper.abort(new StopRequest("the stop file /runs/a/stop appeared"));
  const { result } = await drive([header], { interrupted: stopper.signal });
  expect(result.interruption).toEqual({
    cause: "user",
    message: "the stop file /runs/a/stop appeared",
  });
});

const waiting = (changes: Partial<LoadOptions>): Promise<Driven> =>
  drive([header, row("response")], changes, undefined, { wait: true });

describe("Headroom hung while k6 ran", () => {
  let byRule: Driven;
  let byHand: Driven;
  beforeAll(async () => {
    const both = Promise.all([
      waiting({ abortRule: () => ({ rule: { id: "api-p95" }, message: "slow" }) }),
      waiting({ interrupted: AbortSignal.abort() }),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, watchdogTimes.silentMs + 2000);
    [byRule, byHand] = await both;
  });

  test("a broken rule afterwards makes it the engine's fault", () => {
    expect(byRule.result.interruption).toMatchObject({
      cause: "engine",
      message: expect.stringContaining("Headroom was suspended for 7 s") as string,
    });
  });

  test("Ctrl-C afterwards makes it the user's", () => {
    expect(byHand.result.interruption).toMatchObject({
      cause: "user",
      message: expect.stringContaining("stopped by hand") as string,
    });
  });
});

test("unreadable rows are reported", async () => {
  const { events } = await drive([header, row("response"), "response,soon,12,,hold_api-read,,\n"]);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: "engine",
      level: "warning",
      message: expect.stringContaining("a row of k6") as string,
    }),
  );
});

const requestRow = (index: number): string =>
  `http_req_duration,${1700000000500 + index},12,,hold_web,,\n`;

test("requests beyond the ceiling end the load, by a rule of its own that blames no target", async () => {
  const rateWatch = new RateWatch({
    requestsPerMinute: perMinute(60),
    assetsPerPage: 60,
    identities: 6,
  });
  const rows = Array.from({ length: 400 }, (_, index) => requestRow(index));
  const { result, events } = await drive([header, ...rows], { rateWatch });
  const message =
    "400 HTTP requests were sent in 10 s (2400/min, page assets included), above the ceiling of 60/min";
  expect(result.interruption).toMatchObject({ cause: "ceiling", message });
  expect(events).toContainEqual({ type: "abort", at: 0, rule: "rate-ceiling", message });
});

const cut = (count: number): string => `assets_cut,1700000000500,${count},,hold_web,,\n`;

test("assets that were not requested are counted with the run", async () => {
  const { result } = await drive([header, row("response"), cut(340), cut(3)]);
  expect(result.assetsCut).toEqual({ pages: 2, assets: 343 });
  expect((await drive([header, row("response")])).result).not.toHaveProperty("assetsCut");
});

test.each([
  ["headroom: the API has no tokens", { cause: "target", message: "the API has no tokens" }],
  ["headroom[ceiling]: too many assets", { cause: "ceiling", message: "too many assets" }],
])("a scenario that refuses to begin says whose fault it is: %s", async (message, interruption) => {
  const logs = [JSON.stringify({ level: "error", msg: message, time: "2026-11-30T00:00:00Z" })];
  const { result } = await drive([], {
    variables: { FAKE_K6: JSON.stringify({ rows: [], logs, silent: true, exitCode: 107 }) },
  });
  expect(result.interruption).toEqual(interruption);
});

const startOf = (runner: number): string =>
  `load_start,1700000000500,${1700000000500 + 10 * runner},,,,\n`;
const rowsOf = (runner: number) => [header, startOf(runner), row("response")];

describe("several runners", () => {
  const plan = { ...testRun().run.plan, runners: 2 };
  const driven = (runners: object, changes: Partial<LoadOptions> = {}): Promise<Driven> =>
    drive([], { plan, ...changes }, undefined, { runners });

  test("are one load with a record of each, and the start of the load is the first one's", async () => {
    const starts: number[] = [];
    const { result, windows, events } = await driven(
      { 1: { rows: rowsOf(1) }, 2: { rows: rowsOf(2) } },
      { onLoadStart: (at) => starts.push(at) },
    );
    expect(result).toEqual({
      k6ExitCode: 0,
      runners: [1, 2].map((runner) => ({
        runner: String(runner),
        loadStartedAt: 1700000000500 + 10 * runner,
        endedAt: 0,
        k6ExitCode: 0,
      })),
    });
    expect(starts).toHaveLength(1);
    expect(events.filter(({ type }) => type === "load-start")).toHaveLength(1);
    const counted = windows.filter(({ type }) => type === "flow").map((each) => each.generator);
    expect(counted.toSorted()).toEqual(["1", "2"]);
  });

  test("one dies: the other goes on, and the run is partial", async () => {
    let time = 1700000000510;
    const { result, windows } = await driven(
      {
        1: { rows: [...rowsOf(1)], kill: 300 },
        2: { rows: rowsOf(2), wait: false },
      },
      { now: () => (time += 4000) },
    );
    expect(result.interruption).toMatchObject({
      cause: "engine",
      message: expect.stringMatching(
        /^runner 1 of 2 was killed by SIGKILL \(signal SIGKILL\) after \d+(?:\.\d+)? s of .*; its load is missing from then on$/,
      ) as string,
    });
    expect(result.runners?.map(({ signal, k6ExitCode }) => signal ?? k6ExitCode)).toEqual([
      "SIGKILL",
      0,
    ]);
    expect(windows.filter(({ type }) => type === "window")).toHaveLength(4);
  });

  test("one that does not get as far as the load ends it for all", async () => {
    const { result } = await driven({ 1: { exitCode: 107 }, 2: {} });
    expect(result.interruption).toMatchObject({
      cause: "engine",
      message: "runner 1 of 2 met an exception in the scenario's start or setup() (exit code 107)",
    });
  });

  test("one that the scenario ends because of the target ends it for all", async () => {
    const message = "headroom: web was answered by 10.0.0.1";
    const logs = [JSON.stringify({ level: "error", msg: message, time: "2026-11-30T00:00:00Z" })];
    const { result } = await driven({ 1: { rows: rowsOf(1), wait: true }, 2: { logs, kill: 100 } });
    expect(result.interruption).toMatchObject({
      cause: "target",
      message: "web was answered by 10.0.0.1",
    });
  });
});
