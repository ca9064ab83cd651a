/** A run with one event, of which a test or a bench knows the truth: seeded, and the same every time. */
import { Histogram } from "../../../src/domain/histogram.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import type { EventKind, ResilienceEvent } from "../../../src/domain/resilience.ts";
import type { RunData } from "../../../src/domain/run.ts";
import { milliseconds, seconds } from "../../../src/domain/units.ts";
import type { Window } from "../../../src/domain/window.ts";
import { loadStart, testPlan, testRun } from "../../testdata/test-run.ts";

export interface EventRun {
  readonly seed?: number;
  readonly kind?: EventKind;
  readonly holdSeconds?: number;
  /** API reads a second. */
  readonly perSecond?: number;
  /** When the event begins, seconds from the start of the hold; it may be between two. */
  readonly at?: number;
  /** Of the event itself, seconds. */
  readonly lasts?: number;
  /** Share of requests that fail, always. */
  readonly usualFailures?: number;
  /** Share of requests that fail while it has an effect. */
  readonly failures?: number;
  /** How long it has an effect, seconds; default: as long as the event. */
  readonly effectLasts?: number;
  /** Latencies are so many times as long while it has an effect. */
  readonly slower?: number;
  readonly event?: Partial<ResilienceEvent>;
  readonly events?: RunData["events"];
}

const warmUpSeconds = 5;

export function eventRun(options: EventRun = {}): RunData {
  const { kind = "rolling-update", holdSeconds = 300, at = 60, lasts = 60 } = options;
  const startedAt = loadStart + (warmUpSeconds + at) * 1000;
  const { target = kind === "rolling-update" ? "api" : undefined } = options.event ?? {};
  const record: ResilienceEvent = {
    type: "resilience",
    at: startedAt + lasts * 1000,
    kind,
    target,
    by: "sandbox",
    plannedAt: startedAt,
    startedAt,
    endedAt: startedAt + lasts * 1000,
    outcome: "done",
    steps: [],
    ...options.event,
  };
  const plan = testPlan({ holdSeconds });
  const base = testRun({
    holdSeconds,
    plan: {
      profile: "resilience",
      judges: { throughput: false, latency: false, errors: false, resilience: true },
      objectives: {
        ...plan.objectives,
        responseP95Ms: { ...plan.objectives.responseP95Ms, api: milliseconds(200) },
      },
      events: [{ kind, target, atSeconds: at, by: "sandbox" }],
    },
    events: [record, ...(options.events ?? [])],
  });
  return { ...base, windows: windowsOf(options, startedAt) };
}

/** Each request by itself: the second of an event's end is neither all good nor all bad. */
function windowsOf(
  {
    seed = 1,
    holdSeconds = 300,
    perSecond = 100,
    lasts = 60,
    usualFailures = 0,
    failures = 0,
    effectLasts = lasts,
    slower = 1,
  }: EventRun,
  startedAt: number,
): readonly Window[] {
  const random = seededRandom(seed);
  const until = startedAt + effectLasts * 1000;
  return Array.from({ length: warmUpSeconds + holdSeconds }, (_, second) => {
    const at = loadStart + second * 1000;
    const histogram = new Histogram();
    for (let index = 0; index < perSecond; index++) {
      const moment = at + (index * 1000) / perSecond;
      const isAffected = moment >= startedAt && moment < until;
      const failing = isAffected ? Math.max(failures, usualFailures) : usualFailures;
      const ms = (-Math.log(1 - random()) / Math.log(20)) * 120 * (isAffected ? slower : 1);
      histogram.record(random() < failing ? Infinity : ms);
    }
    return {
      type: "window",
      metric: "response",
      surface: "api",
      kind: "read",
      phase: second < warmUpSeconds ? "warm-up" : "hold",
      generator: "0",
      at,
      durationMs: seconds(1),
      histogram: histogram.toJSON(),
      failures: { http_503: histogram.infinite },
    };
  });
}
