/** The embedded platform: web, API and subgraph on loopback over a real PostgreSQL. */
import type { ClusterAccess, SandboxCluster, SandboxUrls } from "../../src/domain/sandbox.ts";
import type { SandboxEvent } from "../../src/domain/sandbox-events.ts";
import type { Surface } from "../../src/domain/surface.ts";
import { rpcPrefix } from "./api/prefix.ts";
import { Dependencies } from "./breakers/dependencies.ts";
import { createSessions } from "./auth/session.ts";
import type { Sessions } from "./auth/session.ts";
import { startLiveCluster } from "./cluster/live-cluster.ts";
import type { ClusterTruth, LiveCluster } from "./cluster/live-cluster.ts";
import { Database, takeSchema } from "./database/database.ts";
import { setProbeSpeed } from "./database/probe.ts";
import { makeObserverRole } from "./database/observer-role.ts";
import { startPostgres } from "./database/postgres.ts";
import type { PostgresServer } from "./database/postgres.ts";
import { SandboxEvents } from "./events/events.ts";
import { createControl } from "./faults/control.ts";
import { behindFaults, placeInApp } from "./faults/door.ts";
import { FaultInjector } from "./faults/injector.ts";
import type { WriteFate } from "./faults/writes.ts";
import type { FaultsTruth } from "./faults/injector.ts";
import type { Fault } from "./faults/index.ts";
import { listen, respond, respondJson } from "./http.ts";
import type { HttpListener, RequestHandler } from "./http.ts";
import { LatencyModel, medianShare, serviceTimes } from "./latency.ts";
import { exposition, expositionType } from "./metrics/exposition.ts";
import { watchPool } from "./metrics/pool-metrics.ts";
import { PodLatencyModel } from "./pods/pod-latency.ts";
import { seededRandom } from "../../src/domain/random.ts";
import { insertSeed } from "./seed/insert.ts";
import { makeAssets } from "./web/assets.ts";
import { createWeb } from "./web/server.ts";

export interface SandboxOptions {
  /** Absent: any free port. */
  readonly ports?: { readonly app?: number; readonly subgraph?: number };
  /** A PostgreSQL server to use instead of the embedded one. */
  readonly databaseUrl?: string;
  /** The same seed gives the same data and the same sequence of delays. */
  readonly seed?: number;
  readonly faults?: readonly Fault[];
  /** Puts a simulated cluster before the surfaces. Absent: they answer themselves. */
  readonly cluster?: SandboxCluster;
  /** The embedded server has a second one, to which it can fail over; it costs half a second of the start. */
  readonly standby?: boolean;
  readonly log: (line: string) => void;
}

/** How the sandbox really is: what a run against it should find. */
interface SandboxTruth extends FaultsTruth {
  readonly seed: number;
  /** Before faults, milliseconds. */
  readonly serviceTimes: typeof serviceTimes;
  readonly medianShare: number;
  readonly cluster?: ClusterTruth;
  readonly events: readonly SandboxEvent[];
}

export interface Sandbox {
  readonly urls: SandboxUrls;
  /** Answers at once: what a load generator can do at most is measured here. */
  readonly noopUrl: string;
  readonly databaseUrl: string;
  /**
   * Where an observer of the embedded server comes in, as a read-only role and without a password. Absent with a
   * server given by `databaseUrl`: whoever gave it knows a way in.
   */
  readonly databaseObserverUrl?: string;
  readonly cluster?: ClusterAccess;
  truth(): SandboxTruth;
  stop(): Promise<void>;
}

