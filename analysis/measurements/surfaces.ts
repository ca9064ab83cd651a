import { isJudgedByLatency } from "../../src/domain/latency-objective.ts";
import type { ChartBuckets } from "./chart-buckets.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { isUserRequest, type Window } from "../../src/domain/window.ts";
import type { JudgedTime } from "../judged-time.ts";
import { batchOf } from "../judged-time.ts";
import type { Group, GroupName } from "./groups.ts";
import { emptyBatches, entryOf, groupName } from "./groups.ts";

/** Requests of users, assets and sign-ins apart. */
export interface RequestCount {
  requests: number;
  failed: number;
}

/** What the 1 s windows of the surfaces say. Maps keyed by time have epoch milliseconds as keys. */
export interface SurfaceMeasurements {
  readonly groups: ReadonlyMap<GroupName, Group>;
  /** Well answered requests of users by second of their end, all phases after sign-in. */
  readonly answeredBySecond: ReadonlyMap<number, number>;
  /** HTTP requests, assets included, over the judged phases. */
  readonly judgedHttpRequests: number;
  readonly countsByBucket: Readonly<Record<Surface, ReadonlyMap<number, RequestCount>>>;
  /** Latency of the group with an objective per chart bucket, all phases. */
  readonly latencyByBucket: Readonly<Record<Surface, ReadonlyMap<number, Histogram>>>;
}

const perSurface = <Value>(make: () => Value): Record<Surface, Value> => ({
  web: make(),
  api: make(),
  subgraph: make(),
});

/** @param windows without those of single endpoints */
export function measureSurfaces(
  windows: Iterable<Window>,
  time: JudgedTime,
  buckets: ChartBuckets,
): SurfaceMeasurements {
  const groups = new Map<GroupName, Group>();
  const answeredBySecond = new Map<number, number>();
  const countsByBucket = perSurface(() => new Map<number, RequestCount>());
  const latencyByBucket = perSurface(() => new Map<number, Histogram>());
  let judgedHttpRequests = 0;

  for (const window of windows) {
    const { surface, histogram: json, at } = window;
    const histogram = Histogram.fromJSON(json);
    const name = groupName(window);
    const bucket = buckets.startOf(at);
    const batch = batchOf(time, window.phase, at);
    if (batch !== undefined) {
      const make = (): Group => ({ ...keyOf(window), batches: emptyBatches(time.batchCount) });
      entryOf(groups, name, make).batches[batch]?.merge(histogram);
      if (window.metric === "response") judgedHttpRequests += json.count;
    }
    if (isUserRequest(window) && window.phase !== "setup") {
      const answered = json.count - json.infinite;
      answeredBySecond.set(at, (answeredBySecond.get(at) ?? 0) + answered);
      const count = entryOf(countsByBucket[surface], bucket, () => ({ requests: 0, failed: 0 }));
      count.requests += json.count;
      count.failed += json.infinite;
    }
    if (isJudgedByLatency(window)) {
      entryOf(latencyByBucket[surface], bucket, () => new Histogram()).merge(histogram);
    }
  }
  return { groups, answeredBySecond, judgedHttpRequests, countsByBucket, latencyByBucket };
}

const keyOf = ({ metric, surface, kind }: Window): Pick<Group, "metric" | "surface" | "kind"> => ({
  metric,
  surface,
  kind,
});

/** Groups of users' requests to a surface. */
export const userGroups = (
  groups: ReadonlyMap<GroupName, Group>,
  surface: Surface,
): readonly Group[] =>
  [...groups.values()].filter((group) => group.surface === surface && isUserRequest(group));
