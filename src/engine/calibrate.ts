import { formatValue } from "../domain/number-text.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pidusage from "pidusage";
import { EngineError, StoreError } from "../domain/errors.ts";
import { Histogram } from "../domain/histogram.ts";
import type { Calibration } from "../domain/run.ts";
import { calibrationScenario, type CalibrationPlan } from "./calibration-scenario.ts";
import { generatorFingerprint } from "./fingerprint.ts";
import type { K6Binary } from "./locate-k6.ts";
import { startK6 } from "./run-k6.ts";
import { SampleReader } from "./sample-reader.ts";
import type { SampleSink } from "./sample-sink.ts";

export interface CalibrateOptions {
  readonly binary: K6Binary;
  /** An endpoint that does nothing, on this machine or near it. */
  readonly url: string;
  /** Of each of the four measurements. */
  readonly durationMs: number;
  /** The script is written there. */
  readonly workDirectory: string;
  readonly progress: (line: string) => void;
}

/** autocannon against the same endpoint at full speed. Whole milliseconds: it has no finer ones here. */
interface AutocannonCeiling {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

/** The same latency, measured by two programs at the same rate. */
export interface LatencyCrossCheck {
  /** Offered by both, evenly spaced. */
  readonly requestsPerSecond: number;
  readonly k6: MeasuredLatency;
  readonly autocannon: MeasuredLatency;
  /** Allowed difference: the larger of 1 ms and a fifth of autocannon's value. */
  readonly agrees: boolean;
  /** The comparison and its result. */
  readonly sentence: string;
}

export interface MeasuredLatency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
}

export interface CalibrationResult extends Calibration {
  readonly autocannon: AutocannonCeiling;
  readonly crossCheck: LatencyCrossCheck;
}

/** Closed loop: enough users to keep both programs and the endpoint busy. */
const connections = 50;
/** Well below what any machine can do, so that nothing queues. */
const moderatePerSecond = 100;

/**
 * What this machine can do as a load generator: k6 at full speed with Headroom's own sample stream on, autocannon
 * beside it, then both at one moderate rate to see whether they measure the same latency.
 * @throws EngineError `calibration-failed` if k6 or the endpoint fails, StoreError
 */
export async function calibrate(options: CalibrateOptions): Promise<CalibrationResult> {
  const { url, durationMs, progress, binary } = options;
  const seconds = durationMs / 1000;
  const bundleFile = await writeScenario(options.workDirectory);
  progress(`k6 at full speed for ${seconds} s`);
  const ceiling = await runK6(options, bundleFile, { url, durationMs, users: connections });
  const { default: autocannon } = await import("autocannon");
  progress(`autocannon at full speed for ${seconds} s`);
  const other = await autocannon({ url, connections, duration: seconds });
  progress(`both at ${moderatePerSecond} requests/s, one after the other`);
  const k6 = await runK6(options, bundleFile, {
    url,
    durationMs,
    users: connections,
    requestsPerSecond: moderatePerSecond,
  });
  const reference = await moderateAutocannon(url, seconds);
  return {
    schemaVersion: 1,
    at: new Date().toISOString(),
    k6Version: binary.version,
    requestsPerSecond: ceiling.requestsPerSecond,
    cpuCores: ceiling.cpuCores,
    fingerprint: generatorFingerprint(),
    autocannon: {
      requestsPerSecond: other.requests.average,
      p50Ms: other.latency.p50,
      p90Ms: other.latency.p90,
      p99Ms: other.latency.p99,
    },
    crossCheck: compare(measured(k6.latency), measured(reference)),
  };
}

interface K6Measurement {
  readonly requestsPerSecond: number;
  /** CPU cores that k6 used between its first second and its end. */
  readonly cpuCores: number;
  readonly latency: Histogram;
}

/** @returns its path @throws StoreError where it cannot be written */
async function writeScenario(directory: string): Promise<string> {
  const file = join(directory, "calibration.js");
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, calibrationScenario);
  } catch (cause) {
    throw new StoreError(`${file} cannot be written: ${String(cause)}`, {
      code: "cannot-write",
      hint: "Free some space, or name another cache with HEADROOM_CACHE.",
      cause,
    });
  }
  return file;
}

