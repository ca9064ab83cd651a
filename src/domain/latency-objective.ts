/** The latency objective of a surface: which requests its p95 limit judges, and the limit. */
import type { Objectives } from "./profile.ts";
import type { PerSurface, Surface } from "./surface.ts";
import type { Milliseconds } from "./units.ts";
import type { WindowKey } from "./window.ts";

type Judged = Pick<WindowKey, "metric" | "kind">;

/** Pages with their assets on the web, reads elsewhere. */
export const judgedByLatency = {
  web: { metric: "page", kind: "page" },
  api: { metric: "response", kind: "read" },
  subgraph: { metric: "response", kind: "read" },
} as const satisfies PerSurface<Judged>;

export const isJudgedByLatency = ({
  surface,
  metric,
  kind,
}: Judged & Pick<WindowKey, "surface">): boolean =>
  metric === judgedByLatency[surface].metric && kind === judgedByLatency[surface].kind;

/** The p95 limit of what a surface's objective judges. */
export const latencyLimitMs = (
  objectives: Pick<Objectives, "pageP95Ms" | "responseP95Ms">,
  surface: Surface,
): Milliseconds => (surface === "web" ? objectives.pageP95Ms : objectives.responseP95Ms[surface]);
