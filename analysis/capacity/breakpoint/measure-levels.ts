/** Windows and observations → the levels of one workload, with the slices that intervals are resampled from. */
import { saturationIn } from "../../generator-health.ts";
import { droppedRequests, withUnsent } from "../../measurements/dropped.ts";
import type { DroppedRequests } from "../../measurements/dropped.ts";
import type { FlowTotals } from "../../measurements/flows.ts";
import { emptyBatches, entryOf, groupName } from "../../measurements/groups.ts";
import type { Group, GroupName } from "../../measurements/groups.ts";
import { userGroups } from "../../measurements/surfaces.ts";
import type { CapacityLevel, LevelLatency } from "../../../src/domain/capacity.ts";
import { Histogram } from "../../../src/domain/histogram.ts";
import { latencyLimitMs } from "../../../src/domain/latency-objective.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import type { RunData } from "../../../src/domain/run.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import { allFlows, isUserRequest } from "../../../src/domain/window.ts";
import { platformUse } from "./platform-use.ts";
import type { PlatformUse } from "./platform-use.ts";
import { blockOf, plateausOf } from "./plateaus.ts";
import type { Plateau } from "./plateaus.ts";
import { tailBlocks } from "./tail-blocks.ts";
import type { TailBlocks } from "./tail-blocks.ts";

/** A level and what its interval is made from. */
export interface MeasuredLevel {
  readonly level: CapacityLevel;
  readonly pods: PlatformUse;
  /** Why the generator was saturated, in words; empty: it was not. */
  readonly generatorSaturation: readonly string[];
  /** What the response time's objective counts, in slices; one for each surface that was loaded. */
  readonly tails: readonly {
    readonly surface: Surface;
    readonly limitMs: number;
    readonly blocks: TailBlocks;
  }[];
  /** Well answered requests of each slice, per second. */
  readonly completedPerSecond: readonly number[];
  readonly answeredBySurface: Readonly<Partial<Record<Surface, number>>>;
}

/** Fewer requests answered than this share of those offered: the platform did not keep up. */
const keptUpShare = 0.98;
/** Journeys spread their requests as they like, so that a few of a plateau fall beside it. */
const countSlack = (expected: number): number => 2 + Math.sqrt(expected) / 2;
/** More iterations dropped than this share of those offered. */
const droppedShare = 0.01;

/** @param surfaces of the workload, as the plan maps them @returns by rising rate; none where none was loaded */
export function measureLevels(
  data: RunData,
  workload: string,
  surfaces: readonly Surface[],
): readonly MeasuredLevel[] {
  const { plan } = data.run;
  const loaded = surfaces.filter((surface) => plan.requestsPerMinuteBySurface[surface] > 0);
  if (loaded.length === 0) return [];
  return plateausOf(data).map((plateau) => measureLevel(data, { plateau, workload, loaded }));
}

interface Place {
  readonly plateau: Plateau;
  readonly workload: string;
  readonly loaded: readonly Surface[];
}

function measureLevel(data: RunData, { plateau, workload, loaded }: Place): MeasuredLevel {
  const { plan } = data.run;
  const seconds = (plateau.to - plateau.from) / 1000;
  const groups = groupsOf(data, plateau);
  const dropped = droppedRequests(flowsOf(data, plateau), plan, plateau.blocks);
  const own = loaded.flatMap((surface) => userGroups(groups, surface));
  const answered = Histogram.merged(own.flatMap(({ batches }) => batches));
  const unsent = loaded.reduce((sum, surface) => sum + sumNumbers(dropped[surface]), 0);
  const offeredPerSecond =
    (loaded.reduce((sum, surface) => sum + plan.requestsPerMinuteBySurface[surface], 0) / 60) *
    plateau.factor;
  const tails = loaded.map((surface) => tailOf(surface, { plan, groups, dropped }));
  const pods = platformUse(data, workload, plateau);
  const generatorSaturation = saturationOfLevel(data, plateau);
  const isServed = keptUp(offeredPerSecond * seconds, { requests: answered.count, unsent });
  const level: CapacityLevel = {
    runId: data.run.id,
    phase: plateau.name,
    from: plateau.from,
    to: plateau.to,
    replicas: pods.replicas?.[0] === pods.replicas?.[1] ? pods.replicas?.[0] : undefined,
    offeredPerSecond,
    completedPerSecond: (answered.count - answered.infinite) / seconds,
    droppedPerSecond: unsent / seconds,
    errorRatio:
      answered.count + unsent === 0 ? 1 : (answered.infinite + unsent) / (answered.count + unsent),
    latency: tails.map(latencyOf),
    // Little's law: time spent in the system, of all requests, per time that passed.
    concurrency: answered.sum / 1000 / seconds,
    cpuCoresPerPod: pods.cpuCoresPerPod,
    memoryBytesPerPod: pods.memoryBytesPerPod,
    state:
      generatorSaturation.length > 0 ? "generator-saturated" : isServed ? "served" : "saturated",
  };
  return {
    level,
    pods,
    generatorSaturation,
    tails: tails.map(({ surface, limitMs, blocks }) => ({ surface, limitMs, blocks })),
    completedPerSecond: completedBySlice(own, plateau),
    answeredBySurface: Object.fromEntries(
      loaded.map((surface) => [
        surface,
        sumNumbers(userGroups(groups, surface).map((group) => goodOf(group))) / seconds,
      ]),
    ),
  };
}