async function runK6(
  options: CalibrateOptions,
  bundleFile: string,
  plan: CalibrationPlan,
): Promise<K6Measurement> {
  const counter = new ResponseCounter();
  const reader = new SampleReader(counter);
  const errors: string[] = [];
  const k6 = await startK6({
    binary: options.binary,
    bundleFile,
    plan,
    variables: {},
    workingDirectory: options.workDirectory,
    onRows: (chunk) => reader.push(chunk),
    onLog: ({ level, message }) => level === "error" && errors.push(message),
  });
  const cpu = measureCpu(k6.pid, plan.durationMs);
  // Awaited later than it may reject, if k6 exits immediately.
  cpu.catch(() => undefined);
  const exit = await k6.finished;
  const failed = exit.class !== "completed" ? `k6 ${exit.sentence}` : counter.trouble;
  if (failed !== undefined) {
    throw new EngineError([`calibration against ${plan.url}: ${failed}`, ...errors].join("; "), {
      code: "calibration-failed",
      hint: "the endpoint must answer every request with status 200",
    });
  }
  const { latency, requestsPerSecond } = counter;
  return { latency, requestsPerSecond, cpuCores: await cpu };
}

/** Average without the first fifth and the last tenth of the run: start and end are not full load. */
async function measureCpu(pid: number, durationMs: number): Promise<number> {
  await sleep(durationMs * 0.2);
  const before = await pidusage(pid).catch(() => undefined);
  await sleep(durationMs * 0.7);
  const after = await pidusage(pid).catch(() => undefined);
  if (before === undefined || after === undefined) {
    throw new EngineError("k6's CPU usage could not be read", {
      code: "calibration-failed",
      hint: "calibrate for longer: k6 exited before its CPU usage was read",
    });
  }
  return (after.ctime - before.ctime) / (after.timestamp - before.timestamp);
}

/** Counts responses, between the first and the last of them. */
class ResponseCounter implements SampleSink {
  readonly latency = new Histogram();
  #failed = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = 0;

  readonly response: SampleSink["response"] = ({ outcome }, at, valueMs) => {
    if (outcome === "ok") this.latency.record(valueMs);
    else this.#failed++;
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
  };
  readonly iteration = ignore;
  readonly dropped = ignore;
  readonly lag = ignore;
  readonly users = ignore;
  readonly loadStart = ignore;
  readonly failure = ignore;

  get requestsPerSecond(): number {
    return this.latency.count / ((this.#last - this.#first) / 1000);
  }

  get trouble(): string | undefined {
    if (this.latency.count + this.#failed < 2) return "no responses were measured";
    return this.#failed > 0 ? `${this.#failed} requests failed` : undefined;
  }
}

function ignore(): void {
  // A calibration looks at responses only.
}

/** Its own response times, since its histogram has whole milliseconds only; uncorrected, like k6's durations. */
async function moderateAutocannon(url: string, seconds: number): Promise<Histogram> {
  const { default: autocannon } = await import("autocannon");
  const latency = new Histogram();
  await new Promise<void>((resolve, reject) => {
    const running = autocannon(
      {
        url,
        connections: 4,
        overallRate: moderatePerSecond,
        duration: seconds,
        ignoreCoordinatedOmission: true,
      },
      (error: unknown) => (error instanceof Error ? reject(error) : resolve()),
    );
    running.on("response", (_client, _status, _bytes, responseTimeMs) =>
      latency.record(responseTimeMs),
    );
  });
  return latency;
}

function measured(latency: Histogram): MeasuredLatency {
  const [p50Ms, p90Ms] = [latency.quantile(0.5), latency.quantile(0.9)];
  if (p50Ms === undefined || p90Ms === undefined) {
    throw new EngineError("the cross-check has no samples", {
      code: "calibration-failed",
      hint: "calibrate for longer",
    });
  }
  return { count: latency.count, p50Ms, p90Ms };
}

/** The tail of a few hundred requests is random: median and 90th percentile are compared. */
export function compare(k6: MeasuredLatency, reference: MeasuredLatency): LatencyCrossCheck {
  const quantiles = (["p50Ms", "p90Ms"] as const).map((name) => {
    const allowed = Math.max(1, reference[name] / 5);
    return { name, agrees: Math.abs(k6[name] - reference[name]) <= allowed };
  });
  const comparisonOf = (name: "p50Ms" | "p90Ms"): string =>
    `${name.slice(0, 3)} ${formatValue(k6[name], "ms")} (k6) and ${formatValue(reference[name], "ms")} (autocannon)`;
  const agrees = quantiles.every((quantile) => quantile.agrees);
  return {
    requestsPerSecond: moderatePerSecond,
    k6,
    autocannon: reference,
    agrees,
    sentence: `at ${moderatePerSecond} requests/s ${comparisonOf("p50Ms")}, ${comparisonOf("p90Ms")}: ${agrees ? "they agree" : "they differ by more than 1 ms and 20 %"}`,
  };
}
