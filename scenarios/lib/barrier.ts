/** Where the runners of one load wait for one another before it, and get what the first of them has learned. */
import http from "k6/http";
import type { RunnerPlace } from "../../src/domain/plan.ts";
import { barrierTimeoutMs } from "./options.ts";
import type { SetupData } from "./session.ts";

/**
 * @param learned by the first runner; absent for the others
 * @returns the same for all, at the same moment @throws Error where the load does not begin
 */
export function meetRunners({ barrierUrl }: RunnerPlace, learned?: SetupData): SetupData {
  const response = http.post(barrierUrl, learned === undefined ? "" : JSON.stringify(learned), {
    responseType: "text",
    tags: { name: "barrier" },
    timeout: barrierTimeoutMs,
  });
  if (response.status !== 200)
    throw new Error(`the runners did not meet before the load (status ${response.status})`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the first runner sent
  return response.json() as unknown as SetupData;
}
