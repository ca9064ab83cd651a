/**
 * The `k6` of the runner image: k6-operator calls it as it calls k6, and it runs k6 as Headroom does. Its samples become
 * windows here, and are kept until they were collected; only windows leave the pod. Nothing of the run depends on the tags
 * that the operator adds: they replace those of a script.
 */
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { EngineError } from "../domain/errors.ts";
import type { Gap, Observation } from "../domain/observation.ts";
import type { Plan } from "../domain/plan.ts";
import { formatDuration } from "../domain/time-text.ts";
import { generatorFingerprint } from "../engine/fingerprint.ts";
import { parseK6Version } from "../engine/k6-version.ts";
import { outputsOf } from "../engine/push.ts";
import { runCommand } from "../engine/run-command.ts";
import { Runner } from "../engine/runner.ts";
import { observeGenerator, type ObservedProcess } from "../observe/generator.ts";
import { LiveView } from "../engine/live-view.ts";
import { SecondCounts } from "./second-counts.ts";
import {
  runFolder,
  runnerPort,
  type BeginRequest,
  type ReleaseRequest,
} from "./runner-protocol.ts";
import type { RunnerLine } from "./runner-line.ts";
import { startRunnerServer, type RunnerHandlers } from "./runner-server.ts";
import { linesFile, runnerFolder, serveOnVolume } from "./shared-volume.ts";
import { Spool } from "./spool.ts";

export interface PodOptions {
  /** What the operator calls k6 with. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly versions: { readonly headroom: string };
  /** SIGTERM: the pod is to end. */
  readonly terminated: AbortSignal;
}

/** Nobody collects for so long: the load is stopped, and what it measured is kept for a while. */
const unattendedMs = 60_000;
/** From the pod's start until it is begun. */
const beginLimitMs = 10 * 60_000;
/** How long the lines are kept for a collector that does not come. */
const collectLimitMs = 30 * 60_000;

/** @returns exit status */
export async function runInPod(options: PodOptions): Promise<number> {
  const { words, env, terminated } = options;
  const k6 = env["HEADROOM_K6"] ?? "/usr/local/libexec/k6";
  const number = instanceOf(words);
  const { plan, token, variables } = readRun(env);
  const address = env["HEADROOM_POD_IP"] ?? "0.0.0.0";
  const folder = env["TMPDIR"] ?? "/tmp";
  const { HEADROOM_VOLUME: volume } = env;
  const shared = volume === undefined ? undefined : runnerFolder(volume, number);
  const spool = new Spool(linesFile(shared ?? folder));
  const write = (line: RunnerLine): void => spool.write(line);
  const begun = promised<BeginRequest>();
  const released = promised<ReleaseRequest>();
  const stopping = new AbortController();
  const handlers: RunnerHandlers = {
    spool,
    now: Date.now,
    onBegin: begun.resolve,
    onRelease: released.resolve,
    onStop: () => stopping.abort(),
  };
  const server =
    shared === undefined
      ? await startRunnerServer({ ...handlers, host: address, port: runnerPort, token })
      : serveOnVolume(shared, handlers);
  try {
    const begin = await within(begun.promise, beginLimitMs, terminated);
    if (begin === undefined) return notBegun(terminated);
    const now = (): number => Date.now() + begin.clockOffsetMs;
    const barrier = await openBarrier(
      (learned) => write({ kind: "ready", learned }),
      released.promise,
    );
    const { runners = 1 } = plan;
    const isAlone = runners === 1;
    /** What is not a sample: the runner corrects those. */
    const corrected = <Item extends { readonly at: number }>(item: Item): Item => ({
      ...item,
      at: item.at + begin.clockOffsetMs,
    });
    const observation = (measured: Observation): void =>
      write({ kind: "observation", observation: corrected(measured) });
    const gap = (missing: Gap): void => write({ kind: "gap", gap: corrected(missing) });
    const labelsOf = (name: string): ObservedProcess["labels"] => (isAlone ? {} : { runner: name });
    const requests = new SecondCounts((at, count) => write({ kind: "requests", at, count }));
    const runner = new Runner({
      name: isAlone ? "0" : String(number),
      segment: isAlone ? undefined : { index: number - 1, of: runners, isAloneHere: true },
      startedAt: `${address.includes(":") ? `[${address}]` : address}:6565`,
      binary: { path: k6 },
      bundleFile: scriptOf(words),
      plan: isAlone ? plan : { ...plan, runner: { number, barrierUrl: barrier.url } },
      variables,
      outputs: outputsOf(variables),
      workingDirectory: folder,
      keepsAllRows: false,
      clockOffsetMs: begin.clockOffsetMs,
      live: new LiveView(),
      now,
      events: {
        samples: () => undefined,
        window: (record) => write({ kind: "window", record }),
        loadStart: (at) => write({ kind: "load-start", at }),
        failure: (failure) => write({ kind: "failure", failure }),
        write: (sample) => write({ kind: "write", write: sample }),
        traced: (traced) => write({ kind: "traced", requests: traced }),
        request: (sentAt) => requests.add(sentAt),
        unreadable: ({ message }) => write({ kind: "unreadable", message }),
        log: (entry) => write({ kind: "log", entry: corrected(entry) }),
        observation,
        gap,
      },
    });
    write({
      kind: "begin",
      fingerprint: generatorFingerprint(),
      versions: { ...options.versions, k6: await versionOf(k6) },
    });
    await runner.start();
    const stop = (): void => runner.stop();
    for (const signal of [stopping.signal, terminated]) {
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
    }
    const observer = observeGenerator({
      processes: () =>
        runner.pid === undefined ? [] : [{ pid: runner.pid, labels: labelsOf(runner.name) }],
      intervalMs: 1000,
      emit: observation,
      onGap: gap,
    });
    const limitMs = Number(env["HEADROOM_UNATTENDED_MS"] ?? unattendedMs);
    const attended = setInterval(() => {
      if (server.silentMs() <= limitMs) return;
      clearInterval(attended);
      const message = `nobody has asked this runner for ${formatDuration(limitMs)}: it ends its load`;
      write({ kind: "log", entry: { level: "error", message, at: now() } });
      runner.stop();
    }, 1000);
    const { exit, record } = await runner.ended().finally(() => {
      clearInterval(attended);
      observer.stop();
      barrier.close();
    });
    requests.end();
    const { malformed, assetsCut } = runner;
    write({ kind: "end", exit, record, malformed, assetsCut });
    spool.close();
    // It is removed with its run's objects, once all is collected.
    await wait(collectLimitMs, undefined, { signal: terminated }).catch(() => undefined);
    return exit.exitCode ?? 137;
  } finally {
    await server.stop();
    spool.remove();
  }
}

