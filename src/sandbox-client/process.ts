/** Starts the sandbox as a process of its own and stops it again: the side of those who use it. */
import { defined } from "../domain/defined.ts";
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { TargetError } from "../domain/errors.ts";
import type { ClusterAccess, SandboxUrls } from "../domain/sandbox.ts";
import { databaseVariable } from "./database-url.ts";
import { loadSandbox } from "./package.ts";
import { announcement, refusalError } from "./protocol.ts";
import type { Announcement, SandboxRequest } from "./protocol.ts";

export interface SandboxProcessOptions extends SandboxRequest {
  /** What Node runs; absent: the installed package. */
  readonly entry?: string;
  /** Goes through the environment; absent: ours is inherited. */
  readonly databaseUrl?: string;
  /** Stops the process, also while it starts. */
  readonly signal?: AbortSignal;
  /** Each line that the process logs. */
  readonly onLog?: (line: string) => void;
}

export interface SandboxProcess {
  readonly urls: SandboxUrls;
  readonly noopUrl: string;
  /**
   * What an observer of the database connects with. The embedded server's has no password (a socket and a role that is
   * let in by it); with a server of the caller's it is the URL that the caller gave: not to be shown to anybody.
   */
  readonly databaseObserverUrl: string;
  /** Where the cluster is observed, if there is one. */
  readonly cluster?: ClusterAccess;
  readonly pid: number;
  /** Resolves when the process has ended, however it came to that. */
  readonly ended: Promise<void>;
  /** Stops the servers and the database. May be called again. */
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long a sandbox may take to stop before it is killed; its database then ends by itself. */
const stopTimeoutMs = 5000;

/**
 * @throws UsageError where the package is not installed or a port is taken, TargetError where it cannot start (the hint names HEADROOM_SANDBOX_DATABASE_URL where
 * PostgreSQL cannot run); the reason of `signal` where that was aborted first
 */
export async function startSandboxProcess(options: SandboxProcessOptions): Promise<SandboxProcess> {
  const { signal, onLog = () => undefined } = options;
  signal?.throwIfAborted();
  const { entry } = options.entry === undefined ? await loadSandbox() : { entry: options.entry };
  const child = launch(entry, options);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  createInterface({ input: child.stderr }).on("line", onLog);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopChild(child, ended));
  const abort = (): void => void stop();
  signal?.addEventListener("abort", abort, { once: true });
  void ended.then(() => signal?.removeEventListener("abort", abort));

  const answer = await firstLine(child);
  signal?.throwIfAborted();
  if (!answer.ready) {
    await stop();
    throw refusalError(answer);
  }
  const { urls, noopUrl, cluster, databaseUrl } = answer;
  const given = options.databaseUrl ?? process.env[databaseVariable];
  const databaseObserverUrl = answer.databaseObserverUrl ?? given ?? databaseUrl;
  return { urls, noopUrl, databaseObserverUrl, cluster, pid: child.pid ?? 0, ended, stop };
}

function launch(
  entry: string,
  { seed, ports, faults, cluster, standby, databaseUrl }: SandboxProcessOptions,
): Child {
  const request: SandboxRequest = { seed, ports, faults, cluster, standby };
  // Requests leave much short-lived garbage: fewer, larger collections cost less.
  const args = ["--max-semi-space-size=64", entry, JSON.stringify(request)];
  return spawn(process.execPath, args, {
    // Its standard input is the line that tells it when we are gone.
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own: Ctrl-C is for us, who stop the load before the target.
    detached: true,
    env: {
      ...process.env,
      ...defined({ [databaseVariable]: databaseUrl }),
    },
  });
}

async function firstLine(child: Child): Promise<Announcement> {
  const line = await new Promise<string>((resolve, reject) => {
    const fail = (reason: string, cause?: unknown): void =>
      reject(
        new TargetError(`the sandbox did not start: ${reason}`, {
          code: "sandbox-failed",
          hint: "Its log says more; `headroom sandbox` starts it alone.",
          cause,
        }),
      );
    child.once("error", (error) => fail(error.message, error));
    child.once("close", (code, signal) => fail(`it ended with ${signal ?? `status ${code}`}`));
    createInterface({ input: child.stdout }).once("line", resolve);
  });
  try {
    return announcement.parse(JSON.parse(line));
  } catch (cause) {
    throw new TargetError(`the sandbox said something else than that it is ready: ${line}`, {
      code: "sandbox-failed",
      hint: String(cause),
      cause,
    });
  }
}

async function stopChild(child: Child, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const deadline = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await ended;
  clearTimeout(deadline);
}
