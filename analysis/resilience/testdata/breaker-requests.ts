/** Requests to a platform whose dependency is out behind a circuit breaker, of which the truth is known; seeded. */
import type { TracedRequestsEvent } from "../../../src/domain/resilience.ts";
import type { RunData } from "../../../src/domain/run.ts";
import type { BreakerKind } from "../../../src/domain/sandbox-events.ts";
import { eventRun } from "./event-run.ts";
import { seededRandom } from "../../../src/domain/random.ts";

export interface BreakerRequests {
  readonly seed?: number;
  /** Requests a second that need the dependency. */
  readonly perSecond?: number;
  /** Epoch milliseconds. */
  readonly outFrom: number;
  readonly outMs?: number;
  readonly until: number;
  /** In a row, before it opens; Infinity: never. */
  readonly failures: number;
  /** Infinity: never closes. */
  readonly openMs: number;
  /** From one arrival to the next: as chance has it, or as even as k6 makes it of several flows. Default `even`. */
  readonly arrivals?: "random" | "even";
  /** Processes, each with a breaker of its own. */
  readonly processes?: number;
}

const timeoutMs = 500;

interface Pending {
  readonly endpoint: string;
  readonly process: number;
  readonly startedAt: number;
  readonly failsAt: number;
}

/** One event of a run whose breaker does as it is told, from second 60 of the hold on. */
export function breakerRun({
  target,
  ...requests
}: Omit<BreakerRequests, "outFrom" | "until"> & { readonly target: BreakerKind }): RunData {
  const [at, holdSeconds] = [60, target === "external" ? 500 : 240];
  const shared = { seed: requests.seed, at, lasts: 12, holdSeconds } as const;
  const kind = "external-outage";
  const { events } = eventRun({ ...shared, kind });
  const record = events.find(({ type }) => type === "resilience");
  const outFrom = record?.type === "resilience" ? record.startedAt : 0;
  const until = outFrom + (holdSeconds - at) * 1000;
  const traced = breakerRequests({ ...requests, outFrom, until });
  return eventRun({ ...shared, kind, failures: 0.3, event: { target }, events: traced });
}

export function breakerRequests(options: BreakerRequests): readonly TracedRequestsEvent[] {
  const { seed = 1, perSecond = 20, outFrom, outMs = 10_000, until, processes = 1, arrivals = "even" } = options;
  const random = seededRandom(seed);
  const breakers = Array.from({ length: processes }, () => ({ failures: 0, triesAt: 0, state: "closed" }));
  const seconds = new Map<string, { outcome: string; endedMs: number; tookMs: number }[]>();
  const end = (endpoint: string, startedAt: number, endedAt: number, outcome: string): void => {
    const at = endedAt - (endedAt % 1000);
    const key = `${at} ${endpoint}`;
    const all = seconds.get(key) ?? [];
    seconds.set(key, all);
    all.push({ outcome, endedMs: Math.round(endedAt - at), tookMs: endedAt - startedAt });
  };
  const pending: Pending[] = [];
  const failUntil = (now: number): void => {
    for (let first = pending[0]; first !== undefined && first.failsAt <= now; first = pending[0]) {
      pending.shift();
      const breaker = breakers[first.process];
      if (breaker === undefined) continue;
      end(first.endpoint, first.startedAt, first.failsAt + 1 + random() * 3, "http_500");
      if (breaker.state === "open") continue;
      breaker.failures++;
      if (breaker.state === "closed" && breaker.failures < options.failures) continue;
      breaker.state = "open";
      breaker.triesAt = first.failsAt + options.openMs;
    }
  };
  for (let index = 0, at = 0; at < until; index++) {
    const step = arrivals === "even" ? 0.6 + 0.8 * random() : -Math.log(1 - random());
    at = index === 0 ? outFrom - 2000 : at + (step * 1000) / perSecond;
    failUntil(at);
    const endpoint = random() < 0.7 ? "user.me" : "user.list";
    const process = Math.floor(random() * processes);
    const breaker = breakers[process];
    if (breaker === undefined) continue;
    const arrivesAt = at + 1 + random() * 2;
    const mayCall = breaker.state === "closed" || (breaker.state === "open" && arrivesAt >= breaker.triesAt);
    if (!mayCall) {
      end(endpoint, at, arrivesAt + 1 + random() * 4, "http_503");
      continue;
    }
    if (breaker.state === "open") breaker.state = "trying";
    if (arrivesAt >= outFrom && arrivesAt < outFrom + outMs) {
      pending.push({ endpoint, process, startedAt: at, failsAt: arrivesAt + timeoutMs });
      pending.sort((one, next) => one.failsAt - next.failsAt);
      continue;
    }
    breaker.failures = 0;
    breaker.state = "closed";
    end(endpoint, at, arrivesAt + 30 + random() * 120, "ok");
  }
  failUntil(Infinity);
  return eventsOf(seconds);
}

/** As a runner writes them: seconds in which all is well are left out, but for the first one after a failure. */
function eventsOf(
  seconds: ReadonlyMap<string, readonly { outcome: string; endedMs: number; tookMs: number }[]>,
): readonly TracedRequestsEvent[] {
  const failing = new Set<string>();
  return [...seconds]
    .map(([key, requests]) => {
      const [at = "", endpoint = ""] = key.split(" ");
      return { at: Number(at), endpoint, requests: requests.toSorted((one, next) => one.endedMs - next.endedMs) };
    })
    .toSorted((one, next) => one.at - next.at)
    .flatMap(({ at, endpoint, requests }) => {
      const hasFailed = requests.some(({ outcome }) => outcome !== "ok");
      if (!hasFailed && !failing.delete(endpoint)) return [];
      if (hasFailed) failing.add(endpoint);
      return {
        type: "traced-requests" as const,
        at,
        surface: "api" as const,
        endpoint,
        outcomes: requests.map(({ outcome }) => outcome),
        endedMs: requests.map(({ endedMs }) => endedMs),
        tookMs: requests.map(({ tookMs }) => tookMs),
      };
    });
}
