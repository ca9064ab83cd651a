/**
 * The one place where requests are sent and measured.
 *
 * What is measured is what a user would feel, in milliseconds, from the moment at which the iteration was meant to
 * start to the last byte of the answer: the lag of the iteration (added to its first request), then k6's `blocked`
 * (waiting for a connection: name lookup, connecting and the TLS handshake are part of it) and `duration` (sending,
 * waiting, receiving). k6's own `http_req_duration` leaves out all but the last.
 */
import exec from "k6/execution";
import http from "k6/http";
import type { Params, RefinedResponse, ResponseType } from "k6/http";
import { arrivalsName } from "../../src/domain/plan.ts";
import type { RequestKind, Surface } from "../../src/domain/surface.ts";
import { addressesOf } from "./guard.ts";
import { LagClock } from "./lag.ts";
import { loadStart, metrics, pageMetrics } from "./metrics.ts";
import { failureDetail, transportOutcome } from "./outcome.ts";
import { plan } from "./plan.ts";

type Tags = Record<string, string>;

/** What requests to one template have in common; made once per virtual user. */
export interface Endpoint {
  readonly surface: Surface;
  /** A template, never a URL: `token.read`. */
  readonly name: string;
  readonly kind: RequestKind;
  readonly method: "GET" | "POST";
  readonly requestTags: Tags;
  readonly okTags: Tags;
}

export function endpointOf(
  surface: Surface,
  name: string,
  kind: RequestKind,
  method: "GET" | "POST" = "POST",
): Endpoint {
  return {
    surface,
    name,
    kind,
    method,
    requestTags: { name },
    okTags: { surface, endpoint: name, kind, outcome: "ok" },
  };
}

export interface Content {
  readonly url: string;
  readonly body?: string;
  readonly headers: Record<string, string>;
  /**
   * `none`: the body is read and forgotten, only status and time count. `binary`: it is asked with selectors, for each of
   * which k6 would copy a text.
   */
  readonly responseType: "text" | "binary" | "none";
  readonly jar?: Params["jar"];
  /** Absent: the plan's. */
  readonly timeoutMs?: number;
  /** The body's outcome, checked if status and transport are fine. */
  readonly judge?: (response: Answer) => string;
}

export type Answer = RefinedResponse<ResponseType>;

/** One request, measured. */
export interface Measured {
  readonly response: Answer;
  readonly outcome: string;
  readonly valueMs: number;
}

/** Looked up once: k6's interpreter searches a global by its name each time. */
const { now } = Date;
/** How many failures each virtual user describes; all of them are counted by their outcome. */
const describedFailures = 5;
let failuresLeft = describedFailures;
let pendingLagMs = 0;
/** Epoch milliseconds of the last answer: this virtual user is busy until then. */
let answeredAt = Number.NEGATIVE_INFINITY;
/**
 * Made once: its properties ask for the current scenario and iteration whenever they are read, and k6 would make another
 * object with six of them at each `exec.scenario`.
 */
let scenario: typeof exec.scenario | undefined;
/** Set while `setup()` runs: k6 names no scenario there, and rows need a phase and a flow. */
let setupScenario: string | undefined;

interface ScenarioClock {
  readonly name: string;
  readonly durationMs: number;
  readonly clock: LagClock;
}

// Plain objects: a Map takes 11 KB in each virtual user.
const clocks: ScenarioClock[] = [];
let clockNow: ScenarioClock | undefined;
const expectedAddresses: Readonly<Record<Surface, readonly string[] | undefined>> = {
  web: addressesOf(plan, "web"),
  api: addressesOf(plan, "api"),
  subgraph: addressesOf(plan, "subgraph"),
};

/**
 * To be called first in every iteration: measures its lag.
 * @returns the number of the iteration in its k6 scenario, over all generators
 */
export function beginIteration(): number {
  scenario ??= exec.scenario;
  const index = scenario.iterationInTest;
  const { durationMs, clock } = clockOf(scenario.name);
  // Progress is k6's monotonic clock in nanoseconds, as a share of the duration; `now()` has whole milliseconds.
  const progress = scenario.progress;
  const elapsedMs = progress < 1 ? progress * durationMs : now() - scenario.startTime;
  pendingLagMs = clock.lagMs(index, elapsedMs, now() - answeredAt);
  metrics.lag.add(pendingLagMs);
  return index;
}

function clockOf(name: string): ScenarioClock {
  if (clockNow?.name === name) return clockNow;
  clockNow = clocks.find((clock) => clock.name === name);
  return (clockNow ??= newClock(name));
}

function newClock(name: string): ScenarioClock {
  const arrivals = plan.arrivals.find(({ phase, flow }) => arrivalsName(phase, flow) === name);
  if (arrivals === undefined) throw new Error(`headroom: the plan has no scenario ${name}`);
  const made = {
    name,
    durationMs: arrivals.durationMs,
    clock: new LagClock(arrivals, plan.runners),
  };
  clocks.push(made);
  return made;
}

