import { createServer, request } from "node:http";
import { connect, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { openLiveServer, type LiveServer, type LiveServerOptions } from "./live-server.ts";

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

async function serve(options: Partial<LiveServerOptions> = {}): Promise<LiveServer> {
  const server = await openLiveServer({
    port: 0,
    content: (path) => (path === "" ? { type: "text/html", body: "the page" } : undefined),
    greeting: () => [{ type: "update", data: "how it stands" }],
    ...options,
  });
  opened.push(server.close);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

const ask = (url: string, { method = "GET", host }: { method?: string; host?: string } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    request(url, { method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode, body, headers: response.headers }),
      );
    })
      .once("error", reject)
      .end();
  });

/** A viewer of events by hand. @returns what came so far */
function viewer(url: string, isReading = true): { socket: Socket; text: () => string } {
  const { port, pathname } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  opened.push(() => socket.destroy());
  let text = "";
  socket.on("error", () => undefined);
  if (isReading) socket.setEncoding("utf8").on("data", (more: string) => (text += more));
  else socket.pause();
  socket.write(`GET ${pathname}events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return { socket, text: () => text };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo(); turns++) {
    if (turns > 100_000) throw new Error("it did not come to that");
    await turn();
  }
}

describe("what is answered", () => {
  test("the page, to whoever has the token", async () => {
    const { url } = await serve();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{48}\/$/);
    const { status, body, headers } = await ask(url);
    expect([status, body]).toEqual([200, "the page"]);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
    });
  });

  test.each([
    ["no token", (url: string) => new URL("/", url).href, {}, 404],
    [
      "a wrong token",
      (url: string) => url.replace(/\/[0-9a-f]{48}\//, `/${"0".repeat(48)}/`),
      {},
      404,
    ],
    [
      "half of the token",
      (url: string) => url.replace(/\/([0-9a-f]{24})[0-9a-f]{24}\//, "/$1/"),
      {},
      404,
    ],
    ["the token without its slash", (url: string) => url.slice(0, -1), {}, 404],
    ["something else below it", (url: string) => `${url}run.json`, {}, 404],
    ["a way out of it", (url: string) => `${url}%2e%2e/%2e%2e/etc/passwd`, {}, 404],
    ["POST", (url: string) => url, { method: "POST" }, 405],
    ["HEAD", (url: string) => url, { method: "HEAD" }, 405],
    ["DELETE of events", (url: string) => `${url}events`, { method: "DELETE" }, 405],
    ["a name of another site", (url: string) => url, { host: "attacker.example" }, 403],
    ["a name that begins like ours", (url: string) => url, { host: "localhost.example" }, 403],
    [
      "another name of loopback, through a tunnel",
      (url: string) => url,
      { host: "localhost:9000" },
      200,
    ],
    ["loopback of IPv6", (url: string) => url, { host: "[::1]:9000" }, 200],
  ] as const)("%s", async (_, urlOf, how, status) => {
    const { url } = await serve();
    expect((await ask(urlOf(url), how)).status).toBe(status);
  });
});

test("a port that is in use is one clear error", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  opened.push(() => other.close());
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(serve({ port })).rejects.toMatchObject({
    code: "live-port",
    message: `--live: port ${port} of this machine cannot be served: it is in use`,
  });
});

const idsOf = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe("events", () => {
  test("every viewer is greeted and gets each message under the same growing ids", async () => {
    const server = await serve();
    const viewers = [viewer(server.url), viewer(server.url)];
    await until(() => viewers.every(({ text }) => text().includes("how it stands")));
    server.send({ type: "update", data: "one\ntwo" });
    await until(() => viewers.every(({ text }) => text().includes("data: one\ndata: two\n\n")));
    expect(viewers.map(({ text }) => idsOf(text()).at(-1))).toEqual([3, 3]);
    for (const { text } of viewers) expect(text()).toContain("retry: 1000");
  });

  test("a viewer that went is no viewer", async () => {
    const server = await serve();
    const { socket } = viewer(server.url);
    await until(() => server.viewers() === 1);
    socket.destroy();
    await until(() => server.viewers() === 0);
    server.send({ type: "update", data: "to nobody" });
    expect(server.viewers()).toBe(0);
  });

  test("a viewer that never reads is dropped; one that reads gets all", async () => {
    const server = await serve();
    viewer(server.url, false);
    const reading = viewer(server.url);
    await until(() => server.viewers() === 2);
    const data = "x".repeat(100_000);
    let sent = 0;
    for (; server.viewers() === 2 && sent < 1000; sent++) {
      server.send({ type: "update", data });
      const so = sent;
      await until(() => reading.text().length > (so + 1) * 100_000);
    }
    expect(server.viewers()).toBe(1);
    // The kernel takes some megabytes for it, and Headroom one.
    expect(sent * 100_000).toBeLessThan(30_000_000);
  });

  test("so many viewers are enough", async () => {
    const server = await serve();
    const all = Array.from({ length: 65 }, () => viewer(server.url));
    await until(() => all.every(({ text }) => text() !== ""));
    expect(server.viewers()).toBe(64);
    expect(all.filter(({ text }) => text().startsWith("HTTP/1.1 503"))).toHaveLength(1);
  });
});
