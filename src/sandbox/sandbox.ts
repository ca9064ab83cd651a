/** The embedded platform: web, API and subgraph on loopback over a real PostgreSQL. */
import { toNodeHandler } from "better-auth/node";
import { createApi, rpcPrefix } from "./api/handler.ts";
import { createAuth } from "./auth/auth.ts";
import { createSessions } from "./auth/session.ts";
import type { Sessions } from "./auth/session.ts";
import { Database, takeSchema } from "./database/database.ts";
import { startPostgres } from "./database/postgres.ts";
import type { PostgresServer } from "./database/postgres.ts";
import { formatFault, slowdownOf } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { listen, respondJson } from "./http.ts";
import type { HttpListener, RequestHandler } from "./http.ts";
import { LatencyModel, medianShare, serviceTimes } from "./latency.ts";
import { seededRandom } from "./random.ts";
import { generateSeed } from "./seed/generate.ts";
import { insertSeed } from "./seed/insert.ts";
import { createSubgraph, subgraphPath } from "./subgraph/server.ts";
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
  readonly log: (line: string) => void;
}

export interface SandboxUrls {
  readonly web: string;
  readonly api: string;
  readonly subgraph: string;
}

/** How the sandbox really is: what a run against it should find. */
interface SandboxTruth {
  readonly seed: number;
  readonly faults: readonly (Fault & { readonly text: string })[];
  /** Before faults, milliseconds. */
  readonly serviceTimes: typeof serviceTimes;
  readonly medianShare: number;
}

export interface Sandbox {
  readonly urls: SandboxUrls;
  /** Answers at once: what a load generator can do at most is measured here. */
  readonly noopUrl: string;
  readonly databaseUrl: string;
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
  { ports, databaseUrl, seed = 1, faults = [], log }: SandboxOptions,
  closers: (() => Promise<void>)[],
): Promise<Omit<Sandbox, "stop">> {
  const slowdown = slowdownOf(faults);
  const latency = new LatencyModel(seededRandom(seed), slowdown);
  const preparing = Promise.all([
    generateSeed(seed, Math.floor(Date.now() / 1000)),
    makeAssets(seededRandom(seed)),
  ]);
  const server = await serverOf(databaseUrl, log, closers);
  const tenancy = await takeSchema(server.socketUrl, log);
  closers.push(() => tenancy.end());
  const openPool = (): Database => {
    const pool = new Database(server.socketUrl, latency, log);
    closers.push(() => pool.close());
    return pool;
  };
  const database = openPool();
  const [data, assets] = await preparing;
  await insertSeed(database, data, slowdown("database", "query"));

  const truth = (): SandboxTruth => ({
    seed,
    faults: faults.map((fault) => ({ ...fault, text: formatFault(fault) })),
    serviceTimes,
    medianShare,
  });
  const app: { handle: RequestHandler } = { handle: starting };
  const listener = await listen(ports?.app, (...pair) => app.handle(...pair), log);
  closers.push(() => listener.close());
  const baseUrl = urlOf(listener);
  const auth = createAuth({ database, baseUrl, random: seededRandom(seed), log });
  const sessions = createSessions(auth);
  app.handle = route({
    rpc: createApi({ database, sessions, latency, log }),
    auth: createAuthHandler(toNodeHandler(auth), sessions),
    web: createWeb({ assets, database, sessions, latency }),
    truth,
  });
  const graph = await listen(ports?.subgraph, createSubgraph(openPool(), latency, log), log);
  closers.push(() => graph.close());
  return {
    urls: { web: baseUrl, api: baseUrl, subgraph: urlOf(graph) + subgraphPath },
    noopUrl: baseUrl + noopPath,
    databaseUrl: server.url,
    truth,
  };
}

async function serverOf(
  url: string | undefined,
  log: (line: string) => void,
  closers: (() => Promise<void>)[],
): Promise<Pick<PostgresServer, "url" | "socketUrl">> {
  if (url !== undefined) return { url, socketUrl: url };
  const server = await startPostgres(log);
  closers.push(() => server.stop());
  return server;
}

const noopPath = "/api/auth/ok";

interface Routes {
  readonly rpc: RequestHandler;
  readonly auth: RequestHandler;
  readonly web: RequestHandler;
  readonly truth: () => SandboxTruth;
}

function route({ rpc, auth, web, truth }: Routes): RequestHandler {
  return (request, response) => {
    const url = request.url ?? "/";
    if (url.startsWith(`${rpcPrefix}/`)) return rpc(request, response);
    if (url === noopPath) return respondJson(response, 200, { ok: true });
    if (url.startsWith("/api/auth/")) return auth(request, response);
    if (url === "/control") return respondJson(response, 200, truth());
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
