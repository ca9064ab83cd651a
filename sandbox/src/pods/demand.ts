/**
 * How much CPU a request needs, in one table: the share of its time in `latency.ts` that is work of the pod; the rest is
 * waiting for the database and others. Demands are therefore distributed as the times are (lognormal), per endpoint, and
 * a fault that makes an endpoint slower makes it dearer too.
 *
 * With the table of times: an API call 8 ms of a core, a write 30, a subgraph query 6, a page with its assets 30.
 */
import type { Service } from "../latency.ts";

/** CPU as a share of the time of an idle platform, 0..1. */
export const cpuShares: Readonly<Record<Service, number>> = {
  api: 0.1,
  write: 0.1,
  subgraph: 0.1,
  document: 0.04,
  asset: 0.005,
  /** Another machine's CPU. */
  database: 0,
};
