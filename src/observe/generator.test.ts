import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Gap, Observation } from "../domain/observation.ts";
import { observeGenerator } from "./generator.ts";

function observing(readings: readonly (Error | { cpu: number; memory: number })[]): {
  readonly seen: Observation[];
  readonly gaps: Gap[];
  readonly stop: () => void;
} {
  const seen: Observation[] = [];
  const gaps: Gap[] = [];
  let polls = 0;
  let ticks = 0;
  const { stop } = observeGenerator({
    processes: () => [{ pid: 1, labels: {} }],
    intervalMs: 1000,
    emit: (observation) => seen.push(observation),
    onGap: (gap) => gaps.push(gap),
    readProcess: () => {
      const reading = readings[polls++] ?? new Error("gone");
      return reading instanceof Error ? Promise.reject(reading) : Promise.resolve(reading);
    },
    readHost: () => ({ idle: 1500 * ticks, total: 2000 * ticks++ }),
  });
  return { seen, gaps, stop };
}

describe("with a clock and readings of our own", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  test("cores, bytes and idle share each second; the first poll is not reported", async () => {
    const { seen, gaps, stop } = observing([
      { cpu: 900, memory: 1 },
      { cpu: 150, memory: 50_000_000 },
    ]);
    await vi.advanceTimersByTimeAsync(1000);
    stop();
    await vi.advanceTimersByTimeAsync(5000);
    const common = { source: "generator", labels: {}, at: 1_001_000 };
    expect(seen).toEqual([
      { ...common, name: "host.idle", value: 0.75, unit: "ratio" },
      { ...common, name: "harness.delay", value: 0, unit: "ms" },
      { ...common, name: "k6.cpu", value: 1.5, unit: "cores" },
      { ...common, name: "k6.memory", value: 50_000_000, unit: "bytes" },
    ]);
    expect(gaps).toEqual([]);
  });

  test("a failing poll leaves a gap, never a zero, and a row of them one gap", async () => {
    const good = { cpu: 50, memory: 1000 };
    const { seen, gaps, stop } = observing([
      good,
      new Error("no such process"),
      new Error("x"),
      good,
    ]);
    await vi.advanceTimersByTimeAsync(3000);
    stop();
    expect(gaps).toEqual([
      { source: "generator", code: "no-answer", at: 1_001_000, sentence: "no such process" },
    ]);
    const cpu = seen.filter(({ name }) => name === "k6.cpu");
    expect(cpu.map(({ at, value }) => [at, value])).toEqual([[1_003_000, 0.5]]);
  });
});

test("a real process that keeps one core busy", async () => {
  const busy = spawn(process.execPath, ["-e", "for (;;);"]);
  const seen: Observation[] = [];
  const gaps: Gap[] = [];
  const { stop } = observeGenerator({
    processes: () => [{ pid: busy.pid ?? 0, labels: {} }],
    intervalMs: 300,
    emit: (observation) => seen.push(observation),
    onGap: (gap) => gaps.push(gap),
  });
  await vi.waitFor(() => expect(seen.filter(({ name }) => name === "k6.cpu")).not.toEqual([]), {
    timeout: 5000,
  });
  busy.kill("SIGKILL");
  await vi.waitFor(() => expect(gaps).toHaveLength(1), { timeout: 5000 });
  stop();
  const valueOf = (name: string): number => seen.find((one) => one.name === name)?.value ?? -1;
  expect(valueOf("k6.cpu")).toBeGreaterThan(0.05);
  expect(valueOf("k6.cpu")).toBeLessThan(1.3);
  expect(valueOf("k6.memory")).toBeGreaterThan(10_000_000);
  expect(valueOf("host.idle")).toBeGreaterThanOrEqual(0);
  expect(valueOf("host.idle")).toBeLessThanOrEqual(1);
});
