/** Starts the observers of a run side by side. Records any failure of one of them as a gap; it never ends the run. */
import type { ObservationLine } from "../domain/kubernetes-records.ts";
import { messageOf } from "../domain/errors.ts";
import type { ObserverSink, RunningObserver } from "./observer.ts";

/** An observer before it starts. */
export interface Watch {
  /** As its observations and gaps name it. */
  readonly source: string;
  readonly start: (sink: ObserverSink<ObservationLine>) => Promise<RunningObserver>;
}

/** How long the load waits for an observer to begin, and the run for it to end. */
const patienceMs = 15_000;

/** @returns once each has begun, failed or used up its time; a late one still observes */
export async function startObservers(
  watches: readonly Watch[],
  sink: ObserverSink<ObservationLine>,
  now: () => number,
): Promise<RunningObserver> {
  let ended = false;
  const open: ObserverSink<ObservationLine> = {
    observation: (observation) => ended || sink.observation(observation),
    gap: (gap) => ended || sink.gap(gap),
  };
  const starting = watches.map(async ({ source, start }) => {
    try {
      return await start(open);
    } catch (error) {
      const sentence = messageOf(error);
      open.gap({ source, code: "not-started", at: now(), sentence });
      return undefined;
    }
  });
  await withPatience(starting, (index) => {
    const source = watches[index]?.source ?? "";
    const sentence = `${source} did not start observing within ${patienceMs / 1000} s; the load began without it`;
    open.gap({ source, code: "not-started", at: now(), sentence });
  });
  return {
    stop: async () => {
      const stopping = starting.map(async (observer) => (await observer)?.stop());
      await withPatience(stopping, (index) => {
        const source = watches[index]?.source ?? "";
        const sentence = `${source} did not stop within ${patienceMs / 1000} s; its last records are missing`;
        open.gap({ source, code: "not-finished", at: now(), sentence });
      });
      ended = true;
    },
  };
}

/** Waits for all of them, at most so long; tells of each that is not there then. None may reject. */
async function withPatience(
  promises: readonly Promise<unknown>[],
  onLate: (index: number) => void,
): Promise<void> {
  const late = new Set(promises.keys());
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  const all = Promise.all(
    promises.map(async (promise, index) => {
      await promise;
      late.delete(index);
    }),
  );
  await Promise.race([all, timeout]);
  clearTimeout(timer);
  late.forEach(onLate);
}
