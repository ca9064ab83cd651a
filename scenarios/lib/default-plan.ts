import type { PlannedArrivals } from "../../src/domain/plan.ts";
import { perSecond, seconds } from "../../src/domain/units.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

const loopback = ["127.0.0.1", "localhost", "[::1]"];

/** For ten seconds; `users` as `typicalIterationMs` would have it, with room to spare. */
const streams = [
  { scenario: "api", flow: "api-reads", rate: 5, users: 10 },
  { scenario: "subgraph", flow: "subgraph", rate: 2, users: 5 },
  { scenario: "web", flow: "web", rate: 0.5, users: 5 },
] as const;

/**
 * A little of each surface, so that `k6 run` of the bundle shows something without Headroom. Only this machine may
 * be loaded unless `HEADROOM_ALLOWED_HOSTS` names other hosts (comma-separated).
 */
export function defaultPlan(
  environment: Readonly<Record<string, string | undefined>>,
): ScenarioPlan {
  const web = environment["HEADROOM_WEB_URL"] ?? "http://127.0.0.1:4010";
  return {
    seed: 1,
    arrivals: streams.map(({ scenario, flow, rate, users }): PlannedArrivals => ({
      scenario,
      flow,
      phase: "hold",
      startMs: seconds(0),
      durationMs: seconds(10),
      fromPerSecond: perSecond(rate),
      toPerSecond: perSecond(rate),
      users,
    })),
    targets: {
      web,
      api: environment["HEADROOM_API_URL"] ?? web,
      subgraph: environment["HEADROOM_SUBGRAPH_URL"] ?? "http://127.0.0.1:4011/subgraphs/name/kit",
    },
    allowedHosts: environment["HEADROOM_ALLOWED_HOSTS"]?.toLowerCase().split(/[,\s]+/) ?? loopback,
    resolvedAddresses: {},
    identities: {
      count: 3,
      emailPattern: environment["HEADROOM_EMAIL_PATTERN"] ?? "load-{n}@sandbox.test",
      passwordVariable: "HEADROOM_PASSWORD",
      signInsPer10s: 3,
    },
    requestTimeoutMs: seconds(10),
    durationMs: seconds(10),
  };
}
