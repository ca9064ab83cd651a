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

export interface ObserveGeneratorOptions {
  /** k6's. */
  readonly pid: number;
  readonly intervalMs?: number;
  readonly emit: (observation: Observation) => void;
  /** Once per row of failures, not once per failure. */
  readonly onGap: (gap: Gap) => void;
  readonly readProcess?: (pid: number) => Promise<ProcessReading>;
  readonly readHost?: () => HostTimes;
}

/**
 * Watches the load generator, every second: `k6.cpu` (cores), `k6.memory` (bytes), `host.idle` (ratio over all
 * cores), and `harness.delay` (ms), the longest delay of this process's own timer. The first poll only sets the beginning: its numbers would be averages since the start.
 * @returns its end; nothing is emitted after it
 */
export function observeGenerator(options: ObserveGeneratorOptions): { readonly stop: () => void } {
  const { pid, intervalMs = 1000, readProcess = pidusage, readHost = hostTimes } = options;
  let stopped = false;
  let failing = false;
  let polling = false;
  let begun = false;
  let host = readHost();
  const stalls = new StallWatch().start();

  const emit = (name: string, value: number, unit: Observation["unit"]): void =>
    options.emit({ source: "generator", name, labels: {}, at: Date.now(), value, unit });

  const observeHost = (): void => {
    const now = readHost();
    const total = now.total - host.total;
    if (total > 0) emit("host.idle", (now.idle - host.idle) / total, "ratio");
    host = now;
  };

  const observeProcess = async (): Promise<void> => {
    if (polling) return;
    polling = true;
    try {
      const { cpu, memory } = await readProcess(pid);
      if (stopped) return;
      if (begun) {
        emit("k6.cpu", cpu / 100, "cores");
        emit("k6.memory", memory, "bytes");
      }
      begun = true;
      failing = false;
    } catch (error) {
      const sentence = messageOf(error);
      if (!failing && !stopped)
        options.onGap({ source: "generator", code: "no-answer", at: Date.now(), sentence });
      failing = true;
    } finally {
      polling = false;
    }
  };

  void observeProcess();
  const timer = setInterval(() => {
    observeHost();
    emit("harness.delay", stalls.takeLongestMs(), "ms");
    void observeProcess();
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
