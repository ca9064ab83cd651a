import type { RunData } from "../../src/domain/run.ts";
import type { Surface } from "../../src/domain/surface.ts";
import type { FlowWindow, Window, WindowRecord } from "../../src/domain/window.ts";
import type { BatchedHits } from "../statistics/batches.ts";
import type { JudgedTime } from "../judged-time.ts";
import { judgedTimeOf } from "../judged-time.ts";
import { chartBuckets, type ChartBuckets } from "./chart-buckets.ts";
import type { DroppedRequests } from "./dropped.ts";
import { droppedRequests, wholeRequests, withUnsent } from "./dropped.ts";
import type { EndpointMeasurements } from "./endpoints.ts";
import { measureEndpoints } from "./endpoints.ts";
import type { FlowMeasurements } from "./flows.ts";
import { measureFlows } from "./flows.ts";
import type { Group } from "./groups.ts";
import type { SurfaceMeasurements } from "./surfaces.ts";
import { measureSurfaces, userGroups } from "./surfaces.ts";

/** Everything that the windows of a run say, each histogram decoded once. */
export interface Measurements {
  readonly time: JudgedTime;
  readonly buckets: ChartBuckets;
  readonly surfaces: SurfaceMeasurements;
  readonly flows: FlowMeasurements;
  readonly endpoints: readonly EndpointMeasurements[];
  readonly dropped: DroppedRequests;
}

export function measure(data: RunData): Measurements {
  const time = judgedTimeOf(data);
  const buckets = chartBuckets(time.loadStart, data.run.plan.durationMs);
  const { bySurface, byEndpoint, byFlow } = sortOut(data.windows);
  const flows = measureFlows(byFlow, time, buckets);
  return {
    time,
    buckets,
    surfaces: measureSurfaces(bySurface, time, buckets),
    flows,
    endpoints: measureEndpoints(byEndpoint, time),
    dropped: droppedRequests(flows.flows, data.run.plan, time.batchCount),
  };
}

type EndpointWindow = Window & { readonly endpoint: string };

function sortOut(windows: readonly WindowRecord[]) {
  const bySurface: Window[] = [];
  const byEndpoint: EndpointWindow[] = [];
  const byFlow: FlowWindow[] = [];
  for (const window of windows) {
    if (window.type === "flow") byFlow.push(window);
    else if (isOfEndpoint(window)) byEndpoint.push(window);
    else bySurface.push(window);
  }
  return { bySurface, byEndpoint, byFlow };
}

const isOfEndpoint = (window: Window): window is EndpointWindow => window.endpoint !== undefined;

/** What the p95 limit of a surface judges; `undefined` where not one value or drop came. */
export function latencyGroup(measured: Measurements, surface: Surface): Group | undefined {
  const group = withUnsent(surface, measured.surfaces.groups, measured.dropped);
  return group.batches.some(({ count }) => count > 0) ? group : undefined;
}

/** Requests of users to a surface and those that failed, per batch of the judged time. */
export function failuresByBatch(measured: Measurements, surface: Surface): BatchedHits[] {
  const groups = userGroups(measured.surfaces.groups, surface);
  return Array.from({ length: measured.time.batchCount }, (_, index) => ({
    count: groups.reduce((sum, { batches }) => sum + (batches[index]?.count ?? 0), 0),
    hits: groups.reduce((sum, { batches }) => sum + (batches[index]?.infinite ?? 0), 0),
  }));
}

/** As `failuresByBatch`, and every request that was never sent counts as one more failure. */
export function unservedByBatch(measured: Measurements, surface: Surface): BatchedHits[] {
  const unsent = wholeRequests(measured.dropped[surface]);
  return failuresByBatch(measured, surface).map(({ count, hits }, index) => {
    const more = unsent[index] ?? 0;
    return { count: count + more, hits: hits + more };
  });
}
