/**
 * How many load generators (runners) a rate takes, and what their windows, memory, connections and traffic amount to:
 * arithmetic on measured figures, for a run that is too large to try.
 */
import type { Surface } from "../src/domain/surface.ts";
import { maximumCeilingRatio } from "./generator-health.ts";

/** What the rate is made of. */
export interface ScaleLoad {
  /** HTTP requests at the peak, page assets included. */
  readonly requestsPerSecond: number;
  /** All virtual users that the plan prepares. */
  readonly users: number;
  /** Flows whose iterations are counted. */
  readonly flows: number;
  /** Surfaces that get requests. */
  readonly surfaces: readonly Surface[];
}

/** One runner, measured or assumed. */
export interface RunnerFigures {
  readonly cpuCores: number;
  readonly memoryBytes: number;
  /** Requests to a no-op endpoint per second at most. */
  readonly ceilingPerSecond: number;
  /** CPU of a request of this load against one to a no-op endpoint. */
  readonly costFactor: number;
  /** Peak memory of k6, its own included. */
  readonly memoryBytesPerUser: number;
}

export interface WindowFigures {
  /** Of a line, by what it counts. */
  readonly bytes: { readonly surface: number; readonly flow: number; readonly endpoint: number };
  /** By one collector, on one core: asked for, checked, added up for the abort rules, stored. */
  readonly collectedPerSecond: number;
  /** CPU to read a stored one and add it to those of its time. */
  readonly microsecondsPerMerge: number;
}

/** What the platform's answers cost to move and the runners to have; absent: not calculated. */
export interface ScalePrices {
  readonly perCoreHour?: number | undefined;
  readonly perGigabyte?: number | undefined;
}

export interface ScaleRequest {
  readonly load: ScaleLoad;
  readonly runner: RunnerFigures;
  readonly windows: WindowFigures;
  /** Of a request and its answer, headers included. */
  readonly bytesPerRequest?: number | undefined;
  readonly prices: ScalePrices;
}

export interface ScalePlan {
  readonly runners: number;
  /** What decided how many. */
  readonly limitedBy: "requests" | "memory" | "ports";
  readonly runnersFor: Readonly<Record<"requests" | "memory" | "ports", number>>;
  readonly perRunner: {
    readonly requestsPerSecond: number;
    /** With the margin. */
    readonly mostRequestsPerSecond: number;
    readonly users: number;
    readonly memoryBytes: number;
    readonly connections: number;
    readonly windowsPerSecond: number;
    readonly windowBytesPerSecond: number;
  };
  readonly users: number;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly connections: number;
  readonly collector: {
    readonly windowsPerSecond: number;
    readonly bytesPerSecond: number;
    readonly cpuCores: number;
    /** One collector, which has one core, keeps up with so many. */
    readonly mostRunners: number;
  };
  /** One hour of windows. */
  readonly mergeOfAnHour: {
    readonly windows: number;
    readonly bytes: number;
    readonly cpuSeconds: number;
    /** What is left: those of one runner. */
    readonly mergedWindows: number;
  };
  readonly network?:
    | { readonly bytesPerSecond: number; readonly bytesPerSecondPerRunner: number }
    | undefined;
  /** For an hour of load. */
  readonly price?:
    | { readonly cores?: number | undefined; readonly traffic?: number | undefined }
    | undefined;
}

/** Of what a generator may do before its run is INVALID: load is never even, and its machine never the same. */
export const plannedShare = 0.75;
/** Of a machine's memory: k6 runs with it as its `GOMEMLIMIT`, and beyond it collects garbage all the time. */
const memoryShare = 0.5;
/** Linux, by default: ports 32768 to 60999 of one address towards one address and port. */
export const portsPerAddress = 28_232;

/**
 * Names of windows by surface, as the scenarios tag their requests: kinds counted every second, endpoints every ten. Pages
 * count their documents, their assets and themselves; the API reads and writes.
 */
