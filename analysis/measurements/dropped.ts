/**
 * A dropped iteration is a user who found the platform too slow to be served at all: its requests count as slower
 * than any limit. k6 tells only flow and phase of a drop, so its requests are spread over the surfaces here.
 */
import { Histogram } from "../../src/domain/histogram.ts";
import { judgedByLatency } from "../../src/domain/latency-objective.ts";
import type { Plan } from "../../src/domain/plan.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { isSurface, surfaces } from "../../src/domain/surface.ts";
import { declaredRequestsPerIteration } from "../planned.ts";
import type { FlowTotals } from "./flows.ts";
import { emptyBatches, latencyGroupNames, type Group, type GroupName } from "./groups.ts";
import { userGroups } from "./surfaces.ts";

/** Unsent requests of each surface per batch of the judged time, not rounded. */
export type DroppedRequests = Readonly<Record<Surface, readonly number[]>>;

export function droppedRequests(
  flows: ReadonlyMap<string, FlowTotals>,
  plan: Plan,
  batches: number,
): DroppedRequests {
  const none = (): number[] => Array.from({ length: batches }, () => 0);
  const dropped = { web: none(), api: none(), subgraph: none() };
  for (const [name, flow] of flows) {
    const perIteration = requestsPerIteration(flow, plan);
    for (const surface of surfaces) {
      const share = shareOf(name, surface, plan) * perIteration;
      flow.droppedByBatch.forEach((count, batch) => {
        dropped[surface][batch] = (dropped[surface][batch] ?? 0) + count * share;
      });
    }
  }
  return dropped;
}

/** As measured; a flow that completed nothing falls back on the mean that the plan declares. */
const requestsPerIteration = (flow: FlowTotals, plan: Plan): number =>
  flow.completed > 0 ? flow.requests / flow.completed : (declaredRequestsPerIteration(plan) ?? 1);

/** Flows of a surface's own scenario load only that one; journeys (investor, issuer, …) load them as the plan does. */
function shareOf(flow: string, surface: Surface, plan: Plan): number {
  const scenario = plan.arrivals.find((arrivals) => arrivals.flow === flow)?.scenario;
  if (scenario !== undefined && isSurface(scenario)) return scenario === surface ? 1 : 0;
  const total = surfaces.reduce((sum, each) => sum + plan.requestsPerMinuteBySurface[each], 0);
  return total === 0 ? 0 : plan.requestsPerMinuteBySurface[surface] / total;
}

/** How many values of a group (reads of the API, pages of the web) go with one request to its surface, as measured. */
function valuesPerRequest(groups: ReadonlyMap<GroupName, Group>, group: Group): number {
  const requests = userGroups(groups, group.surface).reduce((sum, each) => sum + countOf(each), 0);
  return requests === 0 ? 1 : Math.min(1, countOf(group) / requests);
}

/** Whole requests for each batch that add up to all of them: fractions are carried on, not rounded away one by one. */
export function wholeRequests(unsent: readonly number[]): number[] {
  let sum = 0;
  let recorded = 0;
  return unsent.map((count) => {
    sum += count;
    const times = Math.round(sum) - recorded;
    recorded += times;
    return times;
  });
}

/** The group with its share of the dropped requests added as infinite values. */
function withDropped(group: Group, unsent: readonly number[]): Group {
  const whole = wholeRequests(unsent);
  const batches = group.batches.map((batch, index) => {
    const times = whole[index] ?? 0;
    const all = new Histogram().merge(batch);
    if (times > 0) all.record(Infinity, times);
    return all;
  });
  return { ...group, batches };
}

/**
 * What the p95 limit of a surface judges, with its share of the requests that were never sent as infinite values.
 * @param dropped in as many batches as the groups have
 */
export function withUnsent(
  surface: Surface,
  groups: ReadonlyMap<GroupName, Group>,
  dropped: DroppedRequests,
): Group {
  const none = {
    surface,
    ...judgedByLatency[surface],
    batches: emptyBatches(dropped[surface].length),
  };
  const group = groups.get(latencyGroupNames[surface]) ?? none;
  const share = valuesPerRequest(groups, group);
  return withDropped(
    group,
    dropped[surface].map((count) => count * share),
  );
}

export const countOf = ({ batches }: Group): number =>
  batches.reduce((sum, { count }) => sum + count, 0);
