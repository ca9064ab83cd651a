import { mkdtempSync } from "node:fs";
import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { listening } from "../testdata/free-port.ts";
import { RunnerClient, RunnerLost, type AskRunner, type RunnerAnswer } from "./runner-client.ts";
import { headers } from "./runner-protocol.ts";
import { startRunnerServer, type RunnerServer } from "./runner-server.ts";
import { Spool } from "./spool.ts";

const token = "a-token-of-this-test";
const begun: unknown[] = [];
let server: RunnerServer | undefined;
let proxy: Server | undefined;
let spool = newSpool();

function newSpool(): Spool {
  return new Spool(path.join(mkdtempSync(path.join(tmpdir(), "headroom-spool-")), "lines.ndjson"));
}

async function started(clockAheadMs = 0): Promise<RunnerServer> {
  server = await startRunnerServer({
    host: "127.0.0.1",
    port: 0,
    token,
    spool,
    now: () => Date.now() + clockAheadMs,
    onBegin: (request) => begun.push(request),
    onRelease: () => undefined,
    onStop: () => undefined,
  });
  return server;
}

afterEach(async () => {
  await server?.stop();
  proxy?.close();
  proxy?.closeAllConnections();
  begun.length = 0;
  spool = newSpool();
});

async function answerOf(response: IncomingMessage): Promise<RunnerAnswer> {
  const { statusCode: status = 0, headers: sent } = response;
  return { status, header: (name) => sent[name]?.toString(), body: await buffer(response) };
}

const asking =
  (port: number, given = token): AskRunner =>
  async (method, url, body) => {
    const own = { [headers.token]: given };
    const request = httpRequest({ host: "127.0.0.1", port, path: url, method, headers: own });
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return answerOf(response);
  };

const clientOf = (ask: AskRunner): RunnerClient =>
  new RunnerClient({ ask, now: Date.now, lostAfterMs: 300, pollMs: 10 });

async function collected(client: RunnerClient): Promise<unknown[]> {
  const lines: unknown[] = [];
  await client.lines((line) => lines.push(line));
  return lines;
}

test("all lines arrive once and in order, those written after the collector came among them", async () => {
  const { port } = await started();
  const expected = Array.from({ length: 5000 }, (_, number) => ({ number, text: "é".repeat(200) }));
  for (const line of expected.slice(0, 3000)) spool.write(line);
  const all = collected(clientOf(asking(port)));
  for (const line of expected.slice(3000)) {
    if (line.number % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
    spool.write(line);
  }
  spool.close();
  expect(await all).toEqual(expected);
});

test("a line longer than one answer comes whole", async () => {
  const { port } = await started();
  const long = { text: "x".repeat(3 * 1024 * 1024) };
  for (const line of [{ first: 1 }, long, { last: 1 }]) spool.write(line);
  spool.close();
  expect(await collected(clientOf(asking(port)))).toEqual([{ first: 1 }, long, { last: 1 }]);
});

test("connections that break half way lose nothing and bring nothing twice", async () => {
  const { port } = await started();
  const ask = asking(port);
  let requests = 0;
  // Every second answer is cut in the middle.
  const pass = async (url: string, response: ServerResponse): Promise<void> => {
    const { status, header, body } = await ask("GET", url);
    const ended = header(headers.ended);
    response.writeHead(status, { "content-length": body.length, [headers.ended]: ended });
    if (requests++ % 2 === 0) response.end(body);
    else response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
  };
  proxy = createServer((request, response) => void pass(request.url ?? "", response));
  const lines = Array.from({ length: 20_000 }, (_, number) => ({ number, text: "x".repeat(150) }));
  for (const line of lines) spool.write(line);
  spool.close();
  expect(await collected(clientOf(asking(await listening(proxy))))).toEqual(lines);
});

test("infinite values of windows survive", async () => {
  const { port } = await started();
  spool.write({ value: Infinity });
  spool.close();
  expect(await collected(clientOf(asking(port)))).toEqual([{ value: Infinity }]);
});

test("the difference of the clocks is measured, and handed over once", async () => {
  const { port } = await started(3_600_000);
  const client = clientOf(asking(port));
  const { offsetMs, uncertaintyMs } = await client.clock();
  expect(Math.abs(offsetMs + 3_600_000)).toBeLessThan(uncertaintyMs + 1);
  await client.begin(offsetMs);
  await client.begin(offsetMs);
  expect(begun).toEqual([{ clockOffsetMs: offsetMs }]);
});

test("a runner that is gone is lost after the limit; a token of another run at once", async () => {
  const { port } = await started();
  await expect(clientOf(asking(port, "another")).clock()).rejects.toThrow(
    new RunnerLost("it answered 403"),
  );
  await server?.stop();
  await expect(clientOf(asking(port)).clock()).rejects.toThrow(/ECONNREFUSED/);
});