/** Rows of what follows belong to the phase `setup`. */
export function beginSetup(flow: string): void {
  setupScenario = arrivalsName("setup", flow);
}

/** The load starts now; intended starts are counted by k6 itself. */
export function endSetup(): void {
  setupScenario = undefined;
  loadStart?.add(now());
}

export function send(endpoint: Endpoint, content: Content): Measured {
  const startedAt = now();
  const response = http.request(
    endpoint.method,
    content.url,
    content.body ?? null,
    paramsOf(endpoint, content),
  );
  return measured(endpoint, content, response, startedAt);
}

/** Requests of `setup()` side by side, whose failure may be what is expected: they are in no statistics of ours. */
export function probeTogether(surface: Surface, contents: readonly Content[]): readonly Answer[] {
  const responses = batch(endpointOf(surface, "setup.probe", "read", "GET"), contents);
  for (const { remote_ip: address } of responses) refuseForeignAddress(surface, address);
  return responses;
}

/** In parallel over as many connections as a browser opens; measured individually. */
export function sendTogether(
  endpoint: Endpoint,
  contents: readonly Content[],
): readonly Measured[] {
  const startedAt = now();
  return batch(endpoint, contents).map((response, index) => {
    const content = contents[index];
    if (content === undefined)
      throw new Error("headroom: k6 returned more responses than requests");
    return measured(endpoint, content, response, startedAt);
  });
}

function batch(endpoint: Endpoint, contents: readonly Content[]): readonly Answer[] {
  const responses = http.batch(
    contents.map((content) => ({
      method: endpoint.method,
      url: content.url,
      body: content.body ?? null,
      params: paramsOf(endpoint, content),
    })),
  );
  if (responses.length !== contents.length)
    throw new Error("headroom: k6 omitted a request of a batch");
  return responses;
}

/** @param valueMs document and assets, from the intended start of the iteration where it is its first request */
export function measurePage(page: string, valueMs: number, outcome: string): void {
  pageMetrics.page.add(valueMs, inSetup({ surface: "web", endpoint: page, kind: "page", outcome }));
}

/** @param count assets of one page that were not requested */
export const countCutAssets = (count: number): void => pageMetrics.assetsCut.add(count);

function paramsOf(endpoint: Endpoint, content: Content): Params {
  const params: Params = {
    headers: content.headers,
    tags: inSetup(endpoint.requestTags),
    timeout: content.timeoutMs ?? plan.requestTimeoutMs,
    // A redirect would be a second request to an unchecked address.
    redirects: 0,
    responseType: content.responseType,
  };
  if (content.jar !== undefined) params.jar = content.jar;
  return params;
}

function measured(
  endpoint: Endpoint,
  content: Content,
  response: Answer,
  startedAt: number,
): Measured {
  answeredAt = now();
  refuseForeignAddress(endpoint.surface, response.remote_ip);
  const valueMs = pendingLagMs + feltMs(response, startedAt);
  pendingLagMs = 0;
  const transport = transportOutcome(response, endpoint.kind);
  const outcome = transport === "ok" ? (content.judge?.(response) ?? "ok") : transport;
  if (outcome === "ok") {
    metrics.response.add(valueMs, inSetup(endpoint.okTags));
  } else {
    metrics.response.add(valueMs, inSetup({ ...endpoint.okTags, outcome }));
    describe(endpoint, response, outcome);
  }
  return { response, outcome, valueMs };
}

/** k6 has no timings where no connection came about: then the clock must do. */
function feltMs(response: Answer, startedAt: number): number {
  const { blocked, duration } = response.timings;
  return blocked + duration > 0 ? blocked + duration : now() - startedAt;
}

function describe(endpoint: Endpoint, response: Answer, outcome: string): void {
  if (failuresLeft === 0) return;
  failuresLeft -= 1;
  const { method, name, surface } = endpoint;
  const detail = failureDetail(method, name, response.status, outcome, errorCode(response));
  metrics.failure.add(1, inSetup({ surface, endpoint: name, outcome, detail }));
}

/** The name that oRPC and better-auth give an error: `NOT_ONBOARDED`. */
function errorCode(response: Answer): unknown {
  if (response.body === null) return undefined;
  return response.json("json.code") ?? response.json("code");
}

/** k6 is pinned to the addresses that were checked; should a packet go elsewhere all the same, the run ends. */
function refuseForeignAddress(surface: Surface, address: string): void {
  const expected = expectedAddresses[surface];
  if (expected === undefined || address === "" || expected.includes(address)) return;
  exec.test.abort(`headroom: ${surface} was answered by ${address}, not ${expected.join(" or ")}`);
}

function inSetup(tags: Tags): Tags {
  return setupScenario === undefined ? tags : { ...tags, scenario: setupScenario };
}
