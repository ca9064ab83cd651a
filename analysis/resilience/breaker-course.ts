/**
 * What a circuit breaker did, as far as a client can know: requests that fail slowly were let through, those that fail at
 * once were refused. Other requests are under way when it opens, so that what it counted is known within bounds only.
 */
import { isAnsweredWell, type TracedRequest } from "./traced-requests.ts";

export interface Bounds {
  readonly low: number;
  /** Infinity: it went on until the end of what was watched. */
  readonly high: number;
}

export type BreakerCourse =
  /** No request failed. */
  | { readonly state: "untouched" }
  /** Something else than one breaker, or too much at once. */
  | { readonly state: "unclear"; readonly why: string }
  /** Nothing was refused; so many failed one after the other. */
  | { readonly state: "not-opened"; readonly failures: number }
  | {
      readonly state: "opened";
      /** Failures that it counted before. */
      readonly failures: Bounds;
      /** Until it let a request through again, milliseconds. */
      readonly openMs: Bounds;
    };

export interface BreakerQuestion {
  /** Of the event, in the order in which they ended. */
  readonly requests: readonly TracedRequest[];
  /** Of requests that are answered well; absent: not known. */
  readonly usualMs: number | undefined;
  /** What a call finds out at its end, such as a timeout; else any time while it is under way. */
  readonly failsAtEnd: boolean;
}

/** What is let through takes at least so many times as long as what is refused. */
const leastRatio = 3;
/** One quick failure is no breaker. */
const leastRefused = 3;
/** Within so much of the first refusal, what is let through is another process's breaker, not an attempt. */
const mixedMs = 1000;
/** A client notes the end of a request later than it was. */
const clientMs = 10;

const tookMs = ({ startedAt, endedAt }: TracedRequest): number => endedAt - startedAt;

export function breakerCourse({ requests, usualMs, failsAtEnd }: BreakerQuestion): BreakerCourse {
  const failed = requests.filter((request) => !isAnsweredWell(request));
  if (failed.length === 0) return { state: "untouched" };
  const { refused, letThrough, why } = sorted(failed, usualMs);
  if (why !== undefined) return { state: "unclear", why };
  if (refused.length < leastRefused)
    return { state: "not-opened", failures: longestRow(requests, letThrough) };
  // By the first refusal's end it was open.
  const openBy = least(refused.map(({ endedAt }) => endedAt));
  const overheadMs = quantileOf(refused.map(tookMs), 0.95);
  const before = letThrough.filter(({ startedAt }) => startedAt <= openBy);
  if (before.length === 0)
    return { state: "unclear", why: "requests were refused before any was let through and failed" };
  const own = ownEndpoints(requests, refused, openBy);
  const isRefused = new Set(refused);
  const after = requests.filter(
    (request) =>
      own.has(request.endpoint) &&
      request.startedAt > openBy + overheadMs &&
      !isRefused.has(request),
  );
  const mixed = after.filter(({ startedAt }) => startedAt <= openBy + mixedMs);
  if (own.size === 0 || mixed.length > 0)
    return {
      state: "unclear",
      why: "requests were let through and refused side by side: breakers of several processes, which a client cannot tell apart",
    };
  // When the last one that was let through began, it was closed.
  const closedAt = greatest(before.map(({ startedAt }) => startedAt)) - clientMs;
  const resets = requests.filter(
    (request) =>
      isAnsweredWell(request) &&
      own.has(request.endpoint) &&
      request.startedAt > (letThrough[0]?.endedAt ?? Infinity) &&
      request.endedAt < closedAt,
  );
  const resetFrom = greatest([0, ...resets.map(({ startedAt }) => startedAt)]);
  const resetBy = greatest([0, ...resets.map(({ endedAt }) => endedAt)]);
  const quickestMs = least(before.map(tookMs));
  const countedFrom = (request: TracedRequest): number =>
    failsAtEnd ? request.startedAt + quickestMs - overheadMs - clientMs : request.startedAt;
  const surely = before.filter(
    ({ endpoint, endedAt }) => own.has(endpoint) && endedAt <= closedAt && endedAt > resetBy,
  );
  const possibly = before.filter(
    (request) => countedFrom(request) <= openBy && request.endedAt >= resetFrom,
  );
  const failures = { low: surely.length + 1, high: possibly.length };
  if (failures.low > failures.high)
    return { state: "unclear", why: "failures and refusals do not come in the order of a breaker" };
  return {
    state: "opened",
    failures,
    openMs: openTime(after, refused, { openBy, closedAt, overheadMs }),
  };
}

