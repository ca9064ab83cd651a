/**
 * What `doctor --scale` assumes where nothing was measured on this machine. From `bench/results`, on two cores; a test holds
 * them to those files.
 */
import type { WindowFigures } from "./scale.ts";

/** A machine that was measured. `node bench/run.mjs generator-limits`: no-op endpoint on the same machine, 200 users. */
export const referenceRunner = {
  cpuCores: 2,
  ceilingPerSecond: 9010,
  /** An assumption: not what it had, but what two cores usually come with. */
  memoryBytes: 8 * 1024 ** 3,
} as const;

/** CPU of k6 per request of a no-op load at 1,000/s, `node bench/run.mjs generator-cost`. */
export const noopMicroseconds = 497;
/** That of the API mix at 800/s (`node bench/run.mjs api-mix`) against it. */
export const costOfScenarios = 769 / noopMicroseconds;

/** Peak of k6 by its virtual users: 437 MB for 216 of `smoke` (docs/performance.md), 207 MB for 200 of a no-op script. */
export const memoryPerUser = { scenarios: 437e6 / 216, noop: 207e6 / 200 } as const;

/** `node bench/run.mjs windows`: 3,000 requests/s of one generator; `node bench/run.mjs collector`: eight runners over HTTP. */
export const windowFigures: WindowFigures = {
  bytes: { surface: 820, flow: 975, endpoint: 877 },
  collectedPerSecond: 8858,
  microsecondsPerMerge: 22.5,
};
