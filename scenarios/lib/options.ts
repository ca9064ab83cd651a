/** A plan as k6's options. Load never comes from command-line flags: they would replace it silently. */
import type { Options, Scenario } from "k6/options";
import { scenarios } from "../../profiles/scenarios.ts";
import { arrivalsName, execName } from "../../src/domain/plan.ts";
import type { PlannedArrivals } from "../../src/domain/plan.ts";
import type { Flow } from "../../src/domain/profile.ts";
import { isConstant, timeUnitSeconds, toK6Rate } from "./lag.ts";
import type { ScenarioPlan } from "./plan-shape.ts";

const setupSeconds = 120;
/** From the first runner that is ready to the last: Headroom names those that are missing before this is over. */
const barrierSeconds = 120;
/** More than k6 gives to `setup()`. */
export const barrierTimeoutMs = 2 * (setupSeconds + barrierSeconds) * 1000;

export function k6Options(plan: ScenarioPlan): Options {
  return {
    scenarios: Object.fromEntries(
      plan.arrivals
        .filter((arrivals) => hasArrivals(arrivals))
        .map((arrivals) => [
          arrivalsName(arrivals.phase, arrivals.flow),
          scenarioOf(arrivals, plan.requestTimeoutMs),
        ]),
    ),
    // Every tag costs bytes in nine rows a request; our own trends carry what is judged.
    systemTags: ["scenario", "name", "status", "error_code"],
    hosts: pinnedHosts(plan),
    // Bodies are kept only where one is looked at.
    discardResponseBodies: true,
    maxRedirects: 0,
    // As browsers do over HTTP/1.1.
    batch: 20,
    batchPerHost: 6,
    noConnectionReuse: false,
    insecureSkipTLSVerify: false,
    userAgent: "headroom",
    // Of several runners all but the first also wait for the first one's setup.
    setupTimeout: `${setupSeconds + (plan.runner === undefined ? 0 : barrierSeconds)}s`,
  };
}

const hasArrivals = (arrivals: PlannedArrivals): boolean =>
  toK6Rate(arrivals.fromPerSecond) > 0 || toK6Rate(arrivals.toPerSecond) > 0;

function scenarioOf(arrivals: PlannedArrivals, requestTimeoutMs: number): Scenario {
  const common = {
    exec: execName(arrivals.flow),
    startTime: `${arrivals.startMs}ms`,
    timeUnit: `${timeUnitSeconds}s`,
    preAllocatedVUs: arrivals.users,
    maxVUs: arrivals.users,
    // The last request may take its whole timeout, and a journey has more than one: cut off, they would not count.
    gracefulStop: `${requestTimeoutMs + typicalIterationMs(arrivals)}ms`,
  };
  const from = toK6Rate(arrivals.fromPerSecond);
  const duration = `${arrivals.durationMs}ms`;
  if (isConstant(arrivals)) {
    return { ...common, executor: "constant-arrival-rate", rate: from, duration };
  }
  return {
    ...common,
    executor: "ramping-arrival-rate",
    startRate: from,
    stages: [{ target: toK6Rate(arrivals.toPerSecond), duration }],
  };
}

function typicalIterationMs({ scenario, flow }: PlannedArrivals): number {
  const flows: readonly Flow[] = scenarios[scenario].flows;
  return flows.find(({ name }) => name === flow)?.typicalIterationMs ?? 0;
}

/** Names go to the address that was checked, ports stay. An address is never sent elsewhere: it needs no pin. */
function pinnedHosts(plan: ScenarioPlan): Record<string, string> {
  return Object.fromEntries(
    Object.entries(plan.resolvedAddresses).flatMap(([host, [address]]) =>
      address === undefined || isAddress(host) ? [] : [[host, address]],
    ),
  );
}

/** IPv4, or IPv6 in brackets. */
const isAddress = (host: string): boolean => /^(?:[\d.]+|\[.*\])$/.test(host);
