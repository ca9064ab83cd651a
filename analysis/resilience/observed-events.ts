/** What an event did to the load: the difference to the time without it. */
import type {
  EventImpact,
  PlannedEvent,
  ResilienceEvent,
  WritesReadBackEvent,
} from "../../src/domain/resilience.ts";
import { holdStartMs } from "../../src/domain/plan.ts";
import type { RunData } from "../../src/domain/run.ts";
import { signInSource } from "../../src/domain/resilience.ts";
import { surfaces } from "../../src/domain/surface.ts";
import { isUserRequest } from "../../src/domain/window.ts";
import { specifiedAvailability } from "../../profiles/platform/resilience.ts";
import { gapsOf } from "../gaps.ts";
import type { Measurements } from "../measurements/index.ts";
import { oneSidedAlpha } from "../statistics/quantile-interval.ts";
import {
  isDisturbed,
  loadBySecond,
  slowAllowed,
  sumOf,
  tail,
  type Hits,
  type LoadSecond,
} from "./load-by-second.ts";
import { downtimeOf, type Downtime, type Operation } from "./downtime.ts";
import { observedBreaker, type ObservedBreaker } from "./observed-breaker.ts";
import { stepsOf } from "./observed-steps.ts";
import { unavailablePods, type UnavailablePods } from "./unavailable-pods.ts";

export interface ObservedEvent {
  readonly record: ResilienceEvent;
  readonly impact: EventImpact;
  /** Requests while it had an effect, and those lost; the same without any event. */
  readonly during: Hits;
  readonly quiet: Hits;
  /** The chance of so many lost requests, or more, had the event no effect. */
  readonly lostByChance: number;
  /** The objectives did not even hold before it. */
  readonly isBadBefore: boolean;
  /** How long the load went on after it began, milliseconds. */
  readonly watchedMs: number;
  readonly unavailable: UnavailablePods | undefined;
  /** Of the breaker before what the event took away; absent: there is none. */
  readonly breaker: ObservedBreaker | undefined;
  /** Of each operation that was asked for. */
  readonly downtime: Readonly<Record<Operation, Downtime | undefined>>;
  /** Why sign-in was not watched. */
  readonly signInGap: string | undefined;
}

export interface ObservedResilience {
  readonly planned: readonly PlannedEvent[];
  /** In the order of time. */
  readonly events: readonly ObservedEvent[];
  /** Absent: none were read back. */
  readonly writes: WritesReadBackEvent | undefined;
}

const wholeMinute = 60;
const secondMs = 1000;

/** @returns `undefined` for a run that planned no events */
export function observedResilience(
  data: RunData,
  { time }: Measurements,
): ObservedResilience | undefined {
  const planned = data.run.plan.events;
  if (planned === undefined) return undefined;
  const records = recordsOf(data);
  const holdFrom = time.loadStart + holdStartMs(data.run.plan);
  const seconds = loadBySecond(data, holdFrom, time.loadEnd);
  const before = seconds.filter(({ at }) => at + secondMs <= (records[0]?.startedAt ?? Infinity));
  const events: ObservedEvent[] = [];
  for (const [index, record] of records.entries()) {
    const until = records[index + 1]?.startedAt ?? Infinity;
    const own = seconds.filter(({ at }) => at + secondMs > record.startedAt && at < until);
    const { event, after } = observed(record, { data, before: before.slice(), own, time });
    events.push(event);
    before.push(...after);
  }
  const writes = data.events.findLast((event) => event.type === "writes-read-back");
  return { planned, events, writes };
}

/** Each event when it was over; one that began and was not over when Headroom died has that as its end. */
function recordsOf({ events }: RunData): readonly ResilienceEvent[] {
  const over = events.filter((event) => event.type === "resilience");
  const begun = events.filter((event) => event.type === "resilience-begin");
  const open = begun.filter(
    ({ kind, plannedAt }) =>
      !over.some((event) => event.kind === kind && event.plannedAt === plannedAt),
  );
  return [
    ...over,
    ...open.map(({ at, ...event }): ResilienceEvent => ({
      ...event,
      type: "resilience",
      at,
      startedAt: at,
      outcome: "interrupted",
      steps: [],
      sentence: "Headroom died before it was over",
    })),
  ];
}

