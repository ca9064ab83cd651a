/** What should be found, from the platform's objectives. Only what is certain is said: nothing near a limit. */
import { latencyLimitMs } from "../../../src/domain/latency-objective.ts";
import { objectives } from "../../../profiles/platform/objectives.ts";
import type { Surface } from "../../../src/domain/surface.ts";
import type { Expectation } from "./fault-kind.ts";
import type { Targeted } from "./target.ts";
import { weightOf } from "./target.ts";

const latencyChecks = {
  web: "web.page.p95",
  api: "api.response.p95",
  subgraph: "subgraph.response.p95",
} as const satisfies Record<Surface, string>;

/** A value this far from a limit is on one side of it for sure, in a run of some thousand requests. */
const clearFactor = 1.07;
/** Failures above twice the objective. */
const clearRatio = 2 * objectives.errorRatio;
/** Above 5 % of failures a p95 has no bound; the alert of 5 % counts by endpoint. */
const burstRatio = 0.08;
const downRatio = 0.97;

/** Failures with one outcome in a share (0..1) of the requests to a target. */
export function failuresExpected(
  where: Targeted,
  ratio: number,
  requestOutcome: string,
): Expectation {
  const overall = ratio * weightOf(where);
  const { target: surface } = where;
  const verdicts = [
    ...(overall >= clearRatio ? [`${surface}.errors`] : []),
    ...(overall >= burstRatio ? [latencyChecks[surface]] : []),
  ];
  const isDown = overall >= downRatio && /^(?:http_500|timeout|reset)$/.test(requestOutcome);
  const findings = [
    ...(isDown ? ["surface-down"] : []),
    ...(ratio >= burstRatio ? ["error-burst"] : []),
  ];
  return {
    ...(verdicts.length > 0 ? { outcome: "fail", verdicts } : {}),
    findings: findings.length > 0 ? findings : undefined,
    requestOutcomes: [requestOutcome],
  };
}

/** @param p95Ms of what the surface's p95 limit judges, with the fault */
export function latencyExpected(surface: Surface, p95Ms: number): Expectation {
  const limitMs = latencyLimitMs(objectives, surface);
  if (p95Ms > limitMs * clearFactor) {
    return { outcome: "fail", verdicts: [latencyChecks[surface]], findings: ["slow-endpoint"] };
  }
  return {
    note: `p95 of about ${Math.round(p95Ms)} ms, the limit is ${limitMs} ms: a comparison with runs before shows it`,
  };
}

/** @param p95Ms of a query */
export function databaseExpected(p95Ms: number): Expectation {
  const verdicts = p95Ms > objectives.databaseP95Ms * clearFactor ? ["database.query.p95"] : [];
  return {
    ...(verdicts.length > 0 ? { outcome: "fail", verdicts } : {}),
    note: "takes an observer of the database; calls with several queries become slower too",
  };
}

/** Everything that several faults should lead to. The outcome is the one that comes first in the order of outcomes. */
export function together(expectations: readonly Expectation[]): Expectation {
  const union = (key: "verdicts" | "findings" | "requestOutcomes"): string[] => [
    ...new Set(expectations.flatMap((each) => each[key] ?? [])),
  ];
  const outcome = (["incomplete", "invalid", "fail"] as const).find((name) =>
    expectations.some((each) => each.outcome === name),
  );
  return {
    outcome,
    verdicts: union("verdicts"),
    findings: union("findings"),
    requestOutcomes: union("requestOutcomes"),
  };
}
