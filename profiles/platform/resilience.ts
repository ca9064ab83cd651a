/** Specification, sections "Resilience" (recovery, maximum downtime, circuit breakers) and "Pod Configuration Specifications". */
import type { PlannedEvent, EventKind } from "../../src/domain/resilience.ts";
import { breakerKinds, type BreakerKind } from "../../src/domain/sandbox-events.ts";
import { hours, minutes, seconds, type Milliseconds } from "../../src/domain/units.ts";

/** "rolling, 25 % max unavailable". */
export const mostUnavailableRatio = 0.25;

/** "availability: 99.9 %" ("Performance Targets"), where an environment has no target of its own. */
export const specifiedAvailability = 0.999;

/** Recovery times by what failed. */
const recovery = {
  application: hours(1),
  network: minutes(30),
  infrastructure: hours(2),
  database: hours(2),
} as const;
export type FailedLayer = keyof typeof recovery;

/** Which of the figures an event is judged by. */
const layers: Readonly<Record<EventKind, FailedLayer>> = {
  "rolling-update": "application",
  rollback: "application",
  "pod-deletion": "application",
  "subgraph-restart": "application",
  "cache-flush": "application",
  "node-drain": "infrastructure",
  "node-loss": "infrastructure",
  "database-failover": "database",
  "replica-lag": "database",
  "external-outage": "network",
};

/** "database recovery 2 h with at most 15 min of data lost": from the last write that was kept to the failure. */
export const mostDataLostMs = minutes(15);

/** "maximum downtime": how long nobody may be able to do it. */
export const mostDowntimeMs = {
  "token-operations": hours(1),
  "sign-in": minutes(30),
} as const;

/** How long it may take until objectives hold again. */
export const recoveryFigure = (
  kind: EventKind,
): { readonly layer: FailedLayer; readonly limitMs: Milliseconds } => ({
  layer: layers[kind],
  limitMs: recovery[layers[kind]],
});

/** Opens after so many failures in a row, and stays open so long before it tries again. */
export const breakers: Readonly<
  Record<BreakerKind, { readonly failures: number; readonly openMs: Milliseconds }>
> = {
  internal: { failures: 5, openMs: seconds(30) },
  database: { failures: 3, openMs: seconds(60) },
  external: { failures: 10, openMs: minutes(5) },
  cache: { failures: 5, openMs: seconds(30) },
};

/** Which breaker stands before what an event takes away; absent: none. A service that is no part of the platform is external. */
export function breakerOf({
  kind,
  target,
}: Pick<PlannedEvent, "kind" | "target">): BreakerKind | undefined {
  if (kind === "external-outage") return breakerKinds.find((each) => each === target) ?? "external";
  if (kind === "cache-flush") return "cache";
  return kind === "database-failover" ? "database" : undefined;
}
