import { isJudgedByLatency } from "../../src/domain/latency-objective.ts";
import {
  formatApart,
  formatCount,
  inSentence,
  percent,
  plural,
} from "../../src/domain/number-text.ts";
import type { Surface } from "../../src/domain/surface.ts";
import type { Finding, JudgedVerdict } from "../../src/domain/verdict.ts";
import type { EndpointMeasurements } from "../measurements/endpoints.ts";
import { latencyNoun, sentenceCase } from "../phrases.ts";
import { latencyQuantile } from "../verdicts/latency-check.ts";
import type { FindingContext, FindingRule } from "./finding-rule.ts";

/** Slower than this share of endpoints: it is the surface, not some of its endpoints. */
const wholeSurfaceShare = 0.8;
const namedEndpoints = 3;
const minimumRequests = 20;

/** Endpoints that carry the missed p95 objective of a surface, those with most slow requests first. */
export const slowEndpoint: FindingRule = (context) =>
  context.verdicts.flatMap((verdict) =>
    verdict.outcome === "fail" && verdict.limit.unit === "ms" && verdict.surface !== undefined
      ? slowFinding(context, verdict, verdict.surface)
      : [],
  );

function slowFinding(context: FindingContext, verdict: JudgedVerdict, surface: Surface): Finding[] {
  const limitMs = verdict.limit.value;
  const endpoints = context.measured.endpoints.filter(
    (each) =>
      each.surface === surface && isJudgedByLatency(each) && each.judged.count >= minimumRequests,
  );
  // Unbounded: it failed rather than being slow, and the error findings say so.
  const slow = endpoints
    .filter(({ judged }) => {
      const p95 = judged.quantile(latencyQuantile) ?? 0;
      return p95 > limitMs && p95 < Infinity;
    })
    .toSorted((a, b) => b.judged.countAbove(limitMs) - a.judged.countAbove(limitMs));
  if (slow.length === 0) return [];
  const above = endpoints.reduce((sum, { judged }) => sum + judged.countAbove(limitMs), 0);
  const isWhole = slow.length > 1 && slow.length >= wholeSurfaceShare * endpoints.length;
  const named = slow
    .slice(0, namedEndpoints)
    .map((each) => describe(each, limitMs))
    .join(", ");
  const noun = sentenceCase(latencyNoun[surface]);
  return [
    {
      id: "slow-endpoint",
      severity: "P2",
      sentence: isWhole
        ? `${noun} are slow as a whole: p95 is above ${inSentence(limitMs, "ms")} on ${slow.length} of ${endpoints.length} endpoints, most of all ${named}.`
        : `${noun} are slow on ${plural(slow.length, "endpoint")} of ${endpoints.length}: ${named} (limit ${inSentence(limitMs, "ms")}).`,
      evidence: carried(slow, limitMs, above),
      action: isWhole
        ? "Look at what all of them share first: the workload's CPU and replicas, the database, the network."
        : "Look at these endpoints first: their queries, caches and payloads.",
      surface,
    },
  ];
}

const describe = ({ endpoint, judged }: EndpointMeasurements, limitMs: number): string =>
  `${endpoint} (p95 ${formatApart(judged.quantile(latencyQuantile) ?? Infinity, limitMs, "ms")}, n = ${formatCount(judged.count)})`;

function carried(slow: readonly EndpointMeasurements[], limitMs: number, above: number): string {
  const first = slow.slice(0, namedEndpoints);
  const own = first.reduce((sum, { judged }) => sum + judged.countAbove(limitMs), 0);
  return `${first.length === 1 ? "It makes" : "They make"} ${percent(own / above)} of the ${formatCount(above)} requests above the limit.`;
}
