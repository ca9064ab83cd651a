import type { PlannedArrivals } from "../../src/domain/plan.ts";
import { perSecond, seconds } from "../../src/domain/units.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

const loopback = ["127.0.0.1", "localhost", "[::1]"];

/** What the bundle holds; esbuild writes it in. */
declare const BUNDLED_FLOWS: readonly Pick<PlannedArrivals, "scenario" | "flow">[] | undefined;

/** Iterations per second of what is sent unless the bundle holds other flows only. */
const usualRates: Readonly<Record<string, number>> = { "api-reads": 5, subgraph: 2, web: 0.5 };

function bundledArrivals(): readonly PlannedArrivals[] {
  const bundled = typeof BUNDLED_FLOWS === "undefined" ? [] : BUNDLED_FLOWS;
  const usual = bundled.filter(({ flow }) => usualRates[flow] !== undefined);
  return (usual.length > 0 ? usual : bundled).map(({ scenario, flow }) => ({
    scenario,
    flow,
    phase: "hold",
    startMs: seconds(0),
    durationMs: seconds(10),
    fromPerSecond: perSecond(usualRates[flow] ?? 0.5),
    toPerSecond: perSecond(usualRates[flow] ?? 0.5),
    users: 10,
  }));
}

/**
 * A little of each flow in the bundle for ten seconds, so that `k6 run` of it works without Headroom. Only this machine may
 * be loaded unless `HEADROOM_ALLOWED_HOSTS` names other hosts (comma-separated).
 */
export function defaultPlan(
  environment: Readonly<Record<string, string | undefined>>,
): ScenarioPlan {
  const web = environment["HEADROOM_WEB_URL"] ?? "http://127.0.0.1:4010";
  return {
    seed: 1,
    arrivals: bundledArrivals(),
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
