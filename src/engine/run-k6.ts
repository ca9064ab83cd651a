import { spawn } from "node:child_process";
import { EngineError } from "../domain/errors.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { addUrlSecrets } from "../secrets/url-secrets.ts";
import { k6ExitMeaning, type K6ExitMeaning } from "../domain/k6-exit.ts";
import { k6Environment } from "./k6-environment.ts";
import { K6LogReader, type K6LogEntry } from "./k6-log.ts";
import { startWatchdog, type WatchdogEnd } from "./watchdog.ts";

export interface StartK6Options {
  readonly binary: { readonly path: string };
  readonly bundleFile: string;
  /** The run's plan, for the scenario: HEADROOM_PLAN, as JSON. */
  readonly plan: object;
  /**
   * Further environment variables; the only way in for secrets. Values of those not named K6_*, and of k6's tokens,
   * passwords and headers, are kept out of the log.
   */
  readonly variables: Readonly<Record<string, string>>;
  /** Its share of the load where several processes have one: the first of two is `{ index: 0, of: 2 }`. */
  readonly segment?: Segment | undefined;
  /** Host and port of k6's REST interface, at which it waits for its start. Absent: it has none. */
  readonly startedAt?: string | undefined;
  /** Additional k6 outputs: `experimental-prometheus-rw`. Their settings are among the variables. */
  readonly outputs?: readonly string[];
  /** k6 runs in it. */
  readonly workingDirectory: string;
  /**
   * Takes k6's CSV in chunks split anywhere; returns immediately, since k6 waits for its reader. An error
   * thrown here stops k6 and is thrown by `finished`.
   */
  readonly onRows: (chunk: Buffer) => void;
  readonly onLog: (entry: K6LogEntry) => void;
}

export interface Segment {
  readonly index: number;
  readonly of: number;
  /** The others have machines of their own. */
  readonly isAloneHere?: boolean;
}

export interface K6Exit extends K6ExitMeaning {
  /** `undefined` where a signal ended k6. */
  readonly exitCode: number | undefined;
  readonly signal?: string;
  /** State of the watchdog when k6 exited. */
  readonly watchdog: WatchdogEnd;
}

export interface K6Process {
  readonly pid: number;
  /** Asks k6 to end its iterations and write its last rows. A second call does nothing: k6 would abort. */
  readonly stop: () => void;
  /** Kills k6. */
  readonly kill: () => void;
  /** Resolves when k6 has exited and its last row was delivered. Rejects with the error of `onRows`. */
  readonly finished: Promise<K6Exit>;
}

/** Timeout of k6's graceful stop without a watchdog. */
const unwatchedMs = 5000;

/** No load flags, which would replace the plan's, and no secrets, which every process of the machine could read. */
const k6Arguments = [
  "run",
  "--out=csv=-",
  "--quiet",
  "--summary-mode=disabled",
  "--no-thresholds",
  "--no-usage-report",
  "--no-color",
  "--log-format=json",
  "--log-output=stderr",
];

/**
 * Starts k6 with its samples on a pipe, and a watchdog that stops it when this process hangs or is gone. A load
 * without its watchdog is stopped as well.
 * It gets a process group of its own, so that Ctrl-C reaches it through `stop` alone.
 * @throws EngineError `k6-not-started`, `plan-too-large`
 */
export async function startK6(options: StartK6Options): Promise<K6Process> {
  addSecrets(options.variables);
  const outputs = (options.outputs ?? []).map((name) => `--out=${name}`);
  const ofSegment = segmentArguments(options);
  const { startedAt } = options;
  const ofStart = startedAt === undefined ? [] : [`--address=${startedAt}`, "--paused"];
  const words = [...k6Arguments, ...ofSegment, ...ofStart, ...outputs, options.bundleFile];
  const child = spawn(options.binary.path, words, {
    cwd: options.workingDirectory,
    env: k6Environment(options),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => {
      const message = `${options.binary.path} cannot be started: ${cause.message}`;
      reject(new EngineError(message, { code: "k6-not-started", cause }));
    });
  });
  const { pid, stdout, stderr } = child;
  if (pid === undefined) throw new Error("a started process has an id");

  const watchdog = startWatchdog(pid);
  let stopped = false;
  const stop = (): void => {
    if (!stopped) child.kill("SIGINT");
    stopped = true;
  };
  let broken: { readonly error: unknown } | undefined;
  stdout.on("data", (chunk: Buffer) => {
    if (broken !== undefined) return;
    try {
      options.onRows(chunk);
    } catch (error) {
      broken = { error };
      stop();
    }
  });
  const log = new K6LogReader(options.onLog);
  stderr.setEncoding("utf8");
  stderr.on("data", (text: string) => log.push(text));

  const stopUnwatched = async (): Promise<void> => {
    if ((await watchdog.ended) !== "lost") return;
    stop();
    setTimeout(() => child.kill("SIGKILL"), unwatchedMs).unref();
  };
  void stopUnwatched();
  const closed = new Promise<Pick<K6Exit, "exitCode" | "signal">>((resolve) => {
    child.once("close", (code, signal) =>
      resolve({ exitCode: code ?? undefined, signal: signal === null ? undefined : signal }),
    );
  });
  const finished = (async (): Promise<K6Exit> => {
    const { exitCode, signal } = await closed;
    log.end();
    watchdog.release();
    const end = await watchdog.ended;
    if (broken !== undefined) throw broken.error;
    return {
      ...k6ExitMeaning(exitCode, signal),
      exitCode,
      signal,
      watchdog: end,
    };
  })();
  // It may be awaited later than it rejects.
  finished.catch(() => undefined);
  return { pid, stop, kill: () => child.kill("SIGKILL"), finished };
}

/** With the outputs that other processes write to as well, a tag tells the series of each: of equal ones the last would stay. */
function segmentArguments({ segment, outputs = [] }: StartK6Options): string[] {
  if (segment === undefined) return [];
  const { index, of } = segment;
  const bounds = Array.from({ length: of + 1 }, (_, bound) => boundOf(bound, of));
  return [
    `--execution-segment=${boundOf(index, of)}:${boundOf(index + 1, of)}`,
    `--execution-segment-sequence=${bounds.join(",")}`,
    ...(outputs.length === 0 ? [] : [`--tag=runner=${index + 1}`]),
  ];
}

const boundOf = (bound: number, of: number): string =>
  bound === 0 ? "0" : bound === of ? "1" : `${bound}/${of}`;

/** Secret ones are kept out of what is written and shown. */
export function addSecrets(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!name.startsWith("K6_") || /(?:TOKEN|PASSWORD|HEADERS\w*)$/.test(name))
      knownSecrets.add(name, value);
    else addUrlSecrets(name, value);
  }
}
