import { latencyCheck } from "./latency-check.ts";

export const subgraphResponseP95 = latencyCheck(
  "subgraph.response.p95",
  "Subgraph response time, p95 of queries",
  "subgraph",
);