interface Opening {
  readonly openBy: number;
  readonly closedAt: number;
  readonly overheadMs: number;
}

function openTime(
  after: readonly TracedRequest[],
  refused: readonly TracedRequest[],
  { openBy, closedAt, overheadMs }: Opening,
): Bounds {
  const attemptAt = least(after.map(({ startedAt }) => startedAt));
  const stillAt = greatest(
    refused.map(({ startedAt }) => startedAt).filter((startedAt) => startedAt < attemptAt),
  );
  return {
    low: Math.max(0, stillAt - clientMs - openBy),
    high: attemptAt === Infinity ? Infinity : attemptAt + overheadMs + clientMs - closedAt,
  };
}

/** Endpoints that only the breaker decides on: refused, and not answered well beside it. */
function ownEndpoints(
  requests: readonly TracedRequest[],
  refused: readonly TracedRequest[],
  openBy: number,
): ReadonlySet<string> {
  const own = new Set(refused.map(({ endpoint }) => endpoint));
  for (const request of requests) {
    const { endpoint, startedAt } = request;
    const isBeside = startedAt > openBy && startedAt <= openBy + mixedMs;
    if (isBeside && isAnsweredWell(request)) own.delete(endpoint);
  }
  return own;
}

interface Sorted {
  readonly refused: readonly TracedRequest[];
  readonly letThrough: readonly TracedRequest[];
  readonly why?: string;
}

/** By how long they took; where that does not tell, by their status. */
function sorted(failed: readonly TracedRequest[], usualMs: number | undefined): Sorted {
  const limitMs = gapOf(failed.map(tookMs));
  if (limitMs === undefined) {
    const refused = failed.filter(({ outcome }) => outcome === "http_503");
    const letThrough = failed.filter(({ outcome }) => outcome !== "http_503");
    if (refused.length > 0 && letThrough.length > 0) return { refused, letThrough };
    if (usualMs !== undefined && quantileOf(failed.map(tookMs), 0.5) >= usualMs / 2)
      return { refused: [], letThrough: failed };
    return {
      refused: [],
      letThrough: [],
      why: "every failure was as quick as a refusal: what was let through cannot be told from what was refused",
    };
  }
  const quick = failed.filter((request) => tookMs(request) < limitMs);
  const usual = mostFrequent(quick.map(({ outcome }) => outcome));
  const refused = quick.filter(({ outcome }) => outcome === usual);
  const set = new Set(refused);
  return { refused, letThrough: failed.filter((request) => !set.has(request)) };
}

/** In the middle of the widest gap between two durations. @returns `undefined` where they are all alike */
function gapOf(durations: readonly number[]): number | undefined {
  const inOrder = durations.map((ms) => Math.max(1, ms)).toSorted((one, next) => one - next);
  let widest = leastRatio;
  let limit: number | undefined;
  for (const [index, ms] of inOrder.entries()) {
    const next = inOrder[index + 1] ?? 0;
    if (next / ms < widest) continue;
    widest = next / ms;
    limit = Math.sqrt(next * ms);
  }
  return limit;
}

/** The most failures with no good answer between of the endpoints that fail, without those that ended after the last one began. */
function longestRow(
  requests: readonly TracedRequest[],
  letThrough: readonly TracedRequest[],
): number {
  const failing = new Set(letThrough.map(({ endpoint }) => endpoint));
  let longest = 0;
  let row: TracedRequest[] = [];
  let ended = 0;
  let lastStart = -Infinity;
  for (const request of requests) {
    if (!failing.has(request.endpoint)) continue;
    if (isAnsweredWell(request)) {
      row = [];
      ended = 0;
      lastStart = -Infinity;
      continue;
    }
    row.push(request);
    lastStart = Math.max(lastStart, request.startedAt - clientMs);
    while ((row[ended]?.endedAt ?? Infinity) <= lastStart) ended++;
    longest = Math.max(longest, ended);
  }
  return longest;
}

const least = (values: readonly number[]): number =>
  values.reduce((low, value) => Math.min(low, value), Infinity);
const greatest = (values: readonly number[]): number =>
  values.reduce((high, value) => Math.max(high, value), -Infinity);

function quantileOf(values: readonly number[], share: number): number {
  const inOrder = values.toSorted((one, next) => one - next);
  return inOrder[Math.min(inOrder.length - 1, Math.floor(share * inOrder.length))] ?? 0;
}

function mostFrequent(words: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, next]) => next - one)[0]?.[0];
}
