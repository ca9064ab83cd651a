/** How often each operation reaches the subgraph: what the API sends for the requests that page views and writes cause. */
import { scenarios } from "../../profiles/scenarios.ts";
import { countRequests } from "./page-traffic.ts";
import type { RequestCounts } from "./page-traffic.ts";
import { procedureOperations } from "./procedure-operations.ts";
import { subgraphCalls } from "./subgraph-calls.ts";
import type { SubgraphOperation } from "./subgraph-calls.ts";

/** Longest cycle that a short run still completes. */
const cycleLength = 200;

const operationsByProcedure: ReadonlyMap<string, readonly SubgraphOperation[]> = new Map(
  Object.entries(procedureOperations),
);

/** @returns operation → expected number of requests, on the scale of `requests` @throws RangeError on an unknown procedure */
export function countOperations(requests: RequestCounts): ReadonlyMap<SubgraphOperation, number> {
  const counts = new Map<SubgraphOperation, number>();
  for (const [procedure, times] of requests) {
    const operations = operationsByProcedure.get(procedure);
    if (operations === undefined) {
      throw new RangeError(`${procedure}: add its operations to procedure-operations.ts`);
    }
    for (const operation of operations) {
      counts.set(operation, (counts.get(operation) ?? 0) + times);
    }
  }
  return counts;
}

/** Requests of both senders: the server renders documents with the same procedures that browsers request. */
function allRequests(): RequestCounts {
  const counts = new Map(countRequests("server"));
  for (const [procedure, times] of countRequests("browser")) {
    counts.set(procedure, (counts.get(procedure) ?? 0) + times);
  }
  const reads = [...counts.values()].reduce((sum, times) => sum + times, 0);
  const writes = scenarios.api.flows.find(({ name }) => name === "api-writes")?.share ?? 0;
  for (const procedure of ["token.mint", "token.transfer"]) {
    counts.set(procedure, (reads * writes) / (1 - writes) / 2);
  }
  return counts;
}

/**
 * Integer weights that keep the ratio; what the API sends at all is at least 1.
 * @returns operation → weight; operations that no page causes are absent
 */
export function subgraphWeights(): ReadonlyMap<SubgraphOperation, number> {
  const counts = countOperations(allRequests());
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return new Map(
    Object.keys(subgraphCalls).flatMap((name) => {
      const operation = [...counts.keys()].find((counted) => counted === name);
      const count = operation === undefined ? 0 : (counts.get(operation) ?? 0);
      if (operation === undefined || count === 0) return [];
      return [[operation, Math.max(1, Math.round((cycleLength * count) / total))] as const];
    }),
  );
}

let weights: ReturnType<typeof subgraphWeights> | undefined;

/** Times per cycle of queries; 0 where no page causes it. */
export const weightOfOperation = (name: SubgraphOperation): number =>
  (weights ??= subgraphWeights()).get(name) ?? 0;
