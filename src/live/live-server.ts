/**
 * Serves one live page and its server-sent events on loopback: read only, behind a random token, to any number of viewers for
 * the price of one. A viewer that does not read is dropped: nothing waits for it.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { codeOf, UsageError } from "../domain/errors.ts";

export interface LiveContent {
  readonly type: string;
  readonly body: string | Buffer;
}

export interface LiveServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** What is below the token: "", "report/ID/report.html". @returns `undefined` for what there is not */
  readonly content: (path: string) => LiveContent | undefined;
  /** Messages for a viewer that has just come, or has come back: how it stands now. */
  readonly greeting: () => readonly LiveMessage[];
  /** What a viewer was sent whole. */
  readonly onServed?: (path: string) => void;
}

export interface LiveMessage {
  readonly type: "update" | "end";
  readonly data: string;
}

export interface LiveServer {
  readonly url: string;
  readonly viewers: () => number;
  /** To all viewers, written out once. */
  readonly send: (message: LiveMessage) => void;
  readonly close: () => void;
}

/** What waits for one viewer at most, bytes: about ten pages of charts. */
const mostWaitingBytes = 1_000_000;
const mostViewers = 64;
/** A viewer that lost the connection comes back after so long, milliseconds. */
const retryMs = 1000;

const securityHeaders = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** @throws UsageError where the port is taken or not allowed */
export async function openLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const token = randomBytes(24).toString("hex");
  const viewers = new Set<ServerResponse>();
  let lastId = 0;

  const written = ({ type, data }: LiveMessage): Buffer =>
    Buffer.from(`id: ${++lastId}\nevent: ${type}\ndata: ${data.replaceAll("\n", "\ndata: ")}\n\n`);
  const write = (viewer: ServerResponse, text: Buffer): void => {
    viewer.write(text);
    if ((viewer.socket?.writableLength ?? 0) <= mostWaitingBytes) return;
    viewers.delete(viewer);
    viewer.destroy();
  };
  const watch = (response: ServerResponse): void => {
    if (viewers.size >= mostViewers) return refuse(response, 503);
    response.writeHead(200, { ...securityHeaders, "content-type": "text/event-stream" });
    response.once("close", () => viewers.delete(response));
    // It went while something was written to it.
    response.on("error", () => viewers.delete(response));
    viewers.add(response);
    write(response, Buffer.from(`retry: ${retryMs}\n\n`));
    for (const message of options.greeting()) write(response, written(message));
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (!isOfThisMachine(request.headers.host)) return refuse(response, 403);
    const [, given = "", path] = /^\/([^/?#]*)\/([^?#]*)/.exec(request.url ?? "") ?? [];
    if (path === undefined || !isSame(given, token)) return refuse(response, 404);
    if (request.method !== "GET") return refuse(response, 405, { allow: "GET" });
    if (path === "events") return watch(response);
    const content = options.content(path);
    if (content === undefined) return refuse(response, 404);
    response.once("finish", () => options.onServed?.(path));
    response.writeHead(200, { ...securityHeaders, "content-type": content.type });
    response.end(content.body);
  };
  const server = createServer(answer);
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  }).catch((cause: unknown) => {
    throw portError(options.port, cause);
  });
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    viewers: () => viewers.size,
    send(message) {
      const text = written(message);
      for (const viewer of viewers) write(viewer, text);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...securityHeaders, ...headers }).end();
}

/** A page of another site may have its name lead here (DNS rebinding): the name that was asked for tells. */
const isOfThisMachine = (host = ""): boolean =>
  /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host);

function isSame(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function portError(port: number, cause: unknown): UsageError {
  const code = codeOf(cause);
  const why =
    code === "EADDRINUSE"
      ? "it is in use"
      : code === "EACCES"
        ? "this user may not open it"
        : String(cause);
  return new UsageError(`--live: port ${port} of this machine cannot be served: ${why}`, {
    code: "live-port",
    hint: "Name another one (--live=8090), or none: --live takes one that is free. Nothing was started.",
    cause,
  });
}