const windowNames = {
  web: { kinds: 3, endpoints: 11 },
  api: { kinds: 2, endpoints: 52 },
  subgraph: { kinds: 1, endpoints: 50 },
} as const satisfies Record<Surface, { kinds: number; endpoints: number }>;

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

/** Windows of one runner per second, and their bytes: each name has one as soon as it has a request. */
function windowsOf({ flows, surfaces: loaded }: ScaleLoad, { bytes }: WindowFigures) {
  const kinds = sum(loaded.map((surface) => windowNames[surface].kinds));
  const endpoints = sum(loaded.map((surface) => windowNames[surface].endpoints)) / 10;
  // And one over all flows.
  const ofFlows = flows + 1;
  return {
    windowsPerSecond: kinds + endpoints + ofFlows,
    windowBytesPerSecond: kinds * bytes.surface + endpoints * bytes.endpoint + ofFlows * bytes.flow,
  };
}

/** Of an hour. */
function priceOf(
  { perCoreHour, perGigabyte }: ScalePrices,
  cpuCores: number,
  bytesPerSecond: number | undefined,
): ScalePlan["price"] {
  const cores = perCoreHour === undefined ? undefined : perCoreHour * cpuCores;
  const traffic =
    perGigabyte === undefined || bytesPerSecond === undefined
      ? undefined
      : (perGigabyte * bytesPerSecond * 3600) / 1e9;
  return cores === undefined && traffic === undefined ? undefined : { cores, traffic };
}

export function scalePlan({
  load,
  runner,
  windows,
  bytesPerRequest,
  prices,
}: ScaleRequest): ScalePlan {
  const most = (runner.ceilingPerSecond / runner.costFactor) * maximumCeilingRatio * plannedShare;
  const usersInMemory = (runner.memoryBytes * memoryShare) / runner.memoryBytesPerUser;
  // A user keeps a connection to each surface; two surfaces behind one address share its ports.
  const connectionsPerUser = load.surfaces.length;
  const runnersFor = {
    requests: Math.ceil(load.requestsPerSecond / most),
    memory: Math.ceil(load.users / usersInMemory),
    ports: Math.ceil((load.users * connectionsPerUser) / portsPerAddress),
  };
  const runners = Math.max(...Object.values(runnersFor));
  const limitedBy = (["requests", "memory", "ports"] as const).find(
    (name) => runnersFor[name] === runners,
  );
  // Whole users, as many for each.
  const usersEach = Math.ceil(load.users / runners);
  const own = windowsOf(load, windows);
  const windowsPerSecond = own.windowsPerSecond * runners;
  const bytesPerSecond = own.windowBytesPerSecond * runners;
  const traffic =
    bytesPerRequest === undefined ? undefined : load.requestsPerSecond * bytesPerRequest;
  const cpuCores = runners * runner.cpuCores;
  return {
    runners,
    limitedBy: limitedBy ?? "requests",
    runnersFor,
    perRunner: {
      requestsPerSecond: load.requestsPerSecond / runners,
      mostRequestsPerSecond: most,
      users: usersEach,
      memoryBytes: usersEach * runner.memoryBytesPerUser,
      connections: usersEach * connectionsPerUser,
      ...own,
    },
    users: usersEach * runners,
    cpuCores,
    memoryBytes: usersEach * runners * runner.memoryBytesPerUser,
    connections: usersEach * runners * connectionsPerUser,
    collector: {
      windowsPerSecond,
      bytesPerSecond,
      cpuCores: windowsPerSecond / windows.collectedPerSecond,
      mostRunners: Math.floor(windows.collectedPerSecond / own.windowsPerSecond),
    },
    mergeOfAnHour: {
      windows: windowsPerSecond * 3600,
      bytes: bytesPerSecond * 3600,
      cpuSeconds: (windowsPerSecond * 3600 * windows.microsecondsPerMerge) / 1e6,
      mergedWindows: own.windowsPerSecond * 3600,
    },
    network:
      traffic === undefined
        ? undefined
        : { bytesPerSecond: traffic, bytesPerSecondPerRunner: traffic / runners },
    price: priceOf(prices, cpuCores, traffic),
  };
}
