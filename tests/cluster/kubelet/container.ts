/** One container as a local process: probed, restarted after its end as its policy says, ended gracefully. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type {
  V1Container,
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Probe,
} from "@kubernetes/client-node";
import { numberOf } from "../../../src/domain/kubernetes-quantity.ts";
import type { ContainerInputs } from "./inputs.ts";
import { runProbe, succeeds, type ProbedContainer } from "./probes.ts";
import { killSession, type ProcessGuard } from "./processes.ts";

export interface ContainerPlace {
  /** Of the pod. */
  readonly address: string;
  readonly guard: ProcessGuard;
  readonly restartPolicy: string;
  /** Of a liveness probe's failure. */
  readonly graceMs: number;
  /** Before the second restart; the first comes at once, each later one after twice the time. */
  readonly crashBackoffMs: number;
  /** @param restarts how many there were before this start */
  logFile(container: string, restarts: number): string;
  /** After each change of its status. */
  onChange(): void;
}

/** Of a kubelet: 5 minutes, after 10 s at first. A container that ran for twice as long begins with the first again. */
const longestBackoff = 30;

export class Container {
  readonly spec: V1Container;
  readonly #place: ContainerPlace;
  readonly #stopping = new AbortController();
  #state: V1ContainerState = { waiting: { reason: "ContainerCreating" } };
  #lastEnd: V1ContainerStateTerminated | undefined;
  #restarts = 0;
  #isStarted = false;
  #isReady = false;
  #process: ChildProcess | undefined;
  #isOutOfMemory = false;
  #inputs: ContainerInputs | undefined;

  constructor(spec: V1Container, place: ContainerPlace) {
    this.spec = spec;
    this.#place = place;
  }

  /** Leader of its processes' session; absent: none runs. */
  get session(): number | undefined {
    return this.#process?.pid;
  }

  get status(): V1ContainerStatus {
    return {
      name: this.spec.name,
      image: this.spec.image ?? "",
      imageID: "",
      ready: this.#isReady,
      started: this.#isStarted,
      restartCount: this.#restarts,
      state: this.#state,
      lastState: { terminated: this.#lastEnd },
    };
  }

  /** Bytes; absent: no limit. */
  get memoryLimit(): number | undefined {
    const limit = this.spec.resources?.limits?.["memory"];
    return limit === undefined ? undefined : numberOf(limit);
  }

  /** What it wrote, or wrote before its last restart; absent: it has not been started so often. */
  log(isPrevious: boolean): string | undefined {
    const file = this.#place.logFile(this.spec.name, this.#restarts - (isPrevious ? 1 : 0));
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** It could not be prepared, yet. */
  wait(reason: string, message: string): void {
    this.#set({ waiting: { reason, message } });
  }

  /** Runs it until it has ended for good. @returns its exit code */
  async run(inputs: ContainerInputs): Promise<number> {
    this.#inputs = inputs;
    const { signal } = this.#stopping;
    const { restartPolicy, crashBackoffMs } = this.#place;
    let exitCode = 128 + constants.signals.SIGKILL;
    let backoffMs = 0;
    while (!signal.aborted) {
      const startedAt = Date.now();
      const end = await this.#runOnce(inputs);
      exitCode = end.exitCode;
      this.#set({ terminated: end });
      if (restartPolicy === "Never" || (restartPolicy === "OnFailure" && exitCode === 0)) break;
      this.#lastEnd = end;
      const longest = crashBackoffMs * longestBackoff;
      if (Date.now() - startedAt > 2 * longest) backoffMs = 0;
      if (backoffMs > 0) await this.#backOff(backoffMs);
      backoffMs = Math.min(Math.max(crashBackoffMs, backoffMs * 2), longest);
      if (!signal.aborted) this.#restarts++;
    }
    return exitCode;
  }

  async #backOff(ms: number): Promise<void> {
    this.wait("CrashLoopBackOff", `back-off ${ms / 1000}s restarting failed container`);
    await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #runOnce(inputs: ContainerInputs): Promise<V1ContainerStateTerminated> {
    const startedAt = new Date();
    this.#isOutOfMemory = false;
    const running = new AbortController();
    const log = openSync(this.#place.logFile(this.spec.name, this.#restarts), "a");
    const child = this.#place.guard.start(inputs.command, {
      cwd: inputs.folder,
      env: inputs.env,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#process = child;
    try {
      const gone = once(child, "exit") as Promise<
        [code: number | null, signal: NodeJS.Signals | null]
      >;
      this.#set({ running: { startedAt } });
      this.#probe(running.signal);
      const [code, signal] = await gone;
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      const reason = this.#isOutOfMemory ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error";
      return { exitCode, reason, startedAt, finishedAt: new Date() };
    } catch (error) {
      const message = String(error);
      return { exitCode: 128, reason: "StartError", message, startedAt, finishedAt: new Date() };
    } finally {
      running.abort();
      this.#process = undefined;
      this.#isStarted = false;
      this.#isReady = false;
    }
  }

  #probe(signal: AbortSignal): void {
    const { startupProbe, readinessProbe, livenessProbe } = this.spec;
    const run = (probe: V1Probe, onResult: (isSuccess: boolean) => void): void =>
      void runProbe(probe, this.#probed, onResult, signal);
    const killUnlessSuccess = (isSuccess: boolean): void => {
      if (!isSuccess) void this.#end(this.#place.graceMs);
    };
    const begin = (): void => {
      this.#isStarted = true;
      if (readinessProbe === undefined) this.#setReady(true);
      else run(readinessProbe, (isSuccess) => this.#setReady(isSuccess));
      if (livenessProbe !== undefined) run(livenessProbe, killUnlessSuccess);
    };
    if (startupProbe === undefined) return begin();
    run(startupProbe, (isSuccess) => {
      killUnlessSuccess(isSuccess);
      if (isSuccess && !this.#isStarted) begin();
    });
  }

  get #probed(): ProbedContainer {
    const { address, guard } = this.#place;
    return {
      address,
      portOf: (port) =>
        typeof port === "number"
          ? port
          : (this.spec.ports?.find(({ name }) => name === port)?.containerPort ?? 0),
      execute: async (command, signal) => {
        const { folder: cwd, env } = this.#inputs ?? {};
        const words = command.map((word) => this.#inputs?.translate(word) ?? word);
        const child = guard.start(words, { cwd, env, stdio: "ignore" });
        signal.addEventListener("abort", () => killSession(child), { once: true });
        const [code] = (await once(child, "exit")) as [number | null];
        return code ?? 137;
      },
    };
  }

  #setReady(isReady: boolean): void {
    this.#isReady = isReady;
    this.#place.onChange();
  }

  #set(state: V1ContainerState): void {
    this.#state = state;
    this.#place.onChange();
  }

  /** Of one that uses more than its limit. */
  killOutOfMemory(): void {
    this.#isOutOfMemory = true;
    if (this.#process !== undefined) killSession(this.#process);
  }

  /** For good. @param graceMs from now until it is killed, its hook included */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.#process === undefined) return;
    const deadline = Date.now() + graceMs;
    const hook = this.spec.lifecycle?.preStop;
    if (hook !== undefined) await succeeds(hook, this.#probed, AbortSignal.timeout(graceMs));
    await this.#end(deadline - Date.now());
  }

  /** SIGTERM to its first process only, as a container runtime does; SIGKILL to all. */
  async #end(graceMs: number): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => killSession(child), Math.max(0, graceMs));
    await once(child, "exit");
    clearTimeout(timer);
  }
}
