import { apiReadNames, readers } from "./lib/api-calls.ts";
import type { ApiRead } from "./lib/api-calls.ts";
import { begin } from "./lib/iteration.ts";
import { oncePerProcess } from "./lib/once.ts";
import { callRead, callWrite } from "./lib/orpc.ts";
import { plan } from "./lib/plan.ts";
import type { SetupData } from "./lib/session.ts";
import { sharedCycle } from "./lib/shared-cycle.ts";

const readAt = sharedCycle("api", apiReadNames, () => oncePerProcess().readOrder());
const readerAt = sharedCycle("api readers", readers, () => oncePerProcess().readerOrder());

/** One read, as an identity that may call it. The seed says where in the cycle a run begins: repeated runs begin differently. */
export function apiReads(data: SetupData): void {
  let read: ApiRead | undefined;
  const iteration = begin(data, (index, { pools }) => {
    read = readAt(index + plan.seed);
    const reader = readerAt(index + plan.seed);
    return reader === undefined ? undefined : pools[reader];
  });
  if (read !== undefined) callRead(read, iteration);
}

/** One write, a mint or a transfer, as an identity that may mint. */
export function apiWrites(data: SetupData): void {
  const iteration = begin(data, (_, { writable }) =>
    writable.minters.map(({ identity }) => identity),
  );
  callWrite(iteration, data.writable);
}
