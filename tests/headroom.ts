/** Runs the real command in a process of its own, as a user would. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fromJson } from "../src/domain/json.ts";
import type { Report } from "../src/domain/report.ts";

const packageRoot = path.resolve(import.meta.dirname, "..");
const executable = path.join(packageRoot, "bin", "headroom.mjs");

export interface Finished {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A working directory of its own, whose `.runs` holds what the test made. */
export const newWorkplace = (): string => mkdtempSync(path.join(tmpdir(), "headroom-e2e-"));

export function startHeadroom(
  workplace: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [executable, ...argv], {
    cwd: workplace,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, out, err }));
  });
  return { child, finished };
}

export const headroom = (
  workplace: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> => startHeadroom(workplace, argv, env).finished;

/** The only run directory of a workplace. */
export function onlyRun(workplace: string): string {
  const [name = ""] = readdirSync(path.join(workplace, ".runs"));
  return path.join(workplace, ".runs", name);
}

export const runFile = (workplace: string, name: string): string =>
  readFileSync(path.join(onlyRun(workplace), name), "utf8");

/** Waits until the load is so many seconds inside a phase: how long sign-in and start take depends on the machine. */
export async function insidePhase(
  workplace: string,
  phase: string,
  seconds: number,
): Promise<void> {
  const until = Date.now() + phaseLimitMs;
  for (;;) {
    const startedAt = startOf(workplace, phase);
    if (startedAt !== undefined) return wait(startedAt + seconds * 1000 - Date.now());
    if (Date.now() > until) throw new Error(`the phase ${phase} did not begin in ${workplace}`);
    await wait(100);
  }
}

/** Epoch milliseconds; known for every phase as soon as the load starts. */
function startOf(workplace: string, phase: string): number | undefined {
  try {
    const line = runFile(workplace, "events.ndjson")
      .split("\n")
      .find((text) => text.includes(`"phase":"${phase}"`));
    return line === undefined ? undefined : (fromJson(line) as { at: number }).at;
  } catch {
    return undefined;
  }
}

const phaseLimitMs = 90_000;

/** Children of a process, by /proc; Linux only, as CI is. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1]) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Kills a child and waits until it is gone: its files may be removed then. */
export async function killed(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill();
  await gone;
}

export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

export const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
};

export interface Judged extends Finished {
  readonly workplace: string;
  readonly report: Report;
}

/** A run with `--json`. A machine that is busy with something else makes it INVALID, rightly: then once more. */
export async function judgedRun(argv: readonly string[], attempts = 3): Promise<Judged> {
  const workplace = newWorkplace();
  const finished = await headroom(workplace, [...argv, "--json"]);
  const report = asReport(finished.out);
  const isTired = /generator-saturated|late-arrivals/.test(JSON.stringify(report.validity));
  return isTired && attempts > 1
    ? judgedRun(argv, attempts - 1)
    : { ...finished, workplace, report };
}

export const asReport = (text: string): Report => fromJson(text) as Report;