function observed(
  record: ResilienceEvent,
  {
    data,
    before,
    own,
    time,
  }: {
    readonly data: RunData;
    readonly before: readonly LoadSecond[];
    readonly own: readonly LoadSecond[];
    readonly time: Measurements["time"];
  },
): { readonly event: ObservedEvent; readonly after: readonly LoadSecond[] } {
  const { startedAt, endedAt } = record;
  const recovered = recoveryOf(own, before, data);
  const recoveredAt = recovered === undefined ? undefined : Math.max(startedAt, recovered);
  const lastAt = (own.at(-1)?.at ?? startedAt) + secondMs;
  const quietFrom = recoveredAt ?? lastDisturbedAt(own, before, data) ?? lastAt;
  const effectUntil = Math.min(lastAt, Math.max(endedAt ?? lastAt, quietFrom));
  const affected = own.filter(({ at }) => at < effectUntil);
  const after = own.filter(({ at }) => at >= effectUntil);
  const [during, quiet] = [failuresOf(affected), failuresOf([...before, ...after])];
  const firstErrorAt = affected.find(({ failures }) => failures.hits > 0)?.at;
  const expected = quiet.count === 0 ? 0 : (during.count * quiet.hits) / quiet.count;
  const lost = Math.max(0, during.hits - expected);
  const unavailable = unavailablePods(data, time.loadStart, { record, until: effectUntil });
  return {
    after,
    event: {
      record,
      during,
      quiet,
      lostByChance: tail(
        { count: during.hits + quiet.hits, hits: during.hits },
        during.count / Math.max(1, during.count + quiet.count),
      ),
      isBadBefore: isBad(before, data),
      watchedMs: Math.max(0, lastAt - startedAt),
      unavailable,
      breaker: observedBreaker(record, data, { until: lastAt, lost: during.hits }),
      signInGap: gapsOf(data, signInSource)[0]?.sentence,
      downtime: {
        "token-operations": downtimeOf("token-operations", data, {
          from: startedAt,
          until: lastAt,
        }),
        "sign-in": downtimeOf("sign-in", data, { from: startedAt, until: lastAt }),
      },
      impact: {
        requests: Math.round(during.count),
        lost: Math.round(during.hits),
        lostBy: failuresBy(data, affected),
        availability: during.count === 0 ? undefined : 1 - during.hits / during.count,
        effectUntil,
        firstErrorMs:
          firstErrorAt === undefined ? undefined : Math.max(0, firstErrorAt - startedAt),
        recoveryMs: recoveredAt === undefined ? undefined : recoveredAt - startedAt,
        capacityLeft: capacityLeft(affected, before),
        sessionsKept: sessionsKept(
          data,
          after.length > 0 ? after : affected.slice(-sessionSeconds),
        ),
        unavailableRatio: unavailable?.ratio,
        errorBudgetShare: lost / monthlyBudget(data),
        parts: partsOf(
          { startedAt, steps: stepsOf(record, { data, loadStart: time.loadStart, until: lastAt }) },
          recoveredAt,
        ),
      },
    },
  };
}

const failuresOf = (seconds: readonly LoadSecond[]): Hits =>
  sumOf(seconds.map(({ failures }) => failures));

/** By outcome, those of users. */
function failuresBy(
  { windows }: RunData,
  affected: readonly LoadSecond[],
): Readonly<Record<string, number>> {
  const seconds = new Set(affected.map(({ at }) => at));
  const sums: Record<string, number> = {};
  for (const window of windows) {
    if (window.type === "flow" || window.endpoint !== undefined || !isUserRequest(window)) continue;
    if (!seconds.has(window.at)) continue;
    for (const [outcome, count] of Object.entries(window.failures))
      if (count > 0) sums[outcome] = (sums[outcome] ?? 0) + count;
  }
  return sums;
}