/** `--tag instance_id=3`: from 1. */
function instanceOf(words: readonly string[]): number {
  const [tag] = words.flatMap((word) => /^(?:--tag=)?instance_id=(\d+)$/.exec(word)?.[1] ?? []);
  const number = Number(tag);
  if (Number.isInteger(number) && number > 0) return number;
  throw new EngineError("k6 was called without --tag instance_id=N, by which a runner is told", {
    code: "no-instance",
    hint: "This k6 is for the runners of k6-operator.",
  });
}

const scriptOf = (words: readonly string[]): string =>
  words.find((word) => word.endsWith(".js")) ?? "/test/scenario.js";

async function versionOf(k6: string): Promise<string> {
  const output = await runCommand(k6, ["version"], { environment: process.env });
  return parseK6Version(output) ?? "unknown";
}

const variablesShape = z.record(z.string(), z.string());

function read(folder: string | undefined, file: string): string {
  try {
    return readFileSync(path.join(folder ?? "/headroom", file), "utf8");
  } catch (cause) {
    throw new EngineError(`${file} of the run cannot be read: ${String(cause)}`, {
      code: "no-run-folder",
      cause,
    });
  }
}

function readRun(env: PodOptions["env"]): {
  readonly plan: Plan;
  readonly token: string;
  readonly variables: Readonly<Record<string, string>>;
} {
  const { HEADROOM_RUN_FOLDER: run, HEADROOM_SECRETS_FOLDER: secrets } = env;
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by Headroom (run-objects.ts), for this run
    plan: JSON.parse(read(run, runFolder.plan)) as Plan,
    token: read(secrets, runFolder.token),
    variables: variablesShape.parse(JSON.parse(read(secrets, runFolder.variables))),
  };
}

/** @returns exit status of a pod that was never begun */
function notBegun(terminated: AbortSignal): number {
  if (!terminated.aborted)
    process.stderr.write(
      `headroom: nobody began this runner within ${beginLimitMs / 60_000} min; its run is over\n`,
    );
  return 103;
}

interface PodBarrier {
  readonly url: string;
  readonly close: () => void;
}

/** In place of the one that runners of one machine share: k6's `setup()` asks it, and is answered when the load begins. */
async function openBarrier(
  onReady: (learned: string) => void,
  released: Promise<ReleaseRequest>,
): Promise<PodBarrier> {
  const answer = async (learned: string, response: ServerResponse): Promise<void> => {
    onReady(learned);
    response.end((await released).learned);
  };
  const server = createServer((request, response) => {
    text(request)
      .then((learned) => answer(learned, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function promised<Value>(): {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
} {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** @returns `undefined` where it was not there in time, or the signal aborted */
async function within<Value>(
  promise: Promise<Value>,
  limitMs: number,
  signal: AbortSignal,
): Promise<Value | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      promise,
      wait(limitMs, undefined, { signal: AbortSignal.any([signal, timer.signal]) }).catch(
        () => undefined,
      ),
    ]);
  } finally {
    timer.abort();
  }
}
