import { messageOf } from "../domain/errors.ts";
import { cpus } from "node:os";
import pidusage from "pidusage";
import type { Gap, Observation } from "../domain/observation.ts";
import { StallWatch } from "./stall-watch.ts";

/** What a poll of a process reports. */
interface ProcessReading {
  /** Percent of one core since the previous poll; more than 100 with more cores. */
  readonly cpu: number;
  /** Resident, bytes. */
  readonly memory: number;
}

/** Milliseconds that all cores of the host spent since it started. */
interface HostTimes {
  readonly idle: number;
  readonly total: number;
}

/** A k6 process. */
export interface ObservedProcess {
  readonly pid: number;
  /** What tells several apart: `{ runner: "2" }`. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ObserveGeneratorOptions {
  /** Those that run now. */
  readonly processes: () => readonly ObservedProcess[];
  readonly intervalMs?: number;
  readonly emit: (observation: Observation) => void;
  /** Once per row of failures, not once per failure. */
  readonly onGap: (gap: Gap) => void;
  readonly readProcess?: (pid: number) => Promise<ProcessReading>;
  readonly readHost?: () => HostTimes;
}

/**
 * Watches the load generator, every second: of each process `k6.cpu` (cores) and `k6.memory` (bytes), all at one instant;
 * `host.idle` (ratio over all cores), and `harness.delay` (ms), the longest delay of this process's own timer. The first
 * poll of a process only sets the beginning: its numbers would be averages since the start.
 * @returns its end; nothing is emitted after it
 */
export function observeGenerator(options: ObserveGeneratorOptions): { readonly stop: () => void } {
  const { processes, intervalMs = 1000, readProcess = pidusage, readHost = hostTimes } = options;
  let stopped = false;
  let polling = false;
  const begun = new Set<number>();
  const failing = new Set<number>();
  let host = readHost();
  const stalls = new StallWatch().start();

  const emit = (
    name: string,
    value: number,
    { at = Date.now(), labels = {}, unit }: Pick<Observation, "unit"> & Partial<Observation>,
  ): void => options.emit({ source: "generator", name, labels, at, value, unit });

  const observeHost = (): void => {
    const now = readHost();
    const total = now.total - host.total;
    if (total > 0) emit("host.idle", (now.idle - host.idle) / total, { unit: "ratio" });
    host = now;
  };

  const report = (
    { pid, labels }: ObservedProcess,
    reading: PromiseSettledResult<ProcessReading>,
    at: number,
  ): void => {
    if (reading.status === "rejected") {
      const sentence = messageOf(reading.reason);
      if (!failing.has(pid))
        options.onGap({ source: "generator", code: "no-answer", at, sentence });
      failing.add(pid);
      return;
    }
    const { cpu, memory } = reading.value;
    if (begun.has(pid)) {
      emit("k6.cpu", cpu / 100, { at, labels, unit: "cores" });
      emit("k6.memory", memory, { at, labels, unit: "bytes" });
    }
    begun.add(pid);
    failing.delete(pid);
  };

  const observeProcesses = async (): Promise<void> => {
    if (polling) return;
    polling = true;
    const polled = processes();
    const readings = await Promise.allSettled(polled.map(({ pid }) => readProcess(pid)));
    polling = false;
    if (stopped) return;
    const at = Date.now();
    // One that has ended meanwhile is no gap.
    const running = new Set(processes().map(({ pid }) => pid));
    polled.forEach((each, index) => {
      const reading = readings[index];
      if (reading !== undefined && running.has(each.pid)) report(each, reading, at);
    });
  };

  void observeProcesses();
  const timer = setInterval(() => {
    observeHost();
    emit("harness.delay", stalls.takeLongestMs(), { unit: "ms" });
    void observeProcesses();
  }, intervalMs);
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
      stalls.stop();
    },
  };
}

function hostTimes(): HostTimes {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}
