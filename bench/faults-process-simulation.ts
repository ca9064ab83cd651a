/**
 * Seeded faults of processes and disks while the real command loads a loopback target: when the load stopped, measured
 * there; whether the run can be read; what it claims.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, request as send, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { messageOf, HeadroomError } from "../src/domain/errors.ts";
import { seededRandom, type Random } from "../src/domain/random.ts";
import { judge } from "../src/pipeline.ts";
import { startSandboxProcess } from "../src/sandbox-client/process.ts";
import { fill, mountSmall } from "./faults-storage-simulation.ts";

export interface ProcessFault {
  readonly kind: string;
  /** From the fault to the last request that arrived, milliseconds; absent where the load was not to stop. */
  readonly loadStoppedAfterMs?: number | undefined;
  readonly exitStatus: number | string;
  /** Outcome of each run in the directory, judged afterwards; or why it was refused. */
  readonly claims: readonly string[];
  readonly isReadable: boolean;
  /** A verdict (PASS, FAIL, INCONCLUSIVE) of a run that did not end as planned. */
  readonly isWrong: boolean;
  /** Exit status 70, or something thrown that is no known error. */
  readonly isCrash: boolean;
}

/** Requests as they arrive, on their way to the sandbox. */
interface Counter {
  readonly url: string;
  readonly arrivals: number[];
  readonly server: Server;
}

