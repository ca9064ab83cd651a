/** The subgraph over HTTP: errors come in the body, at status 200, as from graph-node. */
import { Kind } from "graphql";
import type { ExecutionArgs } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";
import type { Database } from "../database/database.ts";
import { meetOperation } from "../faults/door.ts";
import type { FaultInjector } from "../faults/injector.ts";
import type { RequestHandler } from "../http.ts";
import { failedAnswers, respondJson } from "../http.ts";
import type { LatencyModel } from "../latency.ts";
import { executableSchema } from "./executable-schema.ts";
import type { Exchange } from "./executable-schema.ts";
import { loadersOf } from "./nodes.ts";
import type { SubgraphContext } from "./nodes.ts";

export const subgraphPath = "/subgraphs/name/kit";

/** Holds every operation until its time has passed; a query that was refused is answered at once. */
function latencyPlugin(latency: LatencyModel, injector: FaultInjector): Plugin<Exchange> {
  const arrivals = new WeakMap<Request, number>();
  return {
    onRequest: ({ request }) => {
      arrivals.set(request, performance.now());
    },
    onExecute: ({ executeFn, setExecuteFn, context }) => {
      const startedAt = arrivals.get(context.request) ?? performance.now();
      setExecuteFn(async (args: ExecutionArgs) => {
        const operation = operationOf(args);
        // A fault has answered, or let the client wait until it went away: what is said now reaches nobody.
        if (await meetOperation(injector, operation, context.res)) return { data: null };
        const result: unknown = await executeFn(args);
        if (typeof result === "object" && result !== null && "errors" in result)
          failedAnswers.add(context.res);
        await latency.hold(startedAt, "subgraph", operation);
        return result;
      });
    },
    onResponse: ({ response }) => {
      // Whatever yoga makes of a malformed request, graph-node says 200 and lists the errors.
      if (response.status === 400) Object.defineProperty(response, "status", { value: 200 });
    },
  };
}

function operationOf({ operationName, document }: ExecutionArgs): string {
  if (typeof operationName === "string") return operationName;
  const first = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return first?.kind === Kind.OPERATION_DEFINITION
    ? (first.name?.value ?? "anonymous")
    : "anonymous";
}

export interface SubgraphOptions {
  readonly database: Database;
  readonly latency: LatencyModel;
  readonly injector: FaultInjector;
  readonly log: (line: string) => void;
}

export function createSubgraph({
  database,
  latency,
  injector,
  log,
}: SubgraphOptions): RequestHandler {
  const yoga = createYoga<Exchange, SubgraphContext>({
    schema: executableSchema(),
    context: () => loadersOf(database),
    graphqlEndpoint: subgraphPath,
    plugins: [latencyPlugin(latency, injector)],
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    logging: {
      debug: () => undefined,
      info: () => undefined,
      warn: (...parts: unknown[]) => log(`subgraph: ${parts.map(String).join(" ")}`),
      error: (...parts: unknown[]) => log(`subgraph: ${parts.map(String).join(" ")}`),
    },
  });
  return async (request, response) => {
    if (request.url?.split("?")[0] !== subgraphPath) {
      respondJson(response, 404, { errors: [{ message: "no such subgraph" }] });
      return;
    }
    await yoga(request, response);
  };
}
