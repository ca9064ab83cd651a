/** Real k6 for tests: from PATH, so that what is tested is what runs. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOnPath, runCommand } from "../run-command.ts";
import { parseK6Version, isSupportedMajor } from "../k6-version.ts";

/** @returns its path; `undefined`, said aloud, where there is none. In CI a missing k6 is an error. */
export async function realK6(): Promise<string | undefined> {
  for (const path of await findOnPath("k6", process.env["PATH"] ?? "")) {
    // oxlint-disable-next-line no-await-in-loop -- PATH is an order
    const said = await runCommand(path, ["version"], { environment: process.env });
    if (isSupportedMajor(parseK6Version(said) ?? "0.0")) return path;
  }
  if (process.env["CI"]) throw new Error("no k6 of the pinned major version on PATH, and CI is set");
  process.stderr.write("SKIPPED: no k6 of the pinned major version on PATH, its tests do not run\n");
  return undefined;
}

/** A server on loopback that answers "ok" to everything. */
export async function startServer(): Promise<{ url: string; count: () => number; close: () => void }> {
  let count = 0;
  const server = createServer((_, response) => {
    count++;
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has an AddressInfo
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, count: () => count, close };
}

/** A directory with a scenario in it, as the bundle will be. */
export async function writeScenario(
  code: string,
): Promise<{ directory: string; file: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), "headroom-k6-"));
  const file = join(directory, "scenario.js");
  await writeFile(file, code);
  return { directory, file, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Emits what Headroom's scenarios emit, towards `plan.url` at `plan.rate` per second for `plan.duration`. */
export const smallScenario = `
import http from "k6/http";
import { Counter, Gauge, Trend } from "k6/metrics";
const plan = JSON.parse(__ENV.HEADROOM_PLAN);
const response = new Trend("response", true);
const lag = new Trend("lag", true);
const loadStart = new Gauge("load_start");
const failure = new Counter("failure");
export const options = {
  systemTags: ["name", "status", "scenario", "group"],
  scenarios: {
    hold_read: {
      executor: "constant-arrival-rate", rate: plan.rate, timeUnit: "1s",
      duration: plan.duration, preAllocatedVUs: 20, exec: "read",
    },
  },
};
export function setup() {
  http.get(plan.url, { tags: { name: "sign-in" } });
  response.add(7, { surface: "api", endpoint: "sign-in", kind: "sign-in", outcome: "ok" });
  console.log("password is " + __ENV.IDENTITY_PASSWORD);
  loadStart.add(Date.now());
}
export function read() {
  const answer = http.get(plan.url, { tags: { name: "token.read" } });
  const ok = answer.status === 200;
  if (!ok) failure.add(1, { surface: "api", endpoint: "token.read", detail: "status " + answer.status });
  response.add(answer.timings.duration, {
    surface: "api", endpoint: "token.read", kind: "read", outcome: ok ? "ok" : "refused",
  });
  lag.add(0.25);
}
`;