const keptUp = (
  expected: number,
  { requests, unsent }: { readonly requests: number; readonly unsent: number },
): boolean =>
  requests >= keptUpShare * expected - countSlack(expected) && unsent <= droppedShare * expected;

/** What was dropped is no sign by itself: a slow platform lets iterations pile up as well. */
function saturationOfLevel(data: RunData, { from, to }: Plateau): string[] {
  const isInside = (at: number): boolean => at >= from && at < to;
  const counts = data.windows.flatMap((window) =>
    window.type === "window" &&
    window.endpoint === undefined &&
    window.metric === "response" &&
    isInside(window.at)
      ? [window.histogram.count]
      : [],
  );
  return saturationIn(data, isInside, sumNumbers(counts) / ((to - from) / 1000));
}

interface Counted {
  readonly plan: Plan;
  readonly groups: ReadonlyMap<GroupName, Group>;
  readonly dropped: DroppedRequests;
}

function tailOf(surface: Surface, { plan, groups, dropped }: Counted) {
  const { batches } = withUnsent(surface, groups, dropped);
  return {
    surface,
    limitMs: latencyLimitMs(plan.objectives, surface),
    merged: Histogram.merged(batches),
    blocks: tailBlocks(batches),
  };
}

const sumNumbers = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0);

const goodOf = ({ batches }: Group): number =>
  sumNumbers(batches.map(({ count, infinite }) => count - infinite));

function latencyOf({
  surface,
  limitMs,
  merged,
}: {
  readonly surface: Surface;
  readonly limitMs: number;
  readonly merged: Histogram;
}): LevelLatency {
  const p50 = merged.quantile(0.5);
  const p95 = merged.quantile(0.95);
  const p99 = merged.quantile(0.99);
  return {
    surface,
    requests: merged.count,
    p50Ms: p50,
    p95Ms: p95,
    p99Ms: p99,
    limitMs,
  };
}

/** Requests of the plateau's own phase that ended in the part that counts, in slices. */
function groupsOf({ windows }: RunData, plateau: Plateau): ReadonlyMap<GroupName, Group> {
  const groups = new Map<GroupName, Group>();
  for (const window of windows) {
    if (window.type !== "window" || window.endpoint !== undefined) continue;
    if (window.phase !== plateau.name || !isCounted(window)) continue;
    const block = blockOf(plateau, window.at);
    if (block === undefined) continue;
    const { metric, surface, kind } = window;
    const group = entryOf(groups, groupName(window), () => ({
      metric,
      surface,
      kind,
      batches: emptyBatches(plateau.blocks),
    }));
    group.batches[block]?.merge(Histogram.fromJSON(window.histogram));
  }
  return groups;
}

/** Requests of users, and the pages that the web's objective is about. */
const isCounted = (window: Parameters<typeof isUserRequest>[0]): boolean =>
  isUserRequest(window) || window.metric === "page";

function flowsOf({ windows }: RunData, plateau: Plateau): ReadonlyMap<string, FlowTotals> {
  const flows = new Map<string, FlowTotals>();
  for (const window of windows) {
    if (window.type !== "flow" || window.flow === allFlows || window.phase !== plateau.name)
      continue;
    const block = blockOf(plateau, window.at);
    if (block === undefined) continue;
    const flow = entryOf(flows, window.flow, () => ({
      started: 0,
      completed: 0,
      dropped: 0,
      requests: 0,
      droppedByBatch: Array.from({ length: plateau.blocks }, () => 0),
    }));
    flow.completed += window.completed;
    flow.dropped += window.dropped;
    flow.requests += window.requests;
    flow.droppedByBatch[block] = (flow.droppedByBatch[block] ?? 0) + window.dropped;
  }
  return flows;
}

function completedBySlice(groups: readonly Group[], plateau: Plateau): readonly number[] {
  const seconds = Array.from({ length: plateau.blocks }, () => 0);
  for (let at = plateau.from; at < plateau.to; at += 1000) {
    const block = blockOf(plateau, at) ?? 0;
    seconds[block] = (seconds[block] ?? 0) + 1;
  }
  return seconds.map((length, block) => {
    const good = groups.map(({ batches }) => batches[block]);
    return (
      sumNumbers(good.map((batch) => (batch?.count ?? 0) - (batch?.infinite ?? 0))) /
      Math.max(1, length)
    );
  });
}
