import { apiReads } from "./lib/api-calls.ts";
import type { ApiRead } from "./lib/api-calls.ts";
import { begin } from "./lib/iteration.ts";
import { callRead, callWrite } from "./lib/orpc.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { weightedCycle } from "./lib/weighted.ts";

const names = Object.keys(apiReads).filter((name): name is ApiRead => name in apiReads);
const cycle = weightedCycle(names.map((name) => apiReads[name].weight));

/** One read. The seed says where in the cycle a run begins, so that repeated runs do not all begin alike. */
export function apiReadsFlow(data: SetupData): void {
  const iteration = begin(data);
  const name = names[cycle[(iteration.index + plan.seed) % cycle.length] ?? 0];
  if (name !== undefined) callRead(name, iteration);
}

/** One write: a mint or a transfer. */
export function apiWritesFlow(data: SetupData): void {
  callWrite(begin(data), data.writable);
}
