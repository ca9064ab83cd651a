/**
 * A Headroom that is killed while its runners go on, and another one that attaches to them. The runners are processes of the
 * image's `k6`, with a fake k6 that counts what it sent; the API server is one of a few lines.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { environments } from "../../profiles/environments/index.ts";
import { testRun } from "../../analysis/testdata/test-run.ts";
import { Histogram } from "../domain/histogram.ts";
import { attach, type RunContext } from "../pipeline.ts";
import { readRun } from "../store/run-reader.ts";
import { bundleProgram } from "../testdata/bundle.ts";
import { runFolder } from "./runner-protocol.ts";

const fake = fileURLToPath(new URL("../engine/testdata/fake-k6.mjs", import.meta.url));
const built = fileURLToPath(new URL("../../dist/test/", import.meta.url));
const inPod = path.join(built, `run-in-pod-${process.pid}-attach.mjs`);
const collectorProgram = path.join(built, `collector-${process.pid}.mjs`);
const id = "20261130-200528-smoke-b8e4";

beforeAll(async () => {
  await bundleProgram(fileURLToPath(new URL("testdata/run-in-pod.ts", import.meta.url)), inPod);
  await bundleProgram(
    fileURLToPath(new URL("testdata/collector.ts", import.meta.url)),
    collectorProgram,
  );
});
afterAll(() => {
  for (const program of [inPod, collectorProgram]) rmSync(program, { force: true });
});

const processes: ChildProcess[] = [];
let server: Server | undefined;
afterEach(() => {
  for (const each of processes.splice(0)) each.kill("SIGKILL");
  server?.close();
  server?.closeAllConnections();
});

let subnets = 0;
/** An API server that starts two runners where a TestRun is made, and ends them where it is removed. */
async function startCluster(ticks: number, unattendedMs = 60_000) {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-attach-"));
  const directory = path.join(folder, "runs", id);
  mkdirSync(directory, { recursive: true });
  const planFile = path.join(folder, runFolder.plan);
  const { plan } = testRun().run;
  writeFileSync(planFile, JSON.stringify({ ...plan, runners: 2, observers: ["kubernetes"] }));
  const subnet = `127.${(process.pid & 127) + 128}.${++subnets}`;
  const pods = new Map<number, ChildProcess>();
  const counts = [1, 2].map((number) => path.join(folder, `count-${number}`));
  const start = (secret: Readonly<Record<string, string>>): void => {
    for (const [name, content] of Object.entries(secret))
      writeFileSync(path.join(folder, name), content);
    const runners = Object.fromEntries(
      counts.map((countFile, index) => [index + 1, { ticks, countFile }]),
    );
    const variables = { FAKE_K6: JSON.stringify({ silent: true, runners }) };
    writeFileSync(path.join(folder, runFolder.variables), JSON.stringify(variables));
    for (const number of [1, 2]) {
      const temporary = path.join(folder, String(number));
      mkdirSync(temporary);
      const words = ["run", "--tag", `instance_id=${number}`, "/test/scenario.js"];
      const pod = spawn(process.execPath, [inPod, ...words], {
        env: {
          PATH: process.env["PATH"],
          TMPDIR: temporary,
          HEADROOM_K6: fake,
          HEADROOM_RUN_FOLDER: folder,
          HEADROOM_SECRETS_FOLDER: folder,
          HEADROOM_POD_IP: `${subnet}.${number}`,
          HEADROOM_UNATTENDED_MS: String(unattendedMs),
        },
        stdio: ["ignore", "inherit", "inherit"],
      });
      pods.set(number, pod);
      processes.push(pod);
    }
  };
  let secret: Record<string, string> = {};
  let isThere = false;
  server = createServer((request, response) => {
    const answer = async (): Promise<object | undefined> => {
      const { pathname } = new URL(request.url ?? "/", "http://cluster");
      const [kind = ""] =
        /(testruns|secrets|pods|events|\w+)(?:\/headroom-[^/]*)?$/.exec(pathname) ?? [];
      if (request.method === "DELETE") {
        isThere = false;
        for (const pod of pods.values()) pod.kill("SIGTERM");
        return {};
      }
      if (request.method === "POST") {
        const object = JSON.parse(await text(request)) as {
          kind: string;
          stringData: typeof secret;
        };
        if (object.kind === "Secret") start((secret = object.stringData));
        isThere = true;
        return { metadata: { name: id, uid: "u" }, status: { stage: "started" } };
      }
      if (kind.startsWith("pods"))
        return {
          metadata: {},
          items: [...pods].flatMap(([number, { exitCode, signalCode }]) =>
            exitCode === null && signalCode === null
              ? [
                  {
                    metadata: { name: `pod-${number}`, labels: { "job-name": `x-${number}` } },
                    status: { phase: "Running", podIP: `${subnet}.${number}` },
                  },
                ]
              : [],
          ),
        };
      if (kind.startsWith("events")) return { metadata: {}, items: [] };
      if (!isThere) return undefined;
      if (kind.startsWith("secrets"))
        return {
          data: Object.fromEntries(
            Object.entries(secret).map(([name, value]) => [name, btoa(value)]),
          ),
        };
      return { metadata: { name: id, uid: "u" }, status: { stage: "started" } };
    };
    answer()
      .then((body) =>
        response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {})),
      )
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const kubeconfig = path.join(folder, "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: {} }],
    }),
  );
  const settings = {
    namespace: "load",
    kubeconfig,
    image: "a:1",
    cpu: "1",
    memory: "1Gi",
    reach: "pod",
  } as const;
  const collector = spawn(
    process.execPath,
    [collectorProgram, directory, planFile, JSON.stringify(settings)],
    { stdio: ["ignore", "inherit", "inherit"], env: { PATH: process.env["PATH"] } },
  );
  processes.push(collector);
  return {
    directory,
    collector,
    pods,
    /** What the runners sent: requests of both. */
    sent: () => counts.reduce((sum, file) => sum + Number(readFileSync(file, "utf8")), 0),
    attach: () =>
      attach(directory, {
        environment: { ...environments.local, runners: settings },
        context: contextOf(path.dirname(directory)),
      }),
  };
}

