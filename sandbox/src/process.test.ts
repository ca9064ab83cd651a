import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TargetError, UsageError } from "../../src/domain/errors.ts";
import { databaseVariable } from "../../src/sandbox-client/database-url.ts";
import { startSandboxProcess } from "../../src/sandbox-client/process.ts";
import { startSandbox } from "./sandbox.ts";
import { call } from "./testdata/client.ts";
import { bundleProgram } from "../../src/testdata/bundle.ts";

/** The bundle lies in the project: the packages it imports are looked for from there. */
let folder: string;
let entry: string;

beforeAll(async () => {
  folder = await mkdtemp(join(import.meta.dirname, "..", "..", "node_modules", ".sandbox-test-"));
  entry = join(folder, "sandbox.js");
  await bundleProgram(join(import.meta.dirname, "main.ts"), entry);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const hasProc = existsSync("/proc/self");
const silent = (): void => undefined;

/** Whether anything still listens where the sandbox did. */
const isUp = (url: string): Promise<boolean> =>
  call(url).then(
    () => true,
    () => false,
  );

async function eventually(check: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    if (await check()) return true;
    // oxlint-disable-next-line no-await-in-loop -- polling
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe("as a process", () => {
  test("it starts with faults, stops on request, and stops its database", async () => {
    const lines: string[] = [];
    const faults = ["latency=web:×3"];
    const started = await startSandboxProcess({
      entry,
      faults,
      seed: 4,
      onLog: (line) => lines.push(line),
    });
    const truth = await call(`${started.urls.api}/control`);
    expect(truth.json).toMatchObject({ seed: 4, faults: [{ text: "latency=web:x3" }] });
    const children = hasProc ? await childrenOf(started.pid) : [];
    await started.stop();
    await started.stop();
    expect(await isUp(started.noopUrl)).toBe(false);
    expect(children.filter(isAlive)).toEqual([]);
    expect(lines.join("\n")).toContain("stopping");
  });

  // The process tree is read from /proc.
  test.skipIf(!hasProc)("killed, it leaves no database behind", async () => {
    const started = await startSandboxProcess({ entry });
    const [supervisor = 0, ...others] = await childrenOf(started.pid);
    const [, data = "none"] =
      /\0(\/[^\0]*headroom-sandbox-\w+)\0/.exec(await commandOf(supervisor)) ?? [];
    expect(others).toEqual([]);
    expect(existsSync(data)).toBe(true);
    const [server = 0] = await childrenOf(supervisor);
    process.kill(started.pid, "SIGKILL");
    await started.ended;
    expect(await eventually(async () => !isAlive(supervisor) && !isAlive(server))).toBe(true);
    expect(existsSync(data)).toBe(false);
  });

  test("with a cluster, it says where Kubernetes and Prometheus find it", async () => {
    const started = await startSandboxProcess({ entry, cluster: { scale: 10, mapping: "dapp" } });
    const { cluster } = started;
    expect(cluster).toMatchObject({ scale: 10, namespace: "atk" });
    const hpas = "/apis/autoscaling/v2/horizontalpodautoscalers";
    expect((await call(`${cluster?.kubernetesUrl}${hpas}`)).json).toMatchObject({
      items: [{ metadata: { name: "dapp" }, status: { currentReplicas: 1 } }],
    });
    expect((await call(started.urls.web + "/auth/sign-in")).status).toBe(200);
    expect((await call(cluster?.metricsUrl ?? "")).text).toContain(
      'nginx_ingress_controller_requests{ingress="dapp"',
    );
    expect((await call(`${started.urls.api}/control`)).json).toMatchObject({
      cluster: { scale: 10, workloads: [{ name: "dapp" }, { name: "graph-node" }] },
    });
    expect(existsSync(cluster?.kubeconfig ?? "")).toBe(true);
    await started.stop();
    expect(existsSync(cluster?.kubeconfig ?? "")).toBe(false);
  });

  test("it ends when whoever started it goes away", async () => {
    const child = spawn(process.execPath, [entry], { stdio: ["pipe", "pipe", "ignore"] });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.stdin.end();
    await expect(ended).resolves.toBe(0);
  });

  test("a port that is taken is a usage error, an aborted start is none", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const address = holder.address();
    const app = address !== null && typeof address === "object" ? address.port : 0;
    await expect(startSandboxProcess({ entry, ports: { app } })).rejects.toBeInstanceOf(UsageError);
    holder.close();
    const signal = AbortSignal.abort(new Error("changed my mind"));
    await expect(startSandboxProcess({ entry, signal })).rejects.toThrow("changed my mind");
  });

  test("a database that is not there names what to set", async () => {
    const databaseUrl = "postgres://nobody@127.0.0.1:9/none";
    const failed = startSandboxProcess({ entry, databaseUrl });
    await expect(failed).rejects.toBeInstanceOf(TargetError);
    await expect(failed).rejects.toMatchObject({
      hint: expect.stringContaining("HEADROOM_SANDBOX_DATABASE_URL"),
    });
  });
});

/** Debian's server stands for any other one. */
const debian = "/usr/lib/postgresql/15/bin";

describe.skipIf(!existsSync(debian))(
  `a server given by ${databaseVariable} (skipped where ${debian} is missing)`,
  () => {
    let data: string;
    let url: string;
    const run = promisify(execFile);
    const isRoot = userInfo().uid === 0;

    beforeAll(async () => {
      data = await mkdtemp(join(tmpdir(), "headroom-debian-"));
      const owner = isRoot ? await postgresUser() : {};
      if (owner.uid !== undefined && owner.gid !== undefined) {
        await chown(data, owner.uid, owner.gid);
      }
      const port = 20_000 + (process.pid % 20_000);
      await run(`${debian}/initdb`, ["-D", data, "-U", "sandbox", "--auth=trust", "-N"], owner);
      const flags = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
      await run(
        `${debian}/pg_ctl`,
        ["-D", data, "-o", flags, "-l", join(data, "log"), "-w", "start"],
        owner,
      );
      url = `postgres://sandbox@127.0.0.1:${port}/postgres`;
    }, 30_000);

    afterAll(async () => {
      await run(
        `${debian}/pg_ctl`,
        ["-D", data, "-m", "immediate", "stop"],
        isRoot ? await postgresUser() : {},
      );
      await rm(data, { recursive: true, force: true });
    });

    test("is used by one sandbox at a time, which leaves nothing in it", async () => {
      const schemas = async (): Promise<unknown> => {
        const client = new Client(url);
        await client.connect();
        const { rows } = await client.query(
          "select nspname from pg_namespace where nspname like 'headroom%'",
        );
        await client.end();
        return rows;
      };
      const sandbox = await startSandbox({ databaseUrl: url, log: silent });
      expect(await schemas()).toEqual([{ nspname: "headroom_sandbox" }]);
      const meta = await call(sandbox.urls.subgraph, {
        body: { query: "{ _meta { block { number } hasIndexingErrors } }" },
      });
      expect(meta.json).toEqual({
        data: { _meta: { block: { number: 8000 }, hasIndexingErrors: false } },
      });
      await expect(startSandbox({ databaseUrl: url, log: silent })).rejects.toMatchObject({
        code: "database-in-use",
      });
      await sandbox.stop();
      expect(await schemas()).toEqual([]);
    });
  },
);

async function postgresUser(): Promise<{ uid?: number; gid?: number }> {
  const line = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .find((text) => text.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.trim().split(" ").filter(Boolean).map(Number);
}

function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
