/**
 * A load whose runners are pods, without a cluster: `k6` of the image as processes on addresses of loopback, asked over
 * HTTP or by files of a volume, as in a cluster. k6 is the fake one; tests/cluster has the real operator.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { testRun } from "../../analysis/testdata/test-run.ts";
import type { RunEvent } from "../domain/observation.ts";
import { perMinute } from "../domain/units.ts";
import type { WindowRecord } from "../domain/window.ts";
import { RateWatch } from "../engine/rate-watch.ts";
import { driveLoad, type LoadResult } from "../engine/drive-load.ts";
import { bundleProgram } from "../testdata/bundle.ts";
import { askDirectly } from "./ask-directly.ts";
import { RemoteRunner } from "./remote-runner.ts";
import { RunnerClient } from "./runner-client.ts";
import { objectName } from "./run-objects.ts";
import { runFolder } from "./runner-protocol.ts";
import { openOnVolume } from "./shared-volume.ts";

const fake = fileURLToPath(new URL("../engine/testdata/fake-k6.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../dist/test/", import.meta.url));
const inPod = path.join(built, `run-in-pod-${process.pid}.mjs`);
const token = "token-of-this-test";
const header = "metric_name,timestamp,metric_value,group,scenario,extra_tags,metadata\n";
const at = 1_700_000_000_500;
const rowsOf = (runner: number): string[] => [
  header,
  `load_start,${at},${at + 10 * runner},,,,\n`,
  `response,${at},12,,hold_api-read,surface=api&endpoint=e&kind=read&outcome=ok,\n`,
  `http_req_duration,${at},12,,hold_api-read,,\n`,
];

beforeAll(() =>
  bundleProgram(fileURLToPath(new URL("testdata/run-in-pod.ts", import.meta.url)), inPod),
);
afterAll(() => rmSync(inPod, { force: true }));

const pods: ChildProcess[] = [];
afterEach(() => {
  for (const pod of pods.splice(0)) pod.kill("SIGKILL");
});

const ways = ["addresses", "a shared volume"] as const;
const id = "20261130-200528-smoke-b8e4";

let subnets = 0;
/** Two pods that run the fake k6, and the load that they make. */
async function driven(
  way: (typeof ways)[number],
  runners: object,
  {
    clockAheadMs = 0,
    killFirstAfterMs,
    isDeaf = false,
    interrupted = new AbortController().signal,
  }: {
    clockAheadMs?: number;
    killFirstAfterMs?: number;
    /** Requests to the runners are not answered. */
    isDeaf?: boolean;
    interrupted?: AbortSignal;
  } = {},
) {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-pods-"));
  const plan = { ...testRun().run.plan, runners: 2 };
  const subnet = `127.${process.pid & 255}.${++subnets}`;
  writeFileSync(path.join(folder, runFolder.plan), JSON.stringify(plan));
  writeFileSync(path.join(folder, runFolder.token), token);
  const variables = { FAKE_K6: JSON.stringify({ silent: true, runners }) };
  writeFileSync(path.join(folder, runFolder.variables), JSON.stringify(variables));
  const volume =
    way === "addresses" ? undefined : openOnVolume({ claim: "shared", directory: folder }, id, 2);
  const started = [1, 2].map((number) => {
    const temporary = path.join(folder, String(number));
    mkdirSync(temporary);
    const pod = spawn(
      process.execPath,
      [inPod, "run", "--tag", `instance_id=${number}`, "/test/scenario.js"],
      {
        env: {
          PATH: process.env["PATH"],
          TMPDIR: temporary,
          HEADROOM_K6: fake,
          HEADROOM_RUN_FOLDER: folder,
          HEADROOM_SECRETS_FOLDER: folder,
          HEADROOM_POD_IP: `${subnet}.${number}`,
          ...(volume === undefined ? {} : { HEADROOM_VOLUME: path.join(folder, objectName(id)) }),
        },
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    pods.push(pod);
    return pod;
  });
  const events: RunEvent[] = [];
  const windows: WindowRecord[] = [];
  const clocks: number[] = [];
  const rateWatch = new RateWatch({
    requestsPerMinute: perMinute(60_000),
    assetsPerPage: 0,
    identities: 1,
  });
  const requests = vi.spyOn(rateWatch, "request");
  if (killFirstAfterMs !== undefined)
    setTimeout(() => started[0]?.kill("SIGKILL"), killFirstAfterMs);
  const result: LoadResult = await driveLoad({
    binary: { path: "", version: "", source: "path" },
    bundle: { file: "scenario.js" },
    plan,
    directory: folder,
    variables: {},
    interrupted,
    newRunner: (options) => {
      const number = options.plan.runner?.number ?? 0;
      const podEnd = async () =>
        started[number - 1]?.signalCode === "SIGKILL"
          ? { sentence: "was killed for its memory limit (OOMKilled)", exitCode: 137 }
          : undefined;
      return new RemoteRunner({
        ...options,
        barrierUrl: options.plan.runner?.barrierUrl,
        client: new RunnerClient({
          ask: isDeaf
            ? () => new Promise(() => undefined)
            : (volume?.ask(number) ?? askDirectly(`${subnet}.${number}`, token)),
          now: () => Date.now() + clockAheadMs,
          isOver: async () => (await podEnd()) !== undefined,
          pollMs: 50,
        }),
        podEnd,
        onBegin: () => undefined,
        onClock: ({ offsetMs }) => clocks.push(offsetMs),
      });
    },
    openWriter: () => ({
      samples: () => undefined,
      window: (window) => windows.push(window),
      observation: () => undefined,
      event: (event) => events.push(event),
      close: async () => undefined,
    }),
    observe: () => ({ stop: () => undefined }),
    startObservers: async () => ({ stop: async () => undefined }),
    abortRule: () => undefined,
    rateWatch,
    onLoadStart: () => undefined,
    onSecond: () => undefined,
    now: Date.now,
  });
  return {
    result,
    events,
    windows,
    clocks,
    requests: requests.mock.calls.map(([sentAt]) => sentAt),
  };
}

test.each(ways)(
  "asked by %s: are one load: what the first learned reaches all, and every window is collected",
  async (way) => {
    const { result, windows, requests } = await driven(way, {
      1: { rows: rowsOf(1) },
      2: { rows: rowsOf(2) },
    });
    expect(result.interruption).toBeUndefined();
    expect(result.runners?.map(({ runner, k6ExitCode }) => [runner, k6ExitCode])).toEqual([
      ["1", 0],
      ["2", 0],
    ]);
    const surfaces = windows.filter(
      (record) => record.type === "window" && record.endpoint === undefined,
    );
    const places = surfaces.map(({ generator, at: start }) => `${generator} ${start}`);
    expect(places.toSorted()).toEqual(["1 1700000000000", "2 1700000000000"]);
    expect(requests).toEqual([1_700_000_000_000, 1_700_000_000_000]);
  },
);

test.each(ways)(
  "asked by %s: a clock that is an hour behind is measured, and its instants are corrected",
  async (way) => {
    const logs = [JSON.stringify({ level: "warning", msg: "slow" })];
    const { windows, clocks, events } = await driven(
      way,
      { 1: { rows: rowsOf(1), logs }, 2: { rows: rowsOf(2) } },
      { clockAheadMs: 3_600_000 },
    );
    for (const offset of clocks) expect(Math.abs(offset - 3_600_000)).toBeLessThan(100);
    const starts = windows.map(({ at: start }) => start);
    const logged = events.find(({ type }) => type === "engine");
    expect(Math.abs((logged?.at ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(1_700_003_590_000);
  },
);

test.each(ways)(
  "asked by %s: a runner that is killed is named with the reason of its pod; the other one's windows are kept",
  async (way) => {
    const { result, windows } = await driven(
      way,
      { 1: { rows: rowsOf(1), wait: true }, 2: { rows: rowsOf(2) } },
      { killFirstAfterMs: 2500 },
    );
    expect(result.interruption).toMatchObject({
      cause: "engine",
      message: expect.stringMatching(
        /^runner 1 of 2 was killed for its memory limit \(OOMKilled\) \(exit code 137\) after .*; its load is missing from then on$/,
      ) as string,
    });
    expect(windows.some(({ generator }) => generator === "2")).toBe(true);
  },
);

test("Ctrl-C while a runner does not answer at the start wins at once", async () => {
  const stopped = new AbortController();
  const begun = performance.now();
  setTimeout(() => stopped.abort(), 300);
  const { result } = await driven("addresses", {}, { isDeaf: true, interrupted: stopped.signal });
  expect(result.interruption?.cause).toBe("user");
  expect(performance.now() - begun).toBeLessThan(3000);
});
