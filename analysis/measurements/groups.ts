import { judgedByLatency } from "../../src/domain/latency-objective.ts";
import type { PerSurface, RequestKind, Surface } from "../../src/domain/surface.ts";
import { Histogram } from "../../src/domain/histogram.ts";
import type { Window } from "../../src/domain/window.ts";
import { batchAt, type JudgedTime } from "../judged-time.ts";

/** All judged requests of one metric, surface and kind, in equal-time batches. */
export interface Group {
  readonly metric: Window["metric"];
  readonly surface: Surface;
  readonly kind: RequestKind;
  /** One per batch of the judged time; failed requests are in them as infinite. */
  readonly batches: readonly Histogram[];
}

export type GroupName = `${Window["metric"]} ${Surface} ${RequestKind}`;

export const groupName = ({
  metric,
  surface,
  kind,
}: Pick<Group, "metric" | "surface" | "kind">): GroupName => `${metric} ${surface} ${kind}`;

/** The group of each surface that its p95 limit judges. */
export const latencyGroupNames: PerSurface<GroupName> = {
  web: groupName({ surface: "web", ...judgedByLatency.web }),
  api: groupName({ surface: "api", ...judgedByLatency.api }),
  subgraph: groupName({ surface: "subgraph", ...judgedByLatency.subgraph }),
};

/** An existing entry, or a new one. */
export function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Values of judged instants (epoch milliseconds) by batch of the judged time. */
export function batchesOf(
  time: JudgedTime,
  values: readonly { readonly at: number; readonly value: number }[],
): Histogram[] {
  const batches = emptyBatches(time.batchCount);
  for (const { at, value } of values) {
    const index = batchAt(time, at);
    if (index !== undefined) batches[index]?.record(value);
  }
  return batches;
}

export const emptyBatches = (count: number): Histogram[] =>
  Array.from({ length: count }, () => new Histogram());