/** From when on a whole minute is as without the event, with objectives held. @returns epoch milliseconds; `undefined`: not in this run */
function recoveryOf(
  own: readonly LoadSecond[],
  quiet: readonly LoadSecond[],
  data: RunData,
): number | undefined {
  let from = 0;
  for (let index = 0; index < own.length; index++) {
    if (isDisturbed(own, index, { from: 0, quiet })) from = index + 1;
    else if (index - from + 1 >= wholeMinute) {
      if (!isBad(own.slice(from, index + 1), data)) return from === 0 ? 0 : own[from]?.at;
      from++;
    }
  }
  return undefined;
}

/**
 * Where less than a minute was left: the end of the last disturbed second.
 * @returns `undefined` where objectives are missed after it, and held before the event
 */
function lastDisturbedAt(
  own: readonly LoadSecond[],
  quiet: readonly LoadSecond[],
  data: RunData,
): number | undefined {
  const last = own.findLastIndex((_, index) => isDisturbed(own, index, { from: 0, quiet }));
  return isBad(own.slice(last + 1), data) && !isBad(quiet, data) ? undefined : own[last + 1]?.at;
}

const misses = (hits: Hits, allowed: number): boolean => tail(hits, allowed) < oneSidedAlpha;

/** Objectives missed over a stretch of time, by more than its few requests explain. */
function isBad(seconds: readonly LoadSecond[], { run: { plan } }: RunData): boolean {
  return (
    misses(failuresOf(seconds), plan.objectives.errorRatio) ||
    surfaces.some((surface) => misses(sumOf(seconds.map(({ slow }) => slow[surface])), slowAllowed))
  );
}

/** Enough requests of each identity. */
const sessionSeconds = 10;

/** k6 does not sign in again: a session that is lost stays lost, and its requests are refused. */
function sessionsKept({ windows }: RunData, seconds: readonly LoadSecond[]): number | undefined {
  const starts = new Set(seconds.map(({ at }) => at));
  let [count, refused] = [0, 0];
  for (const window of windows) {
    if (window.type === "flow" || window.endpoint !== undefined || !isUserRequest(window)) continue;
    if (window.surface !== "api" || !starts.has(window.at)) continue;
    count += window.histogram.count;
    refused += window.failures["unauthorized"] ?? 0;
  }
  return count === 0 ? undefined : 1 - refused / count;
}

const capacitySeconds = 5;

const answeredPerSecond = (all: readonly LoadSecond[]): number => {
  const { count, hits } = failuresOf(all);
  return (count - hits) / all.length;
};

/** The least that was answered well in any five seconds, as a share of what was without the event. */
function capacityLeft(
  affected: readonly LoadSecond[],
  before: readonly LoadSecond[],
): number | undefined {
  if (before.length === 0 || affected.length < capacitySeconds) return undefined;
  const usual = answeredPerSecond(before);
  const least = affected
    .slice(capacitySeconds - 1)
    .map((_, index) => answeredPerSecond(affected.slice(index, index + capacitySeconds)))
    .reduce((low, each) => Math.min(low, each), Infinity);
  return usual === 0 ? undefined : Math.min(1, least / usual);
}

const monthMinutes = 30 * 24 * 60;

/** Requests that may fail in a month at this rate. */
const monthlyBudget = ({ run: { plan } }: RunData): number =>
  plan.requestsPerMinute * monthMinutes * (1 - (plan.availabilityTarget ?? specifiedAvailability));

/** From step to step, up to the recovery; where objectives held throughout, up to the last step. */
function partsOf(
  { startedAt, steps }: Pick<ResilienceEvent, "startedAt" | "steps">,
  recoveredAt: number | undefined,
): EventImpact["parts"] {
  const measured =
    recoveredAt === undefined || recoveredAt === startedAt
      ? []
      : [{ name: "served" as const, at: recoveredAt }];
  const all = [
    ...steps.filter(({ name }) => measured.length === 0 || name !== "served"),
    ...measured,
  ].toSorted((one, next) => one.at - next.at);
  return all.map(({ name, at }, index) => ({
    name,
    ms: Math.max(0, at - (all[index - 1]?.at ?? startedAt)),
  }));
}
