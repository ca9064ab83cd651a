/**
 * A service for pods of `kubelet.ts`, on POD_IP:PORT (8080). It is ready READY_AFTER_MS after its start; `/slow?ms=1000`
 * takes so long, `/work?cpu=5` burns so many milliseconds of CPU. With UPSTREAM everything but `/ready` burns CPU_MS and is
 * answered from there. After SIGTERM open requests finish.
 */
import { Agent, createServer, request as httpRequest } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

const { POD_IP, PORT = "8080", READY_AFTER_MS = "0", UPSTREAM, CPU_MS = "0" } = process.env;
const say = (line) => process.stdout.write(`${line}\n`);
const readyAt = Date.now() + Number(READY_AFTER_MS);
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
    response.writeHead(answer.statusCode, answer.headers);
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
  server.close(() => process.exit(0));
  setInterval(() => server.closeIdleConnections(), 100);
});
