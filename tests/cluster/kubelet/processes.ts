/**
 * Processes of containers, each container a session of its own: what they use, and a guard that ends them with the
 * process that started them, whatever ends that.
 */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export interface SessionUsage {
  /** Since it began, with that of children that ended. */
  readonly cpuMs: number;
  /** Resident. */
  readonly memoryBytes: number;
}

const tickMs = 10;
const pageBytes = 4096;

/** Of each session on this machine, all its processes together. @returns by the process id of its leader */
export function sessionUsage(): ReadonlyMap<number, SessionUsage> {
  const sessions = new Map<number, SessionUsage>();
  for (const name of readdirSync("/proc")) {
    const fields = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (fields === undefined) continue;
    // Numbered as in proc_pid_stat(5): its first two are not among them.
    const field = (number: number): number => Number(fields[number - 3]);
    const before = sessions.get(field(6)) ?? { cpuMs: 0, memoryBytes: 0 };
    const ticks = field(14) + field(15) + field(16) + field(17);
    sessions.set(field(6), {
      cpuMs: before.cpuMs + ticks * tickMs,
      memoryBytes: before.memoryBytes + field(24) * pageBytes,
    });
  }
  return sessions;
}

function statOf(pid: string): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // A command's name, in parentheses, may hold spaces.
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Kills the sessions that are marked by a file when its input ends. */
const guard = 'cat >/dev/null; for mark in "$1"/*; do kill -9 -- "-${mark##*/}" 2>/dev/null; done';

export class ProcessGuard {
  readonly #folder: string;
  readonly #guard: ChildProcess;

  constructor(folder: string) {
    this.#folder = path.join(folder, "sessions");
    mkdirSync(this.#folder, { recursive: true });
    // In a session of its own: Ctrl-C ends the tests, not the guard.
    this.#guard = spawn("sh", ["-c", guard, "sh", this.#folder], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
  }

  /** In a session of its own, which ends with its first process. */
  start(command: readonly string[], options: SpawnOptions): ChildProcess {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { ...options, detached: true });
    const { pid } = child;
    if (pid === undefined) return child;
    const mark = path.join(this.#folder, String(pid));
    writeFileSync(mark, "");
    child.once("exit", () => {
      killSession(child);
      rmSync(mark, { force: true });
    });
    return child;
  }

  async stop(): Promise<void> {
    const gone = once(this.#guard, "exit");
    this.#guard.stdin?.end();
    await gone;
  }
}

export function killSession({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // None of its processes is left.
  }
}