/** @throws TargetError where PostgreSQL is not to be had, UsageError where a port is taken; nothing is left behind */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) {
      // oxlint-disable-next-line no-await-in-loop -- in the reverse of the order of starting
      await close();
    }
  };
  try {
    return { ...(await start(options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  { ports, databaseUrl, seed = 1, faults = [], cluster, standby: hasStandby, log }: SandboxOptions,
  closers: (() => Promise<void>)[],
): Promise<Omit<Sandbox, "stop">> {
  const events = new SandboxEvents();
  const dependencies = new Dependencies();
  closers.push(async () => events.close());
  const live =
    cluster &&
    (await startLiveCluster({ ...cluster, seed, make: (event) => events.start(event), log }));
  if (live !== undefined) closers.push(() => live.stop());
  const injector = new FaultInjector({
    seed,
    faults: [...faults, ...hpaFaultOf(cluster)],
    cluster: live?.cluster,
  });
  const latency =
    live === undefined
      ? new LatencyModel(seededRandom(seed), injector)
      : new PodLatencyModel(seededRandom(seed), injector, live.gate);
  const startingServer = awaitedLater(serverOf(databaseUrl, { hasStandby, log }, closers));
  const { createApi, createAuth, createSubgraph, generateSeed, subgraphPath, toNodeHandler } =
    await import("./libraries.ts");
  const preparing = awaitedLater(
    Promise.all([
      generateSeed(seed, Math.floor(Date.now() / 1000)),
      makeAssets(seededRandom(seed)),
    ]),
  );
  const server = await startingServer;
  const { standby } = server;
  const tenancy = await takeSchema(server.socketUrl, log);
  closers.push(() => tenancy.end());
  if (server.observerUrl !== undefined) await makeObserverRole(server.socketUrl);
  const openPool = (owner: string): Database => {
    const guard = dependencies.query.bind(dependencies);
    const pool = new Database(server.socketUrl, { latency, log, owner, guard });
    closers.push(() => pool.close());
    return pool;
  };
  const database = openPool("sandbox web and API");
  const [data, assets] = await preparing;
  const seeding = awaitedLater(insertSeed(database, data, injector.factor("database", "query")));

  const truth = (): SandboxTruth => ({
    seed,
    ...injector.truth(),
    serviceTimes,
    medianShare,
    cluster: live?.truth(),
    events: events.list(),
  });
  const app: { handle: RequestHandler } = { handle: starting };
  const listener = await listen(ports?.app, (...pair) => app.handle(...pair), log);
  closers.push(() => listener.close());
  const baseUrl = urlOf(listener);
  const auth = createAuth({ database, baseUrl, random: seededRandom(seed), log });
  const sessions = createSessions(auth);
  const fateOfWrite = (): WriteFate | undefined => {
    const fate = injector.fateOfWrite();
    if (fate !== undefined) events.wrote(fate);
    return fate;
  };
  const acknowledged: string[] = [];
  const acknowledge = (block: string): void => {
    if (standby !== undefined) acknowledged.push(block);
  };
  const routes = route({
    rpc: createApi({ database, sessions, latency, log, fateOfWrite, acknowledge, dependencies }),
    auth: createAuthHandler(toNodeHandler(auth), sessions),
    web: createWeb({ assets, database, sessions, latency }),
    control: createControl(injector, events, truth),
  });
  const graphDatabase = openPool("sandbox subgraph");
  const graphPool = live && watchPool(graphDatabase.pool, live.cluster.model.namespace);
  if (graphPool !== undefined) closers.push(async () => graphPool.stop());
  const metricsPage = (): string =>
    (live?.metrics() ?? "") + exposition(graphPool?.families() ?? []);
  const subgraph = createSubgraph({ database: graphDatabase, latency, injector, log });
  await seeding;
  app.handle = events.watch(
    behindPods(behindFaults(injector, routes, placeInApp), {
      live,
      locate: surfaceInApp,
      metricsPage,
    }),
  );
  const graph = await listen(
    ports?.subgraph,
    events.watch(
      behindPods(behindFaults(injector, subgraph), { live, locate: () => "subgraph", metricsPage }),
    ),
    log,
  );
  closers.push(() => graph.close());
  events.attach({
    cluster: live?.cluster,
    dependencies,
    standby,
    acknowledged,
    useStandby: () => {
      for (const each of [database, graphDatabase])
        each.moveTo(standby?.socketUrl ?? server.socketUrl);
    },
  });
  injector.attach({
    pools: [database.pool, graphDatabase.pool],
    setQueryFactor: (factor) => setProbeSpeed(database, factor),
    cluster: live?.cluster,
    dependencies,
  });
  closers.push(async () => injector.close().forEach((line) => log(`sandbox: ${line}`)));
  return {
    urls: { web: baseUrl, api: baseUrl, subgraph: urlOf(graph) + subgraphPath },
    noopUrl: baseUrl + noopPath,
    databaseUrl: server.url,
    databaseObserverUrl: server.observerUrl,
    cluster: live === undefined ? undefined : accessTo(live, baseUrl),
    truth,
  };
}

/** What is done meanwhile may take longer than it takes to fail. */
function awaitedLater<Value>(task: Promise<Value>): Promise<Value> {
  task.catch(() => undefined);
  return task;
}

/** `--hpa-fault` is another way to write a fault. */
const hpaFaultOf = (cluster: SandboxCluster | undefined): readonly Fault[] =>
  cluster?.hpaFault === undefined ? [] : [{ kind: "hpa", behaviour: cluster.hpaFault }];

async function serverOf(
  url: string | undefined,
  {
    hasStandby,
    log,
  }: { readonly hasStandby?: boolean | undefined; readonly log: (line: string) => void },
  closers: (() => Promise<void>)[],
): Promise<
  Pick<PostgresServer, "url" | "socketUrl" | "standby"> & { readonly observerUrl?: string }
> {
  if (url !== undefined) return { url, socketUrl: url };
  const server = await startPostgres(log, { hasStandby });
  closers.push(() => server.stop());
  return server;
}

/** Pods before the handler, and the cluster's metrics beside it; without a cluster the handler alone. */
function behindPods(
  handle: RequestHandler,
  {
    live,
    locate,
    metricsPage,
  }: {
    readonly live: LiveCluster | undefined;
    readonly locate: (path: string) => Surface | undefined;
    readonly metricsPage: () => string;
  },
): RequestHandler {
  if (live === undefined) return handle;
  const guarded = live.gate.before(handle, ({ url = "/" }) => locate(url));
  return (request, response) =>
    request.url === metricsPath
      ? respond(response, 200, expositionType, metricsPage())
      : guarded(request, response);
}

const metricsPath = "/metrics";

/** Whose pods answer; the no-op address and the control calls have none. */
function surfaceInApp(path: string): Surface | undefined {
  if (path === noopPath || isControl(path)) return undefined;
  return path.startsWith("/api/") ? "api" : "web";
}

function accessTo(live: LiveCluster, baseUrl: string): ClusterAccess {
  const { kubernetesUrl, kubeconfig, startedAt, cluster } = live;
  const { namespace, scale } = cluster.model;
  return {
    kubernetesUrl,
    kubeconfig,
    metricsUrl: baseUrl + metricsPath,
    namespace,
    scale,
    startedAt,
  };
}

const isControl = (path: string): boolean => /^\/control(?:[/?]|$)/.test(path);

const noopPath = "/api/auth/ok";

interface Routes {
  readonly rpc: RequestHandler;
  readonly auth: RequestHandler;
  readonly web: RequestHandler;
  readonly control: RequestHandler;
}

function route({ rpc, auth, web, control }: Routes): RequestHandler {
  return (request, response) => {
    const url = request.url ?? "/";
    if (url.startsWith(`${rpcPrefix}/`)) return rpc(request, response);
    if (url === noopPath) return respondJson(response, 200, { ok: true });
    if (url.startsWith("/api/auth/")) return auth(request, response);
    if (isControl(url)) return control(request, response);
    return web(request, response);
  };
}

/** Anything but reading may change who is signed in. The first forwarded address counts, as on the real platform. */
function createAuthHandler(handle: RequestHandler, sessions: Sessions): RequestHandler {
  return async (request, response) => {
    const forwarded = request.headers["x-forwarded-for"];
    if (forwarded !== undefined) {
      request.headers["x-forwarded-for"] = String(forwarded).split(",")[0]?.trim() ?? "";
    }
    await handle(request, response);
    if (request.method !== "GET") sessions.forget();
  };
}

const starting: RequestHandler = (_request, response) => {
  respondJson(response, 503, { message: "starting" });
};

const urlOf = ({ port }: HttpListener): string => `http://127.0.0.1:${port}`;
