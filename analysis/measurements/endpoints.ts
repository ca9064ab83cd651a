import { Histogram } from "../../src/domain/histogram.ts";
import type { RunEvent } from "../../src/domain/observation.ts";
import type { ErrorGroup } from "../../src/domain/report.ts";
import type { Window } from "../../src/domain/window.ts";
import type { JudgedTime } from "../judged-time.ts";
import { batchOf } from "../judged-time.ts";
import type { Group } from "./groups.ts";
import { entryOf, groupName } from "./groups.ts";

/** One endpoint. */
export interface EndpointMeasurements extends Pick<Group, "metric" | "surface" | "kind"> {
  readonly endpoint: string;
  /** Judged phases; failed requests are in it as infinite. */
  readonly judged: Histogram;
  /** All phases, warm-up included. */
  requests: number;
  readonly failures: Map<string, FailureCount>;
}

interface FailureCount {
  count: number;
  /** Epoch milliseconds. */
  firstSeen: number;
}

/** @param windows those of single endpoints */
export function measureEndpoints(
  windows: Iterable<Window & { readonly endpoint: string }>,
  time: JudgedTime,
): EndpointMeasurements[] {
  const endpoints = new Map<string, EndpointMeasurements>();
  for (const window of windows) {
    const key = `${groupName(window)} ${window.endpoint}`;
    const endpoint = entryOf(endpoints, key, () => emptyEndpoint(window));
    endpoint.requests += window.histogram.count;
    countFailures(endpoint, window);
    if (batchOf(time, window.phase, window.at) !== undefined) {
      endpoint.judged.merge(Histogram.fromJSON(window.histogram));
    }
  }
  return [...endpoints.values()];
}

const emptyEndpoint = ({
  metric,
  surface,
  kind,
  endpoint,
}: Window & { readonly endpoint: string }): EndpointMeasurements => ({
  metric,
  surface,
  kind,
  endpoint,
  judged: new Histogram(),
  requests: 0,
  failures: new Map(),
});

function countFailures(endpoint: EndpointMeasurements, { failures, at }: Window): void {
  for (const [outcome, count] of Object.entries(failures)) {
    if (count === 0) continue;
    const known = entryOf(endpoint.failures, outcome, () => ({ count: 0, firstSeen: at }));
    known.count += count;
    known.firstSeen = Math.min(known.firstSeen, at);
  }
}

/**
 * Failed HTTP requests by endpoint and outcome, all phases, most frequent first. A failure that k6 reported on its
 * own dates the first one to the millisecond; else the start of the 10 s window does.
 */
export function errorGroups(
  endpoints: readonly EndpointMeasurements[],
  events: readonly RunEvent[],
): ErrorGroup[] {
  return endpoints
    .filter(({ metric }) => metric === "response")
    .flatMap(({ surface, endpoint, failures }) =>
      [...failures].map(([outcome, { count, firstSeen }]) => {
        const seen = failures.size === 1 ? firstFailureOf(events, surface, endpoint) : undefined;
        return { surface, endpoint, outcome, count, firstSeen: seen ?? firstSeen };
      }),
    )
    .toSorted((a, b) => b.count - a.count || a.firstSeen - b.firstSeen || compare(a, b));
}

function firstFailureOf(
  events: readonly RunEvent[],
  surface: string,
  endpoint: string,
): number | undefined {
  const event = events.find(
    (each) => each.type === "failure" && each.surface === surface && each.endpoint === endpoint,
  );
  return event?.at;
}

const compare = (a: ErrorGroup, b: ErrorGroup): number =>
  `${a.endpoint} ${a.outcome}` < `${b.endpoint} ${b.outcome}` ? -1 : 1;
