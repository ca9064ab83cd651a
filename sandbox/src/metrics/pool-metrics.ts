/** What graph-node tells of its connection pool, with its names: how many are out, and how long one waits for one. */
import type { Family } from "./exposition.ts";

/** As far as a pool of `pg` is looked at. */
interface WatchablePool {
  readonly totalCount: number;
  readonly idleCount: number;
  connect(): Promise<{ release(): void }>;
}

export interface WatchedPool {
  families(): readonly Family[];
  stop(): void;
}

/** How often a connection is asked for, and over how many of these the wait is averaged. */
const everyMs = 500;
const averagedOver = 10;

/**
 * Asks the pool for a connection twice a second, as a query would, and gives it back at once. One that has not come yet counts
 * with the time that it has waited so far; one that never comes, with the time until the pool said so.
 */
export function watchPool(pool: WatchablePool, namespace: string): WatchedPool {
  const waits: number[] = [];
  let since: number | undefined;
  const record = (waitedMs: number): void => {
    waits.push(waitedMs);
    if (waits.length > averagedOver) waits.shift();
  };
  const ask = async (): Promise<void> => {
    if (since !== undefined) return;
    const started = performance.now();
    since = started;
    try {
      const client = await pool.connect();
      client.release();
    } catch {
      // The wait is what counts.
    }
    record(performance.now() - started);
    since = undefined;
  };
  const timer = setInterval(() => void ask(), everyMs);
  timer.unref();
  const labels = { namespace, pool: "main", shard: "primary" };
  return {
    families: () => {
      const open = since === undefined ? [] : [performance.now() - since];
      const all = [...waits, ...open];
      const mean = all.reduce((sum, wait) => sum + wait, 0) / Math.max(1, all.length);
      return [
        {
          name: "store_connection_wait_time_ms",
          type: "gauge",
          help: "Average connection wait time",
          samples: all.length === 0 ? [] : [{ labels, value: mean }],
        },
        {
          name: "store_connection_checkout_count",
          type: "gauge",
          help: "The number of Postgres connections currently checked out",
          samples: [{ labels, value: pool.totalCount - pool.idleCount }],
        },
      ];
    },
    stop: () => clearInterval(timer),
  };
}
