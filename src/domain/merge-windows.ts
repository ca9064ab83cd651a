import { Histogram } from "./histogram.ts";
import type { FlowWindow, Window, WindowRecord } from "./window.ts";

type Sum =
  | {
      readonly of: Window;
      readonly histogram: Histogram;
      readonly failures: Record<string, number>;
    }
  | {
      readonly of: FlowWindow;
      readonly lag: Histogram;
      readonly counts: { completed: number; dropped: number; requests: number };
      users: number | undefined;
    };

/** The `generator` of records that were added up. */
const allRunners = "*";

/**
 * Adds up the windows of any number of runners, exactly: what comes out is what one runner with all of the load would
 * have written. Memory: the windows that are not taken yet.
 */
export class WindowMerge {
  /** By the start of the window and its key. */
  readonly #sums = new Map<number, Map<string, Sum>>();

  add(record: WindowRecord): void {
    let sums = this.#sums.get(record.at);
    if (sums === undefined) this.#sums.set(record.at, (sums = new Map()));
    const key = keyOf(record);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, sumOf(record));
    else addTo(sum, record);
  }

  /** @param before epoch milliseconds @returns the windows that ended by then, the earliest first, and forgets them */
  take(before: number): WindowRecord[] {
    const starts = [...this.#sums.keys()].toSorted((one, other) => one - other);
    return starts.flatMap((at) => {
      const sums = this.#sums.get(at) ?? new Map<string, Sum>();
      const taken: WindowRecord[] = [];
      for (const [key, sum] of sums) {
        if (at + sum.of.durationMs > before) continue;
        taken.push(recordOf(sum));
        sums.delete(key);
      }
      if (sums.size === 0) this.#sums.delete(at);
      return taken;
    });
  }
}

const keyOf = (record: WindowRecord): string =>
  record.type === "flow"
    ? `${record.flow} ${record.phase}`
    : `${record.metric} ${record.surface} ${record.kind} ${record.phase} ${record.endpoint ?? ""} ${record.durationMs}`;

const sumOf = (record: WindowRecord): Sum =>
  record.type === "window"
    ? {
        of: record,
        histogram: Histogram.fromJSON(record.histogram),
        failures: { ...record.failures },
      }
    : {
        of: record,
        lag: Histogram.fromJSON(record.lag),
        counts: {
          completed: record.completed,
          dropped: record.dropped,
          requests: record.requests,
        },
        users: record.users,
      };

function addTo(sum: Sum, record: WindowRecord): void {
  if ("lag" in sum && record.type === "flow") {
    sum.lag.mergeJson(record.lag);
    sum.counts.completed += record.completed;
    sum.counts.dropped += record.dropped;
    sum.counts.requests += record.requests;
    if (record.users !== undefined) sum.users = (sum.users ?? 0) + record.users;
  } else if ("histogram" in sum && record.type === "window") {
    sum.histogram.mergeJson(record.histogram);
    for (const outcome in record.failures)
      sum.failures[outcome] = (sum.failures[outcome] ?? 0) + (record.failures[outcome] ?? 0);
  }
}

function recordOf(sum: Sum): WindowRecord {
  const generator = allRunners;
  if ("histogram" in sum)
    return { ...sum.of, generator, histogram: sum.histogram.toJSON(), failures: sum.failures };
  return { ...sum.of, ...sum.counts, generator, lag: sum.lag.toJSON(), users: sum.users };
}
