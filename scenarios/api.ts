import { begin } from "./lib/iteration.ts";
import { oncePerProcess } from "./lib/once.ts";
import { callRead, callWrite } from "./lib/orpc.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";

const cycle = sharedCycle("api", () => oncePerProcess().readCycle());

/** One read, as an identity that may call it. The seed says where in the cycle a run begins: repeated runs begin differently. */
export function apiReads(data: SetupData): void {
  let read: (typeof cycle)[number] | undefined;
  const iteration = begin(data, (index) => {
    read = cycle[(index + plan.seed) % cycle.length];
    return read?.role === undefined ? undefined : data.pools[read.role];
  });
  if (read !== undefined) callRead(read.name, iteration);
}

/** One write, a mint or a transfer, as an identity that may mint. */
export function apiWrites(data: SetupData): void {
  const minters = data.writable.minters.map(({ identity }) => identity);
  callWrite(
    begin(data, () => minters),
    data.writable,
  );
}
