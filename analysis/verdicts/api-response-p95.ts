import { latencyCheck } from "./latency-check.ts";

export const apiResponseP95 = latencyCheck(
  "api.response.p95",
  "API response time, p95 of reads",
  "api",
);
