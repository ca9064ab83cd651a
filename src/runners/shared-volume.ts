/**
 * Runners asked by files of a volume that Headroom and they mount, where neither the API server's proxy nor their addresses
 * can be used. Of each runner there is a folder with three files: its lines, which are read as they are, the requests to it, and
 * its answers. Every access opens the file anew, and Headroom makes all three before the runners start: network file systems
 * promise to show what was written where a file is opened after it, and keep for a while that a name was not there.
 */
import { randomUUID } from "node:crypto";
import {
  accessSync,
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { SharedVolume } from "../domain/environment.ts";
import { ConfigError, EngineError, messageOf } from "../domain/errors.ts";
import type { AskRunner } from "./runner-client.ts";
import { objectName } from "./run-objects.ts";
import { answerLimitMs, headers, paths } from "./runner-protocol.ts";
import { responder, type RunnerHandlers, type RunnerServer } from "./runner-server.ts";
import { wholeLines } from "./spool.ts";

const files = {
  lines: "lines.ndjson",
  requests: "requests.ndjson",
  answers: "answers.ndjson",
} as const;

/** The other side may be another user of the same group. They hold cookies of signed-in identities. */
const [folderMode, fileMode] = [0o770, 0o660];
/** Between two looks at a file of requests before the load, when a clock is read and the start waits for it, and after it. */
const [startPollMs, loadPollMs] = [10, 250];
/** A runner writes every second: it measures itself. */
const silentAfterMs = 5000;

const requestLine = z.strictObject({
  id: z.string(),
  method: z.string(),
  path: z.string(),
  body: z.string(),
});
const answerLine = z.strictObject({ id: z.string(), status: z.int(), body: z.string() });

/** Folder of a runner, below where the volume is mounted. */
const folderOf = (directory: string, id: string, runner: number): string =>
  path.join(directory, objectName(id), String(runner));

export interface RunOnVolume {
  readonly ask: (runner: number) => AskRunner;
  readonly remove: () => Promise<void>;
}

/** A run whose folders are there. */
export function onVolume({ directory }: SharedVolume, id: string): RunOnVolume {
  return {
    ask: (runner) => askOnVolume(folderOf(directory, id, runner)),
    // Where a runner still has a file open, a network file system keeps it under another name for a while.
    remove: () =>
      rm(path.join(directory, objectName(id)), {
        recursive: true,
        force: true,
        maxRetries: 10,
        retryDelay: 200,
      }),
  };
}

/** Makes the folders of a run's runners. @throws ConfigError where the volume is not there, or cannot be written */
export function openOnVolume(volume: SharedVolume, id: string, runners: number): RunOnVolume {
  const { claim, directory } = volume;
  const folders = Array.from({ length: runners }, (_, index) => folderOf(directory, id, index + 1));
  const whole = path.join(directory, objectName(id));
  try {
    accessSync(directory, constants.W_OK);
    for (const folder of [whole, ...folders]) {
      mkdirSync(folder);
      chmodSync(folder, folderMode);
    }
    for (const folder of folders)
      for (const name of Object.values(files)) {
        const file = path.join(folder, name);
        writeFileSync(file, "");
        chmodSync(file, fileMode);
      }
  } catch (cause) {
    throw new ConfigError(
      `runners.reach.directory: the volume of claim ${claim} cannot be used at ${directory}: ${messageOf(cause)}`,
      {
        code: "no-shared-volume",
        hint: "Mount the same volume there, writable for Headroom: docs/runners.md#by-files-of-a-shared-volume.",
        cause,
      },
    );
  }
  return onVolume(volume, id);
}

/** Requests to the runner of a folder. */
function askOnVolume(folder: string): AskRunner {
  const place = (name: keyof typeof files): string => path.join(folder, files[name]);
  let grewAt: number | undefined;

  const lines = (from: number) => {
    const now = new Date();
    utimesSync(place("requests"), now, now);
    const read = readFrom(place("lines"), from);
    if (read === undefined) return { status: 416, header: () => undefined, body: Buffer.alloc(0) };
    grewAt = read.length > 0 ? performance.now() : (grewAt ?? performance.now());
    if (performance.now() - grewAt > silentAfterMs)
      throw new Error(`it has written nothing for ${silentAfterMs / 1000} s`);
    const ended = String(endsThere(read));
    return {
      status: 200,
      header: (name: string) => (name === headers.ended ? ended : undefined),
      body: read,
    };
  };

  return async (method, requested, body) => {
    const { pathname, searchParams } = new URL(requested, "http://runner");
    if (pathname === paths.lines) return lines(Number(searchParams.get("from")));
    const request: z.output<typeof requestLine> = {
      id: randomUUID(),
      method,
      path: requested,
      body: body === undefined ? "" : JSON.stringify(body),
    };
    const newAnswers = newLines(place("answers"), answerLine);
    newAnswers();
    appendFileSync(place("requests"), `${JSON.stringify(request)}\n`);
    const deadline = performance.now() + answerLimitMs;
    while (performance.now() < deadline) {
      const answer = newAnswers().find(({ id }) => id === request.id);
      if (answer !== undefined)
        return { status: answer.status, header: () => undefined, body: Buffer.from(answer.body) };
      await wait(startPollMs);
    }
    throw new Error(`it did not answer on the volume within ${answerLimitMs / 1000} s`);
  };
}

/** On the runner's side. @param directory of the run, on the volume @returns its folder @throws EngineError where there is none */
export function runnerFolder(directory: string, runner: number): string {
  const folder = path.join(directory, String(runner));
  try {
    for (const name of [files.lines, files.answers])
      accessSync(path.join(folder, name), constants.W_OK);
    return folder;
  } catch (cause) {
    throw new EngineError(
      `the volume does not have this run's files, or they cannot be written (${messageOf(cause)}): runners.reach names a claim and a directory of the same volume, and Headroom and the runners write as the same user or group`,
      { code: "no-shared-volume", cause },
    );
  }
}

export const linesFile = (folder: string): string => path.join(folder, files.lines);

/** In place of a server: answers the requests in its file. */
export function serveOnVolume(folder: string, handlers: RunnerHandlers): RunnerServer {
  const { spool } = handlers;
  const requestsFile = path.join(folder, files.requests);
  const requests = newLines(requestsFile, requestLine);
  let pollMs = startPollMs;
  const respond = responder({
    ...handlers,
    onRelease: (request) => {
      pollMs = loadPollMs;
      handlers.onRelease(request);
    },
  });
  let askedAt = performance.now();
  let touchedMs = 0;
  const poll = async (): Promise<void> => {
    const { mtimeMs } = statOf(requestsFile);
    if (mtimeMs !== touchedMs) askedAt = performance.now();
    touchedMs = mtimeMs;
    for (const { id, method, path: url, body } of requests()) {
      const answer = await respond(method, url, async () => body);
      const line = { id, status: answer.status, body: String(answer.body ?? "") };
      appendFileSync(path.join(folder, files.answers), `${JSON.stringify(line)}\n`);
    }
    spool.flush();
  };
  const stopped = new AbortController();
  const polling = (async () => {
    while (!stopped.signal.aborted) {
      // A share that is away for a moment is asked again.
      await poll().catch(() => undefined);
      await wait(pollMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    port: 0,
    silentMs: () => performance.now() - askedAt,
    stop: () => {
      stopped.abort();
      return polling;
    },
  };
}

function opened<Value>(file: string, use: (descriptor: number) => Value): Value {
  const descriptor = openSync(file, "r");
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const statOf = (file: string) => opened(file, (descriptor) => fstatSync(descriptor));

/** @returns whole lines from there on; `undefined` where the file is shorter than that: it is another one */
const readFrom = (file: string, from: number): Buffer | undefined =>
  opened(file, (descriptor) => {
    const { size } = fstatSync(descriptor);
    return from > size ? undefined : wholeLines(descriptor, from, size);
  });

/** @returns what reads the lines that have come since it was last called */
function newLines<Line>(file: string, shape: z.ZodType<Line>): () => readonly Line[] {
  let from = 0;
  return () => {
    const read = readFrom(file, from) ?? Buffer.alloc(0);
    from += read.length;
    return read
      .toString()
      .split("\n")
      .flatMap((line) => (line === "" ? [] : [shape.parse(JSON.parse(line))]));
  };
}

/** The last line of a runner is its end. */
const endsThere = (lines: Buffer): boolean =>
  lines
    .subarray(lines.lastIndexOf(0x0a, -2) + 1)
    .toString()
    .startsWith('{"kind":"end"');
