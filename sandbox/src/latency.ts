/**
 * How long the sandbox takes, in one table. A request is held until the time drawn for it has passed, counted
 * from its arrival: real work is part of the time, not added to it.
 *
 * Times are lognormal with the median at 0.45 of the 95th percentile, as web latencies roughly are.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { apiWeights } from "../../scenarios/lib/page-traffic.ts";
import { normal } from "../../src/domain/random.ts";
import type { Random } from "../../src/domain/random.ts";
import { timerMs } from "../../src/domain/timer.ts";

/** What is timed apart. A page is one `document` and then its `asset`s. */
export const services = ["api", "write", "subgraph", "document", "asset", "database"] as const;
export type Service = (typeof services)[number];

interface ServiceTime {
  /** 95th percentile over the mix of endpoints, milliseconds. */
  readonly p95Ms: number;
  /**
   * How an endpoint compares with the others of its service, and how often it is called (relative): so that the
   * mix, not each endpoint, has the 95th percentile above. Endpoints not named here: factor 1.
   */
  readonly endpoints: Readonly<Record<string, readonly [factor: number, share: number]>>;
}

/** Shares are those of the mix of the API scenario; endpoints not named here have the factor 1. */
function withShares(
  factors: Readonly<Record<string, number>>,
): Readonly<Record<string, readonly [factor: number, share: number]>> {
  return Object.fromEntries(
    [...apiWeights()].map(([endpoint, share]) => [endpoint, [factors[endpoint] ?? 1, share]]),
  );
}

/**
 * The specification's last known values for API, subgraph, page and database. `document` and `asset` together make
 * a page of 1.5 s: the document, then eight assets over six connections (`latency.test.ts` adds them up).
 */
export const serviceTimes: Readonly<Record<Service, ServiceTime>> = {
  api: {
    p95Ms: 150,
    endpoints: withShares({
      "account.search": 0.7,
      "actions.list": 0.9,
      "settings.read": 0.7,
      "settings.theme.get": 0.6,
      "system.addon.list": 0.8,
      "system.entity.list": 1.2,
      "system.factory.list": 0.9,
      "system.factory.read": 0.7,
      "system.identity.me": 0.8,
      "system.read": 1.1,
      "system.stats.assetActivityByPreset": 1.2,
      "system.stats.portfolioByPreset": 1.2,
      "system.stats.portfolioDetails": 1.1,
      "system.stats.systemValueHistoryByPreset": 1.2,
      "system.stats.transactionHistory": 1.1,
      "token.events": 1.2,
      "token.holder": 0.9,
      "token.holders": 1.2,
      "token.list": 1.3,
      "token.read": 1.1,
      "user.assets": 1.1,
      "user.events": 1.2,
      "user.list": 1.2,
      "user.me": 0.9,
      "user.search": 1.2,
    }),
  },
  write: { p95Ms: 600, endpoints: {} },
  subgraph: {
    p95Ms: 120,
    endpoints: {
      GetSystem: [1.1, 8],
      ReadTokenQuery: [1, 8],
      ListTokenQuery: [1.3, 4],
      SearchTokenQuery: [1, 3],
      TokenHoldersQuery: [1.1, 3],
      TokenEventsQuery: [1.2, 3],
      UserEventsQuery: [1.1, 3],
      UserAssetsQuery: [1, 3],
      ListTokenFactories: [0.8, 5],
      ListSystemAddons: [0.8, 5],
      ListActionsQuery: [0.8, 5],
      GetIndexingStatus: [0.5, 4],
    },
  },
  document: {
    p95Ms: 1295,
    endpoints: {
      "sign-in": [0.8, 1],
      dashboard: [1.1, 1],
      "token-list": [1, 1],
      token: [1.1, 1],
      docs: [0.8, 1],
    },
  },
  asset: { p95Ms: 180, endpoints: {} },
  database: { p95Ms: 30, endpoints: {} },
};

