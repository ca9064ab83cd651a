/** Whether the platform bore an event as the specification promises. */
import { decimal, formatCount, percent } from "../../src/domain/number-text.ts";
import { formatDuration } from "../../src/domain/time-text.ts";
import type { Estimate } from "../../src/domain/estimate.ts";
import type { EventKind, ResilienceEvent } from "../../src/domain/resilience.ts";
import {
  mostDataLostMs,
  mostUnavailableRatio,
  recoveryFigure,
} from "../../profiles/platform/resilience.ts";
import { clopperPearson } from "../statistics/proportion-interval.ts";
import { notAsked, notTestable, type CheckResult } from "../verdicts/check.ts";
import { defineRunCheck, type RunCheck } from "../verdicts/run-check.ts";
import { breakerChecks } from "./breaker-checks.ts";
import { downtimeChecks } from "./downtime-checks.ts";
import { alpha, confidence, counted, ofEachEvent, verdictOf } from "./event-check.ts";

/** Nothing may be lost: pods are stopped in order, and others take over before. */
const withoutDowntime: ReadonlySet<EventKind> = new Set([
  "rolling-update",
  "rollback",
  "subgraph-restart",
  "pod-deletion",
  "node-drain",
]);
/** The specification's 25 % are of these. */
const rolling: ReadonlySet<EventKind> = new Set(["rolling-update", "rollback", "subgraph-restart"]);

const requestsLost = ofEachEvent("requests-lost", "requests lost", (event, head) => {
  const { during, quiet, lostByChance, record, impact } = event;
  if (!withoutDowntime.has(record.kind))
    return notAsked(
      head,
      `The specification sets no limit; ${formatCount(impact.lost)} of ${formatCount(impact.requests)} requests were lost.`,
    );
  if (during.count < 1 || quiet.count < 1)
    return notTestable(head, "No requests were measured before or during the event.");
  const before = quiet.hits / quiet.count;
  const bounds = clopperPearson(during.hits, during.count, alpha);
  const excess = Math.max(0, during.hits / during.count - before);
  const isMore = lostByChance < alpha && excess > 0;
  const expected = before * during.count;
  const outcome = isMore ? "fail" : during.hits <= expected + 0.5 ? "pass" : "inconclusive";
  const compared = `${formatCount(impact.lost)} of ${formatCount(impact.requests)} requests were lost, ${formatCount(Math.round(expected))} as without the event`;
  const words = {
    fail: `: more than by chance`,
    pass: "",
    inconclusive: `: too few to tell from chance (p = ${decimal(lostByChance, 2)}); use a higher rate, or more time without events`,
  }[outcome];
  return verdictOf(head, {
    outcome,
    limit: { value: 0, unit: "ratio", good: "below", source: "specification, zero downtime" },
    observed: {
      point: excess,
      low: isMore ? Math.max(0, bounds.low - before) : 0,
      high: Math.max(excess, bounds.high - before),
      unit: "ratio",
      confidence,
      sampleCount: Math.round(during.count),
      method: "exact binomial, against the time without events",
      warnings: [],
    },
    reason: `${compared}${words}.`,
  });
});

/** Windows are of a second. */
const resolutionMs = 1000;

const recovery = ofEachEvent("recovery", "recovery", (event, head) => {
  const { impact, record, watchedMs, isBadBefore } = event;
  const { limitMs, layer } = recoveryFigure(record.kind);
  if (isBadBefore)
    return notTestable(head, "Objectives did not hold before the event: nothing to recover to.");
  const { recoveryMs } = impact;
  const observed: Estimate = {
    // At least so long, where it is not known.
    point: recoveryMs ?? watchedMs,
    low: recoveryMs === undefined ? watchedMs : Math.max(0, recoveryMs - resolutionMs),
    high: recoveryMs === undefined ? Infinity : recoveryMs + resolutionMs,
    unit: "ms",
    confidence,
    sampleCount: 1,
    method: "whole seconds, until objectives hold for a minute",
    warnings: [],
  };
  const outcome =
    observed.low > limitMs ? "fail" : observed.high <= limitMs ? "pass" : "inconclusive";
  const figure = `${formatDuration(limitMs)} (${layer})`;
  const reason =
    recoveryMs === undefined
      ? `Objectives did not hold for a whole minute again within ${formatDuration(watchedMs)}; the limit is ${figure}${outcome === "fail" ? "" : ": use a longer --duration"}.`
      : `Objectives held again after ${formatDuration(recoveryMs)}; the limit is ${figure}.`;
  return verdictOf(head, {
    outcome,
    observed,
    limit: {
      value: limitMs,
      unit: "ms",
      good: "below",
      source: `specification, recovery: ${layer}`,
    },
    reason,
  });
});

