/**
 * A service for pods of `kubelet.ts`, on POD_IP:PORT (8080). It is ready READY_AFTER_MS after its start, and never where there is no
 * READY_FILE then; `/slow?ms=1000` takes so long, `/work?cpu=5` burns so many milliseconds of CPU. With UPSTREAM everything but
 * `/ready` burns CPU_MS, waits for DELAY_MS and is answered from there. After SIGTERM open requests finish, and for DRAIN_MS
 * connections stay until their next answer says that they close; with EXIT_AT_ONCE nothing finishes.
 */
import { existsSync } from "node:fs";
import { Agent, createServer, request as httpRequest } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

const { POD_IP, PORT = "8080", READY_AFTER_MS = "0", READY_FILE, UPSTREAM, CPU_MS = "0" } = process.env;
const { DELAY_MS = "0", DRAIN_MS = "0", EXIT_AT_ONCE } = process.env;
const say = (line) => process.stdout.write(`${line}\n`);
const readyAt =
  READY_FILE === undefined || existsSync(READY_FILE) ? Date.now() + Number(READY_AFTER_MS) : Infinity;
let isDraining = false;
const agent = new Agent({ keepAlive: true });

function burn(milliseconds) {
  const start = process.cpuUsage();
  for (let used = 0; used < milliseconds * 1000; ) {
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
}

function forward(request, response) {
  const { method, url, headers } = request;
  const { host } = new URL(UPSTREAM);
  const options = { method, agent, headers: { ...headers, host } };
  const forwarded = httpRequest(new URL(url, UPSTREAM), options, (answer) => {
    const { connection: _, ...own } = answer.headers;
    response.writeHead(answer.statusCode, isDraining ? { ...own, connection: "close" } : own);
    answer.pipe(response);
  });
  forwarded.on("error", () => response.destroy());
  request.pipe(forwarded);
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://pod");
  if (pathname === "/ready") response.statusCode = Date.now() < readyAt ? 503 : 200;
  else if (UPSTREAM !== undefined) {
    burn(Number(CPU_MS));
    if (Number(DELAY_MS) > 0) await wait(Number(DELAY_MS));
    return forward(request, response);
  }
  if (pathname === "/slow") await wait(Number(searchParams.get("ms")));
  if (pathname === "/work") burn(Number(searchParams.get("cpu")));
  response.end(`${POD_IP}\n`);
});
// Longer than any pause of a client: a connection closed while a request is on its way is an error there.
server.keepAliveTimeout = 120_000;
server.listen(Number(PORT), POD_IP, () => say(`listening on ${POD_IP}`));

process.on("SIGTERM", () => {
  say("SIGTERM");
  if (EXIT_AT_ONCE !== undefined) process.exit(0);
  isDraining = true;
  setTimeout(() => {
    server.close(() => process.exit(0));
    setInterval(() => server.closeIdleConnections(), 100);
  }, Number(DRAIN_MS));
});
