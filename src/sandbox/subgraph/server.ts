/** The subgraph over HTTP: errors come in the body, at status 200, as from graph-node. */
import { GraphQLScalarType, Kind } from "graphql";
import type { ExecutionArgs } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";
import type { Plugin } from "graphql-yoga";
import type { Database } from "../database/database.ts";
import type { RequestHandler } from "../http.ts";
import { respondJson } from "../http.ts";
import type { LatencyModel } from "../latency.ts";
import { loadersOf } from "./nodes.ts";
import type { SubgraphContext } from "./nodes.ts";
import { resolvers } from "./resolvers.ts";
import { subgraphSchema } from "./schema.graphql.ts";

export const subgraphPath = "/subgraphs/name/kit";

/** Big numbers, bytes and timestamps are text; whole numbers are taken as well, as by graph-node. */
function textScalar(name: string): GraphQLScalarType {
  const accept = (value: unknown): string => {
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new TypeError(`${name} cannot be ${JSON.stringify(value)}`);
  };
  return new GraphQLScalarType({
    name,
    serialize: String,
    parseValue: accept,
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING || node.kind === Kind.INT) return node.value;
      throw new TypeError(`${name} must be a string or a whole number`);
    },
  });
}

/** Holds every operation until its time has passed; a query that was refused is answered at once. */
function latencyPlugin(latency: LatencyModel): Plugin {
  const arrivals = new WeakMap<Request, number>();
  return {
    onRequest: ({ request }) => {
      arrivals.set(request, performance.now());
    },
    onExecute: ({ executeFn, setExecuteFn, context }) => {
      const startedAt = arrivals.get(context.request) ?? performance.now();
      setExecuteFn(async (args: ExecutionArgs) => {
        const result: unknown = await executeFn(args);
        await latency.hold(startedAt, "subgraph", operationOf(args));
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

export function createSubgraph(
  database: Database,
  latency: LatencyModel,
  log: (line: string) => void,
): RequestHandler {
  const yoga = createYoga<object, SubgraphContext>({
    schema: createSchema<SubgraphContext>({
      typeDefs: subgraphSchema,
      resolvers: {
        ...resolvers,
        BigDecimal: textScalar("BigDecimal"),
        BigInt: textScalar("BigInt"),
        Bytes: textScalar("Bytes"),
        Timestamp: textScalar("Timestamp"),
      },
    }),
    context: () => loadersOf(database),
    graphqlEndpoint: subgraphPath,
    plugins: [latencyPlugin(latency)],
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
