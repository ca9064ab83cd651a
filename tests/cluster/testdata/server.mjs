/**
 * A service for pods of `kubelet.ts`, on POD_IP:PORT (8080). It is ready READY_AFTER_MS after its start, so many
 * milliseconds of CPU are burnt by `/work?cpu=5`, and `/slow?ms=1000` takes so long; SIGTERM lets open requests finish.
 */
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

const { POD_IP, PORT = "8080", READY_AFTER_MS = "0" } = process.env;
const say = (line) => process.stdout.write(`${line}\n`);
const readyAt = Date.now() + Number(READY_AFTER_MS);

const server = createServer(async ({ url = "/" }, response) => {
  const { pathname, searchParams } = new URL(url, "http://pod");
  if (pathname === "/ready") response.statusCode = Date.now() < readyAt ? 503 : 200;
  if (pathname === "/slow") await wait(Number(searchParams.get("ms")));
  if (pathname === "/work") {
    const start = process.cpuUsage();
    const limit = Number(searchParams.get("cpu")) * 1000;
    for (let used = 0; used < limit; ) {
      const { user, system } = process.cpuUsage(start);
      used = user + system;
    }
  }
  response.end(`${POD_IP}\n`);
});
server.listen(Number(PORT), POD_IP, () => say(`listening on ${POD_IP}`));

process.on("SIGTERM", () => {
  say("SIGTERM");
  server.close(() => process.exit(0));
});
