/**
 * A measured mix end to end: a run through a proxy that writes an access log, the mix of that log, a run with this mix
 * through the same proxy, and the mix of what was then sent. Real command, real k6.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MeasuredMix } from "../src/domain/mix.ts";
import type { Report } from "../src/domain/report.ts";
import { SANDBOX_PASSWORD } from "../src/domain/sandbox.ts";
import { startSandbox, type Sandbox } from "../sandbox/src/sandbox.ts";
import { headroom, newWorkplace } from "./headroom.ts";

let sandbox: Sandbox;
let log: { readonly at: number; readonly line: string }[] = [];
const proxies: Server[] = [];
const workplace = newWorkplace();
const targets: string[] = [];

/** Passes requests on and logs them; of GraphQL with the operation, as an ingress that logs a header would. */
async function proxy(to: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const body: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => body.push(chunk));
    incoming.on("end", () => {
      const sent = Buffer.concat(body);
      const [operation] = /(?<="operationName":")\w+/.exec(sent.toString()) ?? [];
      const at = Date.now();
      const { method: asked, url: target } = incoming;
      const logged = { time: new Date(at).toISOString(), method: asked, path: target };
      log.push({ at, line: JSON.stringify({ ...logged, operation_name: operation }) });
      const { method, headers } = incoming;
      const url = new URL(incoming.url ?? "/", to);
      send(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      })
        .on("error", () => outgoing.destroy())
        .end(sent);
    });
  });
  proxies.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  sandbox = await startSandbox({ log: () => undefined });
  const { web, subgraph } = sandbox.urls;
  const [app, graph] = [await proxy(web), await proxy(new URL(subgraph).origin)];
  targets.push("--target", `web=${app}`, "--target", `api=${app}`);
  targets.push("--target", `subgraph=${graph}${new URL(subgraph).pathname}`);
}, 60_000);

afterAll(async () => {
  for (const server of proxies) server.close();
  await sandbox.stop();
});

async function run(...more: string[]): Promise<Report> {
  log = [];
  const argv = ["run", "smoke", "--rate", "2400/min", "--duration", "20s", "--warm-up", "1s"];
  const env = { HEADROOM_PASSWORD: SANDBOX_PASSWORD };
  const { out, err } = await headroom(workplace, [...argv, ...targets, ...more, "--json"], env);
  if (out === "") throw new Error(err);
  return JSON.parse(out) as Report;
}

/** Of the load alone: sign-in, discovery and the check of the pages come before it. */
async function mixOfLog(
  name: string,
  { run: { loadStartedAt = 0 } }: Report,
): Promise<MeasuredMix> {
  const lines = log.filter(({ at }) => at >= loadStartedAt).map(({ line }) => line);
  writeFileSync(path.join(workplace, `${name}.log`), lines.join("\n"));
  const { status, err } = await headroom(workplace, [
    "mix",
    "--from-log",
    `${name}.log`,
    "-o",
    `${name}.json`,
  ]);
  if (status !== 0) throw new Error(err);
  return JSON.parse(readFileSync(path.join(workplace, `${name}.json`), "utf8")) as MeasuredMix;
}

const shareOf = (counts: Readonly<Record<string, number>>, name: string): number =>
  (counts[name] ?? 0) / Object.values(counts).reduce((sum, each) => sum + each, 0);

test("a run with the mix of a log sends that mix", { timeout: 400_000 }, async () => {
  const shares = ["--share", "api=0.6", "--share", "web=0.15", "--share", "subgraph=0.25"];
  const first = await mixOfLog("first", await run(...shares));
  expect([first.badLines.lines, first.unclassified.requests]).toEqual([0, 0]);

  const report = await run("--mix", "first.json");
  expect(report.method.join(" ")).toContain("The mix of requests was measured (first.json: ");
  const second = await mixOfLog("second", report);
  for (const part of ["requests", "pages", "procedures", "operations"] as const)
    for (const name of Object.keys(first[part]))
      expect
        .soft([part, name, shareOf({ ...second[part] }, name)])
        .toEqual([part, name, expect.closeTo(shareOf({ ...first[part] }, name), 1.5)]);
});
