import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchPool } from "./pool-metrics.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A pool whose connections come after so many milliseconds, or never. */
function poolOf(waitMs: number) {
  const released: number[] = [];
  return {
    released,
    totalCount: 10,
    idleCount: 3,
    connect: () =>
      new Promise<{ release: () => void }>((resolve, reject) => {
        const answer = (): void => resolve({ release: () => void released.push(1) });
        if (waitMs < 5000) setTimeout(answer, waitMs);
        else setTimeout(() => reject(new Error("timeout exceeded when trying to connect")), 5000);
      }),
  };
}

const valueOf = (watched: ReturnType<typeof watchPool>, name: string): number | undefined =>
  watched.families().find((each) => each.name === name)?.samples[0]?.value;
const wait = "store_connection_wait_time_ms";

test("before the first question the wait is absent, the connections that are out are not", () => {
  const watched = watchPool(poolOf(0), "atk");
  expect(valueOf(watched, wait)).toBeUndefined();
  expect(valueOf(watched, "store_connection_checkout_count")).toBe(7);
  watched.stop();
});

test("every connection is given back, and the wait is the mean of the last ten", async () => {
  const pool = poolOf(40);
  const watched = watchPool(pool, "atk");
  await vi.advanceTimersByTimeAsync(10_100);
  expect(pool.released.length).toBeGreaterThan(15);
  expect(valueOf(watched, wait)).toBeCloseTo(40, 0);
  watched.stop();
});

test("an exhausted pool shows while the question is still open", async () => {
  const watched = watchPool(poolOf(Infinity), "atk");
  await vi.advanceTimersByTimeAsync(2500);
  expect(valueOf(watched, wait)).toBeCloseTo(2000, -2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(valueOf(watched, wait)).toBeGreaterThan(2500);
  watched.stop();
});