async function startCounter(target: string): Promise<Counter> {
  const arrivals: number[] = [];
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((request, response) => {
    arrivals.push(performance.now());
    const onward = send(
      { hostname, port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}${pathname}`, arrivals, server };
}

interface Run {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly root: string;
  readonly workplace: string;
  readonly ended: Promise<number | string>;
  readonly output: () => string;
}

function startRun(
  workplace: string,
  url: string,
  seconds: number,
  more: readonly string[] = [],
): Run {
  const root = path.join(workplace, "runs");
  const load = `run smoke --scenario subgraph --rate 1800/min --warm-up 1s --duration ${seconds}s`;
  const child = spawn(
    process.execPath,
    [
      "bin/headroom.mjs",
      ...load.split(" "),
      "--target",
      `subgraph=${url}`,
      "--runs",
      root,
      ...more,
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } },
  );
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once("close", (status, signal) => resolve(status ?? signal ?? "unknown")),
  );
  return { child, pid: child.pid ?? 0, root, workplace, ended, output: () => output };
}

/** A child whose command line fits, words divided by NUL. By /proc: Linux only. */
export function childNamed(parent: number, name: RegExp): number | undefined {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8");
      if (Number(/\) \S (\d+)/.exec(stat)?.[1]) === parent && name.test(command))
        return Number(entry);
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined;
}

const k6Of = ({ pid }: Run): number => {
  const k6 = childNamed(pid, /k6\0run/);
  if (k6 === undefined) throw new Error("there is no k6");
  return k6;
};

const runDirectories = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root)
        .filter((name) => /^\d{8}-/.test(name))
        .map((name) => path.join(root, name))
    : [];

interface Kind {
  readonly kind: string;
  /** Whether the load must stop because of it. */
  readonly stops: boolean;
  /** Of the plan, seconds: long enough that only the fault ends it, where it does. */
  readonly seconds: number;
  readonly needsMount?: boolean;
  /** A run that ended as planned may have any verdict. */
  readonly mayEndAsPlanned?: boolean;
  readonly act: (run: Run) => Promise<void> | void;
}

const signal = (pid: number, name: NodeJS.Signals): void => void process.kill(pid, name);

const kinds: readonly Kind[] = [
  {
    kind: "kill -9 of Headroom",
    stops: true,
    seconds: 30,
    act: ({ pid }) => signal(pid, "SIGKILL"),
  },
  { kind: "kill -9 of k6", stops: true, seconds: 30, act: (run) => signal(k6Of(run), "SIGKILL") },
  {
    kind: "SIGSTOP of Headroom for 11 s",
    stops: true,
    seconds: 30,
    act: async ({ pid }) => {
      signal(pid, "SIGSTOP");
      await wait(11_000);
      signal(pid, "SIGCONT");
    },
  },
  {
    kind: "SIGSTOP of k6 for 4 s",
    stops: false,
    seconds: 10,
    mayEndAsPlanned: true,
    act: async (run) => {
      const k6 = k6Of(run);
      signal(k6, "SIGSTOP");
      await wait(4000);
      signal(k6, "SIGCONT");
    },
  },
  { kind: "Ctrl-C", stops: true, seconds: 30, act: ({ pid }) => signal(pid, "SIGINT") },
  {
    kind: "the stop file",
    stops: true,
    seconds: 30,
    act: ({ root }) => {
      for (const directory of runDirectories(root)) writeFileSync(path.join(directory, "stop"), "");
    },
  },
  {
    kind: "the watchdog is killed",
    stops: true,
    seconds: 30,
    act: ({ pid }) => {
      const watchdog = childNamed(pid, /silentMs/);
      if (watchdog === undefined) throw new Error("there is no watchdog");
      signal(watchdog, "SIGKILL");
    },
  },
  {
    kind: "the disk is full",
    stops: true,
    seconds: 30,
    needsMount: true,
    act: ({ root }) => fill(root),
  },
  {
    kind: "two runs at once",
    stops: false,
    seconds: 4,
    mayEndAsPlanned: true,
    act: () => undefined,
  },
];

const claimsToBeJudged = new Set(["pass", "fail", "inconclusive"]);

export async function processFaults(
  seed: number,
  count: number,
  onFault: (fault: ProcessFault) => void,
): Promise<{ readonly faults: readonly ProcessFault[]; readonly leftOut: readonly string[] }> {
  const random = seededRandom(seed);
  const sandbox = await startSandboxProcess({});
  const counter = await startCounter(sandbox.urls.subgraph);
  const faults: ProcessFault[] = [];
  const leftOut = new Set<string>();
  try {
    for (let index = 0; index < count; index++) {
      const kind = kinds[index % kinds.length];
      if (kind === undefined) continue;
      try {
        const fault = await oneFault(kind, counter, random);
        faults.push(fault);
        onFault(fault);
      } catch (error) {
        // Not a fault that was survived: it could not be made.
        leftOut.add(`${kind.kind}: ${messageOf(error)}`);
      }
    }
  } finally {
    counter.server.closeAllConnections();
    counter.server.close();
    await sandbox.stop();
  }
  return { faults, leftOut: [...leftOut] };
}

async function oneFault(kind: Kind, counter: Counter, random: Random): Promise<ProcessFault> {
  const workplace = mkdtempSync(path.join(tmpdir(), "headroom-faults-"));
  const root = path.join(workplace, "runs");
  mkdirSync(root);
  if (kind.needsMount === true && !mountSmall(root, "4m"))
    throw new Error("no right to mount a file system");
  const before = counter.arrivals.length;
  const run = startRun(workplace, counter.url, kind.seconds);
  const second =
    kind.kind === "two runs at once" ? startRun(workplace, counter.url, kind.seconds) : undefined;
  try {
    await underLoad(second === undefined ? [run] : [run, second], counter, before);
    await wait(random() * 2000);
    const at = performance.now();
    await kind.act(run);
    const status = await run.ended;
    const secondStatus = await second?.ended;
    // What still went out after Headroom ended would arrive now.
    await wait(1000);
    const last = counter.arrivals.findLast((arrival) => arrival > at);
    const { claims, isReadable, isCrash } = await claimsOf(root);
    const isWrong =
      kind.mayEndAsPlanned !== true &&
      (status === 0 || claims.some((claim) => claimsToBeJudged.has(claim)));
    return {
      kind: kind.kind,
      loadStoppedAfterMs: kind.stops ? Math.round(Math.max(0, (last ?? at) - at)) : undefined,
      // The second run of one host is refused while the first one loads it.
      exitStatus: secondStatus === undefined ? status : `${status} and ${secondStatus}`,
      claims,
      isReadable,
      isWrong,
      isCrash: isCrash || status === 70 || secondStatus === 70,
    };
  } finally {
    run.child.kill("SIGKILL");
    second?.child.kill("SIGKILL");
    if (kind.needsMount === true) execFileSync("umount", [root]);
    rmSync(workplace, { recursive: true, force: true });
  }
}

/** Twenty requests have arrived: the setup is over. */
async function underLoad(runs: readonly Run[], counter: Counter, before: number): Promise<void> {
  const [{ root } = { root: "" }] = runs;
  const loadBegun = (): boolean =>
    runDirectories(root).some((directory) => {
      const events = path.join(directory, "events.ndjson");
      return existsSync(events) && readFileSync(events, "utf8").includes('"load-start"');
    });
  for (const until = performance.now() + 40_000; ; await wait(50)) {
    if (counter.arrivals.length >= before + 20 && loadBegun()) return;
    if (performance.now() > until || runs.every(({ child }) => child.exitCode !== null))
      throw new Error(`no load came within 40 s: ${runs.map(({ output }) => output()).join()}`);
  }
}

async function claimsOf(
  root: string,
): Promise<Pick<ProcessFault, "claims" | "isReadable" | "isCrash">> {
  const claims: string[] = [];
  let [isReadable, isCrash] = [true, false];
  for (const directory of runDirectories(root)) {
    rmSync(path.join(root, "filler"), { force: true });
    try {
      claims.push(judge(directory).report.outcome);
    } catch (error) {
      isReadable = false;
      isCrash ||= !(error instanceof HeadroomError);
      claims.push(`refused: ${messageOf(error)}`);
    }
  }
  return { claims, isReadable, isCrash };
}
