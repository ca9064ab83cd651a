import type { RequestKind, Surface } from "./surface.ts";

/**
 * What happened to one request. `ok`, or the reason that the scenario gives: `http_500`, `timeout`, `graphql_errors`,
 * `error_output`, `wrong_shape`, `wrong_entity`, `wrong_type`, `refused`, `redirected`. Failed requests count as slower than any limit.
 */
export type RequestOutcome = string;

/** What was requested and what became of it: the tags of a row of the trend `response` or `page`. */
export interface ResponseTags {
  readonly metric: "response" | "page";
  readonly surface: Surface;
  readonly endpoint: string;
  readonly kind: RequestKind;
  readonly outcome: RequestOutcome;
  readonly phase: string;
  readonly flow: string;
}

/** Names of the trends and counters that our scenarios emit: the contract between `scenarios/` and `src/engine/`. */
export const metricNames = {
  /** Trend, ms: one row an HTTP request (assets included, kind "asset"). Tags: surface, endpoint, kind, outcome. */
  response: "response",
  /** Trend, ms: one row a page: document and its assets. Tags: surface, endpoint, kind=page, outcome. */
  page: "page",
  /** Trend, ms: one row an iteration: actual minus intended start. */
  lag: "lag",
  /** Gauge, epoch ms: once, at the end of `setup()`. */
  loadStart: "load_start",
  /** Counter: one row for the first failing requests, tag `detail` (safe characters only). */
  failure: "failure",
  /** Counter: one row a write that is read back after the load. Tags: endpoint, token, amount, outcome. */
  write: "write",
  /** Counter: one row a page that names more assets than are allowed, its value how many were not requested. */
  assetsCut: "assets_cut",
} as const;
