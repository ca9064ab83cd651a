/**
 * What a runner serves while it runs and until it was collected: its lines, its clock, and four requests: begin, release,
 * stop, collected. Plain HTTP behind a token of the run, because the API server's proxy, which is the usual way in, takes no
 * certificate of ours and removes the Authorization header.
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

export interface RunnerServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly spool: Spool;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called once, whatever is asked again. */
  readonly onBegin: (request: BeginRequest) => void;
  readonly onRelease: (request: ReleaseRequest) => void;
  readonly onStop: () => void;
  readonly onCollected: () => void;
}

export interface RunnerServer {
  readonly port: number;
  /** Milliseconds since somebody last asked; since the start where nobody has. */
  silentMs(): number;
  stop(): Promise<void>;
}

/** What the first runner learned: cookies, and ids of what a platform holds. */
const mostBodyBytes = 16 * 1024 * 1024;

/** @throws Error where the port cannot be had */
export async function startRunnerServer(options: RunnerServerOptions): Promise<RunnerServer> {
  const { spool, now } = options;
  let askedAt = performance.now();
  let hasBegun = false;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://runner");
    if (!isSame(request.headers[headers.token], options.token)) return end(response, 403);
    askedAt = performance.now();
    switch (`${request.method} ${pathname}`) {
      case `GET ${paths.clock}`:
        return end(response, 200, String(now()));
      case `GET ${paths.lines}`: {
        const from = Number(searchParams.get("from"));
        if (!Number.isSafeInteger(from) || from < 0 || from > spool.bytes)
          return end(response, 416);
        // First: what is written after it was asked would be missed.
        const { isClosed } = spool;
        const lines = spool.read(from);
        response.setHeader(headers.ended, String(isClosed && from + lines.length === spool.bytes));
        return end(response, 200, lines);
      }
      case `POST ${paths.begin}`: {
        const begin = beginRequest.safeParse(parsedJson(await bodyOf(request)));
        if (!begin.success) return end(response, 400);
        if (!hasBegun) options.onBegin(begin.data);
        hasBegun = true;
        return end(response, 204);
      }
      case `POST ${paths.release}`: {
        const release = releaseRequest.safeParse(parsedJson(await bodyOf(request)));
        if (!release.success) return end(response, 400);
        options.onRelease(release.data);
        return end(response, 204);
      }
      case `POST ${paths.stop}`:
        options.onStop();
        return end(response, 204);
      case `POST ${paths.collected}`:
        options.onCollected();
        return end(response, 204);
      default:
        return end(response, 404);
    }
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