/** The median as a share of the 95th percentile. */
export const medianShare = 0.45;
const z95 = 1.644_853_627;
/** σ of the logarithm: ln(p95 / median) / z₀.₉₅. */
export const spread = Math.log(1 / medianShare) / z95;

/** What makes an endpoint slower than the table says; faults are made of these. */
export interface Slowdown {
  /** Multiplies its time. */
  readonly factor: (service: Service, endpoint: string) => number;
  /** Milliseconds on top. */
  readonly delayMs: (service: Service, endpoint: string) => number;
}

const none: Slowdown = { factor: () => 1, delayMs: () => 0 };

/** Draws service times. One per sandbox: the order of requests decides who gets which draw. */
export class LatencyModel {
  readonly #random: Random;
  readonly #slowdown: Slowdown;
  readonly #medians: Readonly<Record<Service, number>>;

  constructor(random: Random, slowdown: Slowdown = none) {
    this.#random = random;
    this.#slowdown = slowdown;
    this.#medians = {
      api: baseMedian(serviceTimes.api),
      write: baseMedian(serviceTimes.write),
      subgraph: baseMedian(serviceTimes.subgraph),
      document: baseMedian(serviceTimes.document),
      asset: baseMedian(serviceTimes.asset),
      database: baseMedian(serviceTimes.database),
    };
  }

  /** @returns milliseconds that this request shall take from its arrival */
  draw(service: Service, endpoint: string): number {
    const factor = serviceTimes[service].endpoints[endpoint]?.[0] ?? 1;
    const typical = this.#medians[service] * factor * this.#slowdown.factor(service, endpoint);
    return (
      typical * Math.exp(spread * normal(this.#random)) + this.#slowdown.delayMs(service, endpoint)
    );
  }

  /** Waits until the time drawn for a request that arrived at `startedAt` (of `performance.now()`) has passed. */
  async hold(startedAt: number, service: Service, endpoint: string): Promise<void> {
    const left = startedAt + this.draw(service, endpoint) - performance.now();
    // A timer of Node fires up to a millisecond late: half of it is taken off.
    if (left > 0.5) await sleep(timerMs(left - 0.5));
  }
}

/**
 * The median of an endpoint of factor 1 such that the mix of all endpoints exceeds the 95th percentile in exactly
 * 5 % of calls.
 */
function baseMedian(times: ServiceTime): number {
  if (Object.keys(times.endpoints).length === 0) return times.p95Ms * medianShare;
  const { p95Ms } = times;
  return bisect(p95Ms / 100, p95Ms, (median) => 0.95 - shareWithin(times, median, p95Ms));
}

/**
 * 95th percentile over the mix of a service's endpoints, each slowed down by its factor, milliseconds.
 * @param factorOf an endpoint's, above 0
 */
export function expectedP95Ms(service: Service, factorOf: (endpoint: string) => number): number {
  const times = serviceTimes[service];
  const median = baseMedian(times);
  const factors = Object.keys(times.endpoints).map(factorOf);
  const high = times.p95Ms * 3 * Math.max(1, ...factors);
  return bisect(0, high, (ms) => shareWithin(times, median, ms, factorOf) - 0.95);
}

/** Share of calls within a time: Σ shareᵢ · Φ(ln(time / (median · factorᵢ)) / σ), of all shares. */
function shareWithin(
  times: ServiceTime,
  median: number,
  ms: number,
  factorOf: (endpoint: string) => number = () => 1,
): number {
  let within = 0;
  let shares = 0;
  for (const [endpoint, [factor, share]] of Object.entries(times.endpoints)) {
    const typical = median * factor * factorOf(endpoint);
    within += share * standardNormal(Math.log(ms / typical) / spread);
    shares += share;
  }
  return within / shares;
}

/** Where a rising function crosses 0. */
function bisect(from: number, to: number, rising: (value: number) => number): number {
  let low = from;
  let high = to;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Φ(z), within 7.5e-8: Abramowitz & Stegun (1964), 26.2.17. */
function standardNormal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const series =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z >= 0 ? 1 - tail : tail;
}
