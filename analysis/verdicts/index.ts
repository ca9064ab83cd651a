import { autoscalingCheck } from "../autoscaling/observed/observed-autoscaling.ts";
import { pageLoadCheck } from "../browser/page-load-check.ts";
import { limitsCheck } from "../capacity/breakpoint/limits-found.ts";
import { resilienceChecks } from "../resilience/checks.ts";
import { platformUtilisationCheck } from "../platform-metrics/utilisation.ts";
import type { RunCheck } from "./run-check.ts";
import { databaseQueryP95 } from "./database-query-p95.ts";
import { availabilityCheck, errorsCheck } from "./failures.ts";
import { latencyCheck } from "./latency-check.ts";
import { throughput } from "./throughput.ts";
import { webPageP95 } from "./web-page-p95.ts";

/** Checks of the load itself, in the order of the report. Ids are public. */
export const checks = {
  "api.response.p95": latencyCheck("api.response.p95", "API response time, p95 of reads", "api"),
  "subgraph.response.p95": latencyCheck(
    "subgraph.response.p95",
    "Subgraph response time, p95 of queries",
    "subgraph",
  ),
  "web.page.p95": webPageP95,
  "database.query.p95": databaseQueryP95,
  throughput,
  "api.errors": errorsCheck("api"),
  "subgraph.errors": errorsCheck("subgraph"),
  "web.errors": errorsCheck("web"),
  "api.availability": availabilityCheck("api"),
  "subgraph.availability": availabilityCheck("subgraph"),
  "web.availability": availabilityCheck("web"),
} as const satisfies Record<string, RunCheck>;

/** Checks of what observers saw, in the order of the report. */
export const observedChecks: readonly RunCheck[] = [
  limitsCheck,
  ...resilienceChecks,
  autoscalingCheck,
  pageLoadCheck,
  platformUtilisationCheck,
];
