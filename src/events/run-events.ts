/** Makes a plan's events, each at its time, one after the other; each is recorded with its real start and end. */
import { messageOf } from "../domain/errors.ts";
import type {
  EventRecord,
  EventStep,
  PlannedEvent,
  ResilienceBeginEvent,
  ResilienceEvent,
} from "../domain/resilience.ts";
import { eventText } from "../domain/resilience.ts";
import { pause } from "../observe/pause.ts";
import type { EventMaker } from "./event-maker.ts";

export interface EventsOptions {
  /** In the order of time. */
  readonly makers: ReadonlyMap<PlannedEvent, EventMaker>;
  /** What `atSeconds` counts from, epoch milliseconds. */
  readonly holdStartsAt: number;
  /** Of one event. */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** When an event begins, and when it is over. */
  readonly record: (event: ResilienceBeginEvent | ResilienceEvent) => void;
  /** An event failed or did not end: the load has no use any more. */
  readonly onFailure: (sentence: string) => void;
}

export interface RunningEvents {
  /** Ends the event that goes on, with its clean-up. */
  readonly stop: () => Promise<void>;
}

export function runEvents(options: EventsOptions): RunningEvents {
  const ended = new AbortController();
  const made = makeAll(options, ended.signal);
  return {
    stop: async () => {
      ended.abort();
      await made;
    },
  };
}

async function makeAll(options: EventsOptions, ended: AbortSignal): Promise<void> {
  const { makers, holdStartsAt, now, record, onFailure } = options;
  for (const [event, maker] of makers) {
    const plannedAt = holdStartsAt + event.atSeconds * 1000;
    await pause(plannedAt - now(), ended);
    if (ended.aborted) return;
    const { kind, target, by } = event;
    record({ type: "resilience-begin", at: now(), kind, target, by, plannedAt });
    const made = await makeOne(event, maker, { ...options, plannedAt, ended });
    record({ type: "resilience", at: now(), ...made });
    if (made.outcome === "done") continue;
    if (made.outcome !== "interrupted")
      onFailure(`event ${eventText(event)}: ${made.sentence ?? made.outcome}`);
    return;
  }
}

async function makeOne(
  { kind, target, by }: PlannedEvent,
  maker: EventMaker,
  {
    timeoutMs,
    now,
    plannedAt,
    ended,
  }: Pick<EventsOptions, "timeoutMs" | "now"> & {
    readonly plannedAt: number;
    readonly ended: AbortSignal;
  },
): Promise<EventRecord> {
  const startedAt = now();
  const steps: EventStep[] = [];
  const late = AbortSignal.timeout(timeoutMs);
  const head = { kind, target, by, plannedAt, startedAt };
  const inOrder = (): readonly EventStep[] => steps.toSorted((one, next) => one.at - next.at);
  try {
    const sentence = await maker.make(
      { kind, target },
      {
        signal: AbortSignal.any([ended, late]),
        step: (name, at = now()) => void steps.push({ name, at }),
      },
    );
    if (ended.aborted)
      return {
        ...head,
        outcome: "interrupted",
        steps: inOrder(),
        sentence: sentence ?? "the load ended before the event did",
      };
    if (late.aborted) {
      const reason = `it did not end within ${timeoutMs / 1000} s`;
      const words = sentence === undefined ? reason : `${reason}; ${sentence}`;
      return { ...head, outcome: "timed-out", steps: inOrder(), sentence: words };
    }
    return { ...head, endedAt: now(), outcome: "done", steps: inOrder(), sentence };
  } catch (error) {
    const rest = { steps: inOrder(), sentence: messageOf(error) };
    if (ended.aborted) return { ...head, outcome: "interrupted", ...rest };
    const reason = `it did not end within ${timeoutMs / 1000} s; ${rest.sentence}`;
    if (late.aborted) return { ...head, outcome: "timed-out", ...rest, sentence: reason };
    return { ...head, endedAt: now(), outcome: "failed", ...rest };
  }
}