/* What attaching needs of it. */
const contextOf = (runsRoot: string): RunContext => ({
  packageRoot: "",
  headroomVersion: "0.1.0",
  runsRoot,
  cacheDirectory: "",
  env: {},
  now: Date.now,
  interrupted: new AbortController().signal,
  onStage: () => undefined,
  onProgress: () => undefined,
});

const windowsFile = (directory: string): string => path.join(directory, "windows.ndjson");
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}
const ended = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.once("exit", resolve));
const killed = async (child: ChildProcess): Promise<void> => {
  const end = ended(child);
  child.kill("SIGKILL");
  await end;
};
const hasWindows = (directory: string): boolean =>
  existsSync(windowsFile(directory)) && readFileSync(windowsFile(directory), "utf8").length > 2000;

function counted(directory: string): number {
  return readRun(directory).windows.reduce(
    (sum, record) =>
      record.type === "window" && record.endpoint === undefined
        ? sum + Histogram.fromJSON(record.histogram).count
        : sum,
    0,
  );
}

test("what both collected is what was sent, nothing lost and nothing twice, and the gap is named", async () => {
  const cluster = await startCluster(60);
  await until(() => hasWindows(cluster.directory));
  await killed(cluster.collector);
  // A file that ends in half a line, and one that has more than was noted.
  const cut = readFileSync(windowsFile(cluster.directory), "utf8");
  writeFileSync(windowsFile(cluster.directory), `${cut}{"type":"wind`);
  expect(readRun(cluster.directory).run.interruption?.hint).toContain(`headroom attach ${id}`);
  const first = cluster.attach();
  await expect(cluster.attach()).rejects.toThrow(`another Headroom is attached to ${id}`);
  const { report } = await first;
  expect(report.run.state).toBe("complete");
  expect(report.run.runners?.map(({ runner, k6ExitCode }) => [runner, k6ExitCode])).toEqual([
    ["1", 0],
    ["2", 0],
  ]);
  expect(cluster.sent()).toBe(120);
  expect(counted(cluster.directory)).toBe(120);
  const { events, damage } = readRun(cluster.directory);
  expect(damage).toEqual([]);
  const gaps = events.flatMap((event) =>
    event.type === "gap" && event.code === "unattended" ? [event] : [],
  );
  expect(gaps.map(({ source }) => source)).toEqual(["generator", "kubernetes"]);
  expect(gaps[0]?.sentence).toMatch(
    /^Headroom had died, and nobody drove the load from .* to .* UTC: /,
  );
  await expect(cluster.attach()).rejects.toThrow(`${id} has no runners to attach to`);
}, 30_000);

test("runners that nobody asks end their load; what they had measured is collected, and judged as a part", async () => {
  const cluster = await startCluster(1000, 1000);
  await until(() => hasWindows(cluster.directory));
  await killed(cluster.collector);
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const { report } = await cluster.attach();
  expect(report.outcome).toBe("incomplete");
  expect(report.run.interruption?.message).toMatch(
    /^runner 1 of 2 was stopped by a signal \(exit code 105\) after .*, runner 2 of 2 was stopped .*; their load is missing from then on$/,
  );
  expect(counted(cluster.directory)).toBe(cluster.sent());
}, 30_000);

test("a runner whose pod is gone is named, the other one is collected", async () => {
  const cluster = await startCluster(60);
  await until(() => hasWindows(cluster.directory));
  await killed(cluster.collector);
  const gone = cluster.pods.get(2);
  if (gone !== undefined) await killed(gone);
  const { report } = await cluster.attach();
  expect(report.run.interruption?.message).toMatch(/^runner 2 of 2 is gone: its pod was removed/);
  expect(report.run.runners?.[0]?.k6ExitCode).toBe(0);
}, 30_000);
