/**
 * What a runner serves while it runs, and until its pod is removed: its lines, its clock, and three requests: begin, release,
 * stop. Over plain HTTP behind a token of the run, because the API server's proxy, which is the usual way in, takes no certificate
 * of ours and removes the Authorization header; or over files (shared-volume.ts).
 */
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { parsedJson } from "../domain/json.ts";
import type { Spool } from "./spool.ts";
import {
  beginRequest,
  headers,
  paths,
  releaseRequest,
  type BeginRequest,
  type ReleaseRequest,
} from "./runner-protocol.ts";

export interface RunnerHandlers {
  readonly spool: Spool;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called once, whatever is asked again. */
  readonly onBegin: (request: BeginRequest) => void;
  readonly onRelease: (request: ReleaseRequest) => void;
  readonly onStop: () => void;
}

export interface RunnerServerOptions extends RunnerHandlers {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

export interface RunnerResponse {
  readonly status: number;
  readonly body?: string | Buffer;
  /** Its lines are the last. */
  readonly isEnd?: boolean;
}

/** @param url its path, and parameters @param body of a POST */
export type Respond = (
  method: string,
  url: string,
  body: () => Promise<string>,
) => Promise<RunnerResponse>;

export interface RunnerServer {
  readonly port: number;
  /** Milliseconds since somebody last asked; since the start where nobody has. */
  silentMs(): number;
  stop(): Promise<void>;
}

/** What the first runner learned: cookies, and ids of what a platform holds. */
const mostBodyBytes = 16 * 1024 * 1024;

export function responder(handlers: RunnerHandlers): Respond {
  const { spool, now } = handlers;
  let hasBegun = false;
  return async (method, url, body) => {
    const { pathname, searchParams } = new URL(url, "http://runner");
    switch (`${method} ${pathname}`) {
      case `GET ${paths.clock}`:
        return { status: 200, body: String(now()) };
      case `GET ${paths.lines}`: {
        const from = Number(searchParams.get("from"));
        if (!Number.isSafeInteger(from) || from < 0 || from > spool.bytes) return { status: 416 };
        // First: what is written after it was asked would be missed.
        const { isClosed } = spool;
        const lines = spool.read(from);
        return { status: 200, body: lines, isEnd: isClosed && from + lines.length === spool.bytes };
      }
      case `POST ${paths.begin}`: {
        const begin = beginRequest.safeParse(parsedJson(await body()));
        if (!begin.success) return { status: 400 };
        if (!hasBegun) handlers.onBegin(begin.data);
        hasBegun = true;
        return { status: 204 };
      }
      case `POST ${paths.release}`: {
        const release = releaseRequest.safeParse(parsedJson(await body()));
        if (!release.success) return { status: 400 };
        handlers.onRelease(release.data);
        return { status: 204 };
      }
      case `POST ${paths.stop}`:
        handlers.onStop();
        return { status: 204 };
      default:
        return { status: 404 };
    }
  };
}

/** @throws Error where the port cannot be had */
export async function startRunnerServer(options: RunnerServerOptions): Promise<RunnerServer> {
  const respond = responder(options);
  let askedAt = performance.now();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isSame(request.headers[headers.token], options.token)) return end(response, 403);
    askedAt = performance.now();
    const { method = "", url = "/" } = request;
    const { status, body, isEnd = false } = await respond(method, url, () => bodyOf(request));
    response.setHeader(headers.ended, String(isEnd));
    end(response, status, body);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    silentMs: () => performance.now() - askedAt,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function end(response: ServerResponse, status: number, body: string | Buffer = ""): void {
  response.writeHead(status, { "content-length": Buffer.byteLength(body) });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > mostBodyBytes) throw new Error("the request is too long");
  }
  return text;
}

function isSame(given: string | string[] | undefined, token: string): boolean {
  const [left, right] = [Buffer.from(String(given)), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}
