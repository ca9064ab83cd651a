/** What the two HTTP servers of the sandbox share. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { messageOf, HeadroomError, UsageError } from "../../src/domain/errors.ts";

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

/** Answers with status 200 that say an error, as GraphQL's do. */
export const failedAnswers = new WeakSet<ServerResponse>();

export interface HttpListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on loopback. The handler is asked for only when requests come, so that it may know the port.
 * @param port absent: any free one    @throws UsageError where the port is taken
 */
export async function listen(
  port: number | undefined,
  handle: RequestHandler,
  log: (line: string) => void,
): Promise<HttpListener> {
  const server = createServer((request, response) => {
    Promise.resolve(handle(request, response)).catch((error: unknown) => {
      log(`${request.method} ${request.url}: ${describe(error)}`);
      if (response.headersSent) response.destroy();
      else respond(response, 500, "text/plain", "Internal Server Error");
    });
  });
  // Longer than any pause of a load generator: a connection closed while a request is on its way is an error there.
  server.keepAliveTimeout = 120_000;
  const bound = await bind(server, port ?? 0);
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function respond(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

export function respondJson(response: ServerResponse, status: number, body: unknown): void {
  respond(response, status, "application/json", JSON.stringify(body));
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new UsageError(`cannot listen on 127.0.0.1:${port}: ${cause.message}`, {
          code: "port-taken",
          hint: "Choose another port, or name none: a free one is found.",
          cause,
        }),
      );
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new HeadroomError("the server has no port", { code: "no-port" }));
      } else resolve(address.port);
    });
  });
}

const mostBytes = 100_000;

/**
 * The body of a request. Only JSON: a page in a browser on this machine cannot send that without asking.
 * @throws UsageError where it is something else, or too long
 */
export async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  if (!/^application\/(?:[a-z.-]+\+)?json\b/.test(incoming.headers["content-type"] ?? "")) {
    throw new UsageError("expected content-type: application/json", { code: "not-json" });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostBytes) throw new UsageError("the body is too long", { code: "too-long" });
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** The message of anything thrown. */
export function describe(error: unknown): string {
  return messageOf(error);
}