const podsUnavailable = ofEachEvent("unavailable", "pods unavailable", (event, head) => {
  const { record, unavailable } = event;
  if (!rolling.has(record.kind))
    return notAsked(head, "The specification sets a limit for rolling updates only.");
  if (unavailable === undefined)
    return notTestable(
      head,
      "The pods were not observed: name the cluster in observers.kubernetes.",
    );
  const { ratio, workload, samples, gap } = unavailable;
  return {
    ...verdictOf(head, {
      outcome: ratio <= mostUnavailableRatio ? "pass" : "fail",
      observed: counted(ratio, {
        unit: "ratio",
        sampleCount: samples,
        method: "largest share at any change of a pod",
      }),
      limit: {
        value: mostUnavailableRatio,
        unit: "ratio",
        good: "below",
        source: "specification, Pod Configuration Specifications: 25 % max unavailable",
      },
      reason: `At most ${percent(ratio)} of the pods of ${workload} were unavailable; the limit is ${percent(mostUnavailableRatio)}.`,
    }),
    partial: gap === undefined ? undefined : `not testable: ${gap}; of what was observed:`,
  };
});

/** The writes that the failed primary had answered: what a new primary answered and lost is no part of it. */
const isOfFailover = (at: number, { kind, startedAt, endedAt, steps }: ResilienceEvent): boolean =>
  kind === "database-failover" &&
  at <= (steps.find(({ name }) => name === "promoted")?.at ?? endedAt ?? startedAt);

const dataLost = ofEachEvent("data-lost", "data lost", ({ record }, head, { events, writes }) => {
  if (record.kind !== "database-failover")
    return notAsked(head, "The specification sets a limit for a failover of the database only.");
  if (writes === undefined || writes.checked === 0)
    return notTestable(head, "No write was read back.");
  const { lostAt, checked, unchecked } = writes;
  const earlier = events.findLast(
    (each) => each.record.kind === record.kind && each.record.startedAt < record.startedAt,
  )?.record;
  const own = lostAt.filter(
    (at) => isOfFailover(at, record) && (earlier === undefined || !isOfFailover(at, earlier)),
  );
  const oldest = own[0];
  const lostMs = oldest === undefined ? 0 : Math.max(0, record.startedAt - oldest);
  return {
    ...verdictOf(head, {
      outcome: lostMs <= mostDataLostMs ? "pass" : "fail",
      observed: counted(lostMs, {
        unit: "ms",
        sampleCount: checked,
        method: "from the oldest lost write to the failure",
      }),
      limit: {
        value: mostDataLostMs,
        unit: "ms",
        good: "below",
        source: "specification, recovery: at most 15 min of data lost",
      },
      reason:
        own.length === 0
          ? "No write that was answered well before the failover is lost."
          : `${formatCount(own.length)} writes of the last ${formatDuration(lostMs)} before the failover are lost; the limit is ${formatDuration(mostDataLostMs)}.`,
    }),
    partial: notReadBack(unchecked),
  };
});

const notReadBack = (unchecked: number): string | undefined =>
  unchecked === 0
    ? undefined
    : `not testable: ${formatCount(unchecked)} writes could not be read back; of the others:`;

const writes = defineRunCheck(
  {
    id: "resilience.writes",
    group: "resilience",
    title: "Writes lost or doubled",
    requires: ["plan"],
    optional: ["resilience"],
    coverage: "full",
  },
  ({ resilience }, head): readonly CheckResult[] => {
    if (resilience === undefined) return [];
    const { writes: readBack, events } = resilience;
    if (readBack === undefined)
      return [notAsked(head, "No writes were read back: the load sent none with a key.")];
    const { checked, lostAt, doubled, unchecked } = readBack;
    if (checked === 0) return [notTestable(head, "No write could be read back.")];
    const lost = lostAt.filter(
      (at) => !events.some(({ record }) => isOfFailover(at, record)),
    ).length;
    const allowed = lostAt.length - lost;
    const wrong = lost + doubled;
    return [
      {
        partial: notReadBack(unchecked),
        ...verdictOf(head, {
          outcome: wrong === 0 ? "pass" : "fail",
          observed: counted(wrong / checked, {
            unit: "ratio",
            sampleCount: checked,
            method: "count of all writes that were read back",
          }),
          limit: { value: 0, unit: "ratio", good: "below", source: "idempotency of writes" },
          reason: `Of ${formatCount(checked)} writes that were answered well, ${formatCount(lost)} were lost and ${formatCount(doubled)} doubled${allowed === 0 ? "" : `, beside ${formatCount(allowed)} that a failover of the database lost`}.`,
        }),
      },
    ];
  },
);

export const resilienceChecks: readonly RunCheck[] = [
  requestsLost,
  recovery,
  podsUnavailable,
  dataLost,
  writes,
  ...breakerChecks,
  ...downtimeChecks,
];
