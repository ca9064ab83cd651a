/**
 * Where the runners of one load wait for one another: the `setup()` of each sends a request to it, which is answered when
 * the requests of all are there, with what the first runner has learned. Virtual users are made before `setup()`, so that
 * all begin within milliseconds, and nobody signs in twice. Session cookies pass: it listens on this machine only, and
 * its addresses hold a token.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { EngineError } from "../domain/errors.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";

export interface StartBarrierOptions {
  /** How many. */
  readonly runners: number;
  /** How long after the first runner, which has the most to do before the load, the others may come. */
  readonly lateMs: number;
  /** @param missing numbers of the runners that are late, from 1 */
  readonly onLate: (missing: readonly number[]) => void;
}

export interface StartBarrier {
  readonly urlOf: (runner: number) => string;
  /** All of them were there: their loads have begun. */
  readonly isOpen: () => boolean;
  readonly close: () => void;
}

/** Cookies and ids of what a platform holds. */
const mostBytes = 16 * 1024 * 1024;

/** @throws EngineError where no port can be opened */
export async function openStartBarrier(options: StartBarrierOptions): Promise<StartBarrier> {
  const { runners, lateMs, onLate } = options;
  const token = randomBytes(24).toString("hex");
  knownSecrets.add("the runners' barrier", token);
  const waiting = new Map<number, ServerResponse>();
  let learned = "";
  let isOpen = false;
  let late: NodeJS.Timeout | undefined;

  const missing = (): number[] =>
    Array.from({ length: runners }, (_, index) => index + 1).filter(
      (runner) => !waiting.has(runner),
    );
  const arrive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, given, number] = /^\/(\w+)\/(\d+)$/.exec(request.url ?? "") ?? [];
    const runner = Number(number);
    const isExpected = given === token && runner >= 1 && runner <= runners && !waiting.has(runner);
    if (!isExpected || Number(request.headers["content-length"] ?? 0) > mostBytes)
      return void response.writeHead(isExpected ? 413 : 404).end();
    const body = await text(request);
    if (runner === 1) {
      learned = body;
      late = setTimeout(() => onLate(missing()), lateMs);
    }
    waiting.set(runner, response);
    if (waiting.size < runners) return;
    isOpen = true;
    clearTimeout(late);
    for (const each of waiting.values()) each.writeHead(200).end(learned);
  };
  const server = createServer((request, response) => {
    arrive(request, response).catch(() => response.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  }).catch((cause: unknown) => {
    throw new EngineError(`the runners cannot meet before the load: ${String(cause)}`, {
      code: "no-barrier",
      cause,
    });
  });
  return {
    urlOf: (runner) => `http://127.0.0.1:${port}/${token}/${runner}`,
    isOpen: () => isOpen,
    close() {
      clearTimeout(late);
      server.close();
      server.closeAllConnections();
    },
  };
}
